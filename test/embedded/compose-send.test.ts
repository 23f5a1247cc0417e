import { createReadStream } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type DemoImap, startDemoImap } from '../../src/demo/imap';
import { type DemoSmtp, startDemoSmtp } from '../../src/demo/smtp';
import type { Actor } from '../../src/session/types';
import { composeJourney } from '../kit/compose-journey';
import { aComposeStand, aWriter, type Stand } from '../kit/compose-stand';
import { aBench, type Bench, PASSWORD } from './mail-kit';

let imap: DemoImap;
let smtp: DemoSmtp;
let bench: Bench;
let stand: Stand;
let actor: Actor;

beforeEach(async () => {
  const addresses = ['alice@culture.example'];
  imap = await startDemoImap({
    users: [{ username: 'alice', password: PASSWORD, mailboxes: [{ path: 'INBOX' }] }],
  });
  smtp = await startDemoSmtp({
    users: [{ username: 'alice', password: PASSWORD, addresses }],
    deliver: (username, raw) => imap.deliver(username, raw),
    maxBytes: 200_000_000,
  });
  bench = aBench({ server: imap });
  stand = await aComposeStand({ realMail: bench.mail });
  actor = anActor();
});
afterEach(async () => {
  await stand.close();
  await bench.close();
  await smtp.close();
  await imap.close();
});

function anActor(messageBytes = 1_000_000): Actor {
  const writer = aWriter({ messageBytes });
  const server = { host: '127.0.0.1', security: 'none' } as const;
  return {
    ...writer,
    site: {
      ...writer.site,
      imap: { ...server, port: imap.port },
      smtp: { ...server, port: smtp.port, auth: 'user' },
    },
    credential: () => ({ username: 'alice', password: PASSWORD }),
  };
}

const FIELDS = {
  identity: '',
  to: 'bob@elsewhere.example, carol@elsewhere.example',
  cc: '',
  bcc: '',
  subject: 'Essai',
  format: 'plain' as const,
  text: 'Bonjour',
  html: '',
};
let count = 0;
async function aDraft(by = actor): Promise<string> {
  const id = `send-${String(++count).padStart(17, '0')}`;
  await stand.compose.ensure(by, id, { mode: 'new' });
  await stand.compose.save(by, id, FIELDS, { baseRevision: 0, toServer: true });
  return id;
}
const send = (id: string, by = actor) => stand.compose.send(by, id, { confirmed: [] });
const inSent = async (): Promise<number> => {
  const mailbox = await bench.mail.special(actor, 'sent');
  return imap.mailbox('alice', mailbox).length;
};

const appends = (): number =>
  imap.stats().recent.filter((command) => /APPEND/i.test(command)).length;
/** As after the pause that a refused copy is given. */
async function laterRetry(): Promise<void> {
  await stand.db.knex('outbox').update({ updated_at: '2026-01-01T00:00:00.000Z' });
  await stand.compose.retrySentCopies(actor);
}

describe('a journey', () => {
  composeJourney(() => ({
    stand,
    mail: bench.mail,
    actor,
    deliver: (raw) => imap.deliver('alice', raw),
    sent: () => smtp.transactions,
  }));
});

