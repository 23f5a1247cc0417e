import { setImmediate as turn } from 'node:timers/promises';
import { type Clock, systemClock } from '../../../src/base/clock';
import { AppError, type ErrorCode } from '../../../src/base/errors';
import { silentLog } from '../../../src/base/log';
import type { DraftFields } from '../../../src/compose';
import type { Actor } from '../../../src/session/types';
import { createSmtpTransport, SmtpRejected, type SmtpTransport } from '../../../src/smtp';
import { aComposeStand, aWriter, type Stand, type StandOptions } from '../../kit/compose-stand';
import { type ScriptedSmtp, startScriptedSmtp } from '../../kit/scripted-smtp';
import { statementsOf } from '../../kit/statements';

let smtp: ScriptedSmtp;
let actor: Actor;
const stands: Stand[] = [];

beforeEach(async () => {
  smtp = await startScriptedSmtp();
  actor = aWriter({ smtpPort: smtp.port });
});
afterEach(async () => {
  for (const stand of stands.splice(0)) await stand.close();
  await smtp.close();
});

async function aStand(options: StandOptions = {}): Promise<Stand> {
  const stand = await aComposeStand(options);
  stands.push(stand);
  return stand;
}

const FIELDS: DraftFields = {
  identity: '',
  to: 'bob@culture.example',
  cc: '',
  bcc: '',
  subject: 'Suite',
  format: 'plain',
  text: 'Bonjour',
  html: '',
};
const ID = 'finish-000000000000001';
const ORIGINAL = 'From: bob@culture.example\nMessage-ID: <o@x.example>\nSubject: Avis\n\nOui\n';

/** An answer, with a copy in Drafts when asked for. */
async function anAnswer({ compose, mail }: Stand, toServer = false): Promise<void> {
  const uid = mail.put('INBOX', ORIGINAL, { text: 'Oui' });
  await compose.ensure(actor, ID, { mode: 'reply', original: { mailbox: 'INBOX', uid } });
  await compose.save(actor, ID, FIELDS, { baseRevision: 0, toServer });
}
const send = ({ compose }: Stand) => compose.send(actor, ID, { confirmed: [] });
const isUnfinished = async ({ db }: Stand): Promise<boolean> =>
  Boolean((await db.knex('outbox').where({ draft_id: ID }).first())?.is_unfinished);

describe('what a server or a plugin refuses for good', () => {
  it.each<ErrorCode>(['mailbox/forbidden', 'imap/refused', 'imap/over-quota', 'plugin/denied'])(
    '%s: neither mark nor copy is asked for again',
    async (code) => {
      const stand = await aStand();
      await anAnswer(stand, true);
      const asked: string[] = [];
      const refuse = (what: string) => async (): Promise<never> => {
        asked.push(what);
        throw new AppError(code);
      };
      stand.mail.flag = refuse('flag');
      stand.mail.expunge = refuse('expunge');

      expect(await send(stand)).toMatchObject({ kind: 'sent', sentCopy: true });
      await stand.compose.retrySentCopies(actor);

      expect(asked).toEqual(['flag', 'expunge']);
      expect(await isUnfinished(stand)).toBe(false);
    },
  );

  it('but is asked for again when the refusal was one of that moment', async () => {
    const stand = await aStand();
    await anAnswer(stand);
    const { flag } = stand.mail;
    stand.mail.flag = async (): Promise<never> => {
      throw new AppError('imap/refused', { details: { passing: true } });
    };
    await send(stand);
    expect(await isUnfinished(stand)).toBe(true);

    stand.mail.flag = flag;
    await stand.compose.retrySentCopies(actor);

    expect(stand.mail.flagged).toEqual(['INBOX/1 answered']);
    expect(await isUnfinished(stand)).toBe(false);
  });

  it('but is asked for again when there was no answer', async () => {
    const stand = await aStand();
    await anAnswer(stand, true);
    stand.mail.down.add('flag').add('expunge');
    await send(stand);
    expect(await isUnfinished(stand)).toBe(true);

    stand.mail.down.clear();
    await stand.compose.retrySentCopies(actor);

    expect(stand.mail.flagged).toEqual(['INBOX/1 answered']);
    expect(stand.mail.all('Drafts')).toEqual([]);
    expect(await isUnfinished(stand)).toBe(false);
  });
});

