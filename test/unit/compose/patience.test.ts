import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Clock, systemClock } from '../../../src/base/clock';
import type { DraftFields } from '../../../src/compose';
import type { Mail } from '../../../src/mail/types';
import type { Actor } from '../../../src/session/types';
import { aComposeStand, aWriter, type Stand } from '../../kit/compose-stand';
import { createFakeMail, type FakeMail } from '../../kit/fake-mail';
import { type ScriptedSmtp, startScriptedSmtp } from '../../kit/scripted-smtp';

/** What a person would wait for is over at once. */
const hastyClock: Clock = { ...systemClock, after: (_ms, run) => systemClock.after(1, run) };
const FIELDS: DraftFields = {
  identity: '',
  to: 'bob@culture.example',
  cc: '',
  bcc: '',
  subject: 'Silence',
  format: 'plain',
  text: 'Bonjour',
  html: '',
};
const ID = 'patience-0000000000001';

let dir: string;
let smtp: ScriptedSmtp;
let mail: FakeMail;
let stand: Stand;
let actor: Actor;
let speak: () => void;
let isSilent: boolean;

beforeEach(async () => {
  dir = mkdtempSync(path.join(tmpdir(), 'patience-'));
  smtp = await startScriptedSmtp();
  mail = createFakeMail(dir);
  isSilent = true;
  const spoken = new Promise<void>((resolve) => {
    speak = () => {
      isSilent = false;
      resolve();
    };
  });
  const heard = async (): Promise<void> => (isSilent ? spoken : undefined);
  const realMail: Mail = {
    ...mail,
    append: async (...given) => {
      await heard();
      return mail.append(...given);
    },
    expunge: async (...given) => {
      await heard();
      return mail.expunge(...given);
    },
  };
  stand = await aComposeStand({ clock: hastyClock, realMail });
  actor = aWriter({ smtpPort: smtp.port });
});
afterEach(async () => {
  speak();
  await stand.close();
  await smtp.close();
  rmSync(dir, { recursive: true, force: true });
});

async function aDraft(toServer: boolean) {
  await stand.compose.ensure(actor, ID, { mode: 'new' });
  return stand.compose.save(actor, ID, FIELDS, { baseRevision: 0, toServer });
}
const until = async (isTrue: () => boolean): Promise<void> => {
  while (!isTrue()) await new Promise((resolve) => setImmediate(resolve));
};

describe('a mail server that says nothing', () => {
  it('does not hold a save: the text is kept, and its copy follows', async () => {
    const saved = await aDraft(true);

    expect(saved).toMatchObject({ savedOnServer: false, draft: { text: 'Bonjour' } });
    expect(mail.all('Drafts')).toEqual([]);

    speak();
    await until(() => mail.all('Drafts').length === 1);
  });

  it('does not hold a sending that SMTP accepted: its copy in Sent follows, once', async () => {
    await aDraft(false);

    const outcome = await stand.compose.send(actor, ID, { confirmed: [] });

    expect(outcome).toMatchObject({ kind: 'sent', sentCopy: false });
    expect(mail.all('Sent')).toEqual([]);

    speak();
    await until(() => mail.all('Sent').length > 0);
    await stand.compose.retrySentCopies(actor);
    expect(mail.all('Sent')).toHaveLength(1);
    expect(smtp.delivered).toHaveLength(1);
  });

  it('does not hold a second click on what was sent', async () => {
    await aDraft(false);
    const [first, second] = await Promise.all(
      [1, 2].map(() => stand.compose.send(actor, ID, { confirmed: [] })),
    );

    expect([first?.kind, second?.kind]).toEqual(['sent', 'sent']);
    expect(smtp.delivered).toHaveLength(1);
  });

  it('does not hold a draft that is discarded', async () => {
    speak();
    await aDraft(true);
    isSilent = true;

    await stand.compose.discard(actor, ID);

    await expect(stand.compose.load(actor, ID)).rejects.toMatchObject({ code: 'draft/not-found' });
  });
});