describe('faults', () => {
  it('S1: a temporary refusal keeps the draft; the retry sends once', async () => {
    const id = await aDraft();
    smtp.faults.tempfail(true);
    expect(await send(id)).toEqual({ kind: 'deferred', reason: 'temporary' });
    expect(smtp.transactions).toHaveLength(0);

    smtp.faults.clear();
    expect(await send(id)).toMatchObject({ kind: 'sent', sentCopy: true });
    expect(smtp.transactions).toHaveLength(1);
    expect(await inSent()).toBe(1);
  });

  it('S2: refused for all keeps the draft, refused for some says which', async () => {
    smtp.faults.reject('bob@elsewhere.example', 550);
    expect(await send(await aDraft())).toMatchObject({
      kind: 'partial',
      accepted: ['carol@elsewhere.example'],
      rejected: [{ mail: 'bob@elsewhere.example', code: 550 }],
    });

    smtp.faults.reject('carol@elsewhere.example', 550);
    const id = await aDraft();
    expect(await send(id)).toMatchObject({ kind: 'rejected' });
    expect(await stand.compose.load(actor, id)).toMatchObject({ text: 'Bonjour' });
    expect(smtp.transactions).toHaveLength(1);
  });

  it('S3: accepted, and the answer lost: unknown, never resent by itself', async () => {
    const id = await aDraft();
    smtp.faults.dropAfterData();

    expect(await send(id)).toMatchObject({ kind: 'unknown' });
    await stand.compose.recover();
    expect(await send(id)).toMatchObject({ kind: 'unknown' });
    expect(smtp.transactions).toHaveLength(1);
    expect(await inSent()).toBe(0);

    expect(await stand.compose.resend(actor, id)).toMatchObject({ kind: 'sent' });
    expect(smtp.transactions[1]?.raw).toEqual(smtp.transactions[0]?.raw);
  });

  it('S4: three requests at once deliver once', async () => {
    const id = await aDraft();

    const outcomes = await Promise.all([
      send(id),
      send(id),
      stand.another().send(actor, id, { confirmed: [] }),
    ]);

    expect(outcomes.map(({ kind }) => kind)).toEqual(['sent', 'sent', 'sent']);
    expect(smtp.transactions).toHaveLength(1);
    expect(await inSent()).toBe(1);
  });

  it('S5: sent although the mail server is away, the copy filed once it is back', async () => {
    const id = await aDraft();
    imap.faults.failAppend('[UNAVAILABLE] later');

    expect(await send(id)).toMatchObject({ kind: 'sent', sentCopy: false });
    expect(await inSent()).toBe(0);

    imap.faults.clear();
    expect(await stand.compose.retrySentCopies(actor)).toEqual({ filed: 1 });
    expect(await inSent()).toBe(1);
    expect(smtp.transactions).toHaveLength(1);
  });

  it('S6: a mailbox that is full: told at once, not asked with every page, filed on the word', async () => {
    const id = await aDraft();
    const path = await bench.mail.special(actor, 'sent');
    imap.faults.failAppend('[OVERQUOTA] full', path);
    expect(await send(id)).toMatchObject({ kind: 'sent', sentCopy: false });

    const told = await stand.compose.lateCopies(actor);
    const before = appends();
    await stand.compose.retrySentCopies(actor);
    expect(told).toMatchObject([{ draft: id, subject: 'Essai' }]);
    expect(appends()).toBe(before);
    expect(await stand.compose.settleLateCopy(actor, id, 'sent')).toBe(false);
    expect(await stand.compose.lateCopies(actor)).toHaveLength(1);

    imap.faults.clear();
    expect(await stand.compose.settleLateCopy(actor, id, 'sent')).toBe(true);
    expect(await stand.compose.settleLateCopy(actor, id, 'sent')).toBe(true);
    expect(await stand.compose.lateCopies(actor)).toEqual([]);
    expect(await inSent()).toBe(1);
    expect(smtp.transactions).toHaveLength(1);
    expect(JSON.stringify(await stand.db.knex('outbox').first())).not.toContain('Essai');
  });

  it('S7: the copy goes to Drafts on the agent’s word, once, and marked as a draft', async () => {
    const id = await aDraft();
    const sent = await bench.mail.special(actor, 'sent');
    imap.faults.failAppend('[OVERQUOTA] full', sent);
    await send(id);
    const drafts = await bench.mail.special(actor, 'drafts');
    const before = imap.mailbox('alice', drafts).length;

    const answers = await Promise.all([
      stand.compose.settleLateCopy(actor, id, 'drafts'),
      stand.compose.settleLateCopy(actor, id, 'drafts'),
    ]);

    expect(answers).toContain(true);
    expect(imap.mailbox('alice', drafts)).toHaveLength(before + 1);
    expect(await inSent()).toBe(0);
    expect(await stand.compose.lateCopies(actor)).toEqual([]);
  });

  it('S8: says no more of a copy once told to, and still files it later', async () => {
    const id = await aDraft();
    imap.faults.failAppend('[UNAVAILABLE] later');
    await send(id);
    expect(await stand.compose.lateCopies(actor)).toEqual([]);
    for (let tries = 0; tries < 2; tries++) await stand.compose.retrySentCopies(actor);
    expect(await stand.compose.lateCopies(actor)).toHaveLength(1);

    expect(await stand.compose.settleLateCopy(actor, id, 'hidden')).toBe(true);
    expect(await stand.compose.lateCopies(actor)).toEqual([]);
    await expect(
      stand.compose.settleLateCopy(aWriter({ id: 2 }), id, 'sent'),
    ).rejects.toMatchObject({ code: 'request/not-found' });
    imap.faults.clear();
    await laterRetry();
    expect(await inSent()).toBe(1);
  });

  it('a server that is down is no answer about the message', async () => {
    const id = await aDraft();
    smtp.faults.down(true);

    expect(await send(id)).toEqual({ kind: 'deferred', reason: 'unreachable' });
    expect(await stand.compose.load(actor, id)).toMatchObject({ sending: 'failed' });
  });

  it('saves while the mail server is down', async () => {
    imap.faults.down(true);
    const id = `down-${String(++count).padStart(17, '0')}`;
    await stand.compose.ensure(actor, id, { mode: 'new' });

    const saved = await stand.compose.save(actor, id, FIELDS, { baseRevision: 0, toServer: true });

    expect(saved).toMatchObject({ savedOnServer: false, draft: { text: 'Bonjour' } });
  });
});

it('takes in a 50 MB file by streaming', async () => {
  const dir = await mkdtemp(path.join(tmpdir(), 'large-'));
  try {
    const file = path.join(dir, 'large.bin');
    const handle = await open(file, 'w');
    await handle.truncate(50_000_000);
    await handle.close();
    const roomy = anActor(90_000_000);
    const id = await aDraft(roomy);
    const held = () => process.memoryUsage().arrayBuffers;
    const before = held();
    let most = before;
    const stream = createReadStream(file);
    const read = stream.read.bind(stream);
    // At each piece that is taken: who keeps them all holds the whole file at the last.
    stream.read = (size) => {
      most = Math.max(most, held());
      return read(size);
    };
    await stand.compose.attach(roomy, id, { filename: 'large.bin', declaredType: 'x/y', stream });

    expect(most).toBeGreaterThan(before);
    expect(most - before).toBeLessThan(40_000_000);
    expect(await stand.compose.load(roomy, id)).toMatchObject({
      attachments: [{ sizeBytes: 50_000_000 }],
    });
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});