/** A clock that a test moves; a person's patience is over at once. */
function handClock(): Clock & { readonly forward: (ms: number) => Promise<void> } {
  const beats = new Set<() => void>();
  let ahead = 0;
  return {
    now: () => systemClock.now() + ahead,
    after: (_ms, run) => systemClock.after(1, run),
    every(_ms, run) {
      beats.add(run);
      return () => void beats.delete(run);
    },
    async forward(ms) {
      ahead += ms;
      for (const beat of beats) beat();
      for (let turns = 0; turns < 20; turns++) await turn();
    },
  };
}

it('reads what is left undone once for a page that goes on with it and tells of it', async () => {
  const { compose, db } = await aStand();

  const asked = await statementsOf(db, () =>
    Promise.all([compose.retrySentCopies(actor), compose.lateCopies(actor)]),
  );
  expect(asked).toHaveLength(1);

  expect(await statementsOf(db, () => compose.lateCopies(actor))).toHaveLength(1);
});

describe('a copy that takes longer than a lease', () => {
  it('is not filed a second time by who comes by', async () => {
    const clock = handClock();
    const stand = await aStand({ clock });
    await anAnswer(stand);
    let goOn: () => void = () => undefined;
    const slow = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    let appends = 0;
    stand.mail.onAppend = (when) => {
      if (when === 'before') appends++;
      return when === 'before' && appends === 1 ? slow : Promise.resolve();
    };
    expect(await send(stand)).toMatchObject({ kind: 'sent', sentCopy: false });

    for (let beats = 0; beats < 8; beats++) await clock.forward(15_000);
    expect(await stand.another().retrySentCopies(actor)).toEqual({ filed: 0 });
    goOn();
    while (await isUnfinished(stand)) await turn();

    expect(appends).toBe(1);
    expect(stand.mail.all('Sent')).toHaveLength(1);
  });
});

describe('a refusal that arrives after this process was taken for dead', () => {
  /** Refuses the first message, after another process has written this into the row. */
  function lateRefusal(row: Record<string, unknown>): SmtpTransport {
    const real = createSmtpTransport({ log: silentLog() });
    let isFirst = true;
    return {
      async send(request) {
        if (!isFirst) return real.send(request);
        isFirst = false;
        await stands[0]?.db.knex('outbox').update({ outcome: '{"kind":"unknown"}', ...row });
        throw new SmtpRejected([], true, { step: 'data', refused: 'content' });
      },
    };
  }

  it('makes known what was called unknown', async () => {
    const stand = await aStand({ transport: lateRefusal({ state: 'unknown' }) });
    await anAnswer(stand);

    expect(await send(stand)).toMatchObject({ kind: 'rejected' });
    expect(await stand.compose.load(actor, ID)).toMatchObject({ sending: 'failed' });

    expect(await stand.compose.resend(actor, ID)).toMatchObject({ kind: 'sent' });
    expect(smtp.delivered).toHaveLength(1);
  });

  it('leaves the file to who has the row now', async () => {
    const transport = lateRefusal({ state: 'unknown', owner: 'elsewhere|1|1|x', lease_until: 0 });
    const stand = await aStand({ transport });
    const told: unknown[] = [];
    stand.hooks.on('p', 'message:unsent', (event) => void told.push(event));
    await anAnswer(stand);

    await send(stand);
    await stand.hooks.idle();
    expect(told).toEqual([]);

    expect(await stand.compose.resend(actor, ID)).toMatchObject({ kind: 'sent' });
    expect(smtp.delivered).toHaveLength(1);
  });
});
