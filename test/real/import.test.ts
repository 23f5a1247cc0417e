import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { silentLog } from '../../src/base/log';
import { OWN_ACCOUNT, type SessionId, type UserId } from '../../src/base/types';
import { type PrivateDovecot, startDovecot } from '../../src/demo/real/dovecot';
import { openDatabase } from '../../src/kernel/db';
import type { Database } from '../../src/kernel/db-types';
import { migrate } from '../../src/kernel/migrate';
import type { Mail } from '../../src/mail';
import { type Actor, sessionMigrations } from '../../src/session';
import { createImports, type Imports, transferMigrations } from '../../src/transfer';
import { aBench, anActor, type Bench, PASSWORD } from '../embedded/mail-kit';
import { type MovingClock, movingClock } from '../kit/moving-clock';

const COUNT = 200;
let server: PrivateDovecot;
let bench: Bench;
let db: Database;
let dir: string;
let clock: MovingClock;
let anna: Actor;
let bruno: Actor;
let away = 0;

beforeAll(async () => {
  dir = mkdtempSync(path.join(tmpdir(), 'import-'));
  const users = ['anna', 'bruno', 'chloe'].map((username) => ({
    username,
    password: PASSWORD,
    mailboxes: [{ path: 'INBOX' }],
  }));
  server = await startDovecot({ users });
  bench = aBench({ server });
  [anna, bruno] = [person('anna', 1), person('bruno', 2)];
  db = await openDatabase({ client: 'sqlite', filename: path.join(dir, 'db'), log: silentLog() });
  await migrate(db, [{ owner: 'core', migrations: [...sessionMigrations, ...transferMigrations] }]);
  const at = '2026-01-01T00:00:00.000Z';
  const row = (actor: Actor) => ({
    id: actor.user.id,
    site: actor.site.id,
    login: actor.user.login,
    name: actor.user.name,
    mail: actor.user.mail,
    aliases: '[]',
    locale: 'fr',
    created_at: at,
    signed_in_at: at,
  });
  await db
    .knex('users')
    .insert([row(anna), row(bruno)])
    .onConflict('id')
    .ignore();
  // A process that has ended keeps no lease.
  clock = { ...movingClock(), every: () => () => undefined };
}, 60_000);
afterAll(async () => {
  await bench.close();
  await server.close();
  await db.close();
  rmSync(dir, { recursive: true, force: true });
});

/** Each has an account and a session of their own. */
function person(username: string, id: number): Actor {
  const actor = anActor({ server, username });
  const session = { ...actor.session, id: `of-${username}` as SessionId };
  return { ...actor, session, user: { ...actor.user, id: id as UserId, login: username } };
}

const importsOver = (mail: Mail): Imports =>
  createImports({
    db,
    mail,
    clock,
    log: silentLog(),
    dir: path.join(dir, 'imports'),
    absentees: {
      keep: () => Promise.resolve('kept'),
      actor: () => {
        const id = `away-${++away}` as SessionId;
        return Promise.resolve({ ...bruno, session: { ...bruno.session, id } });
      },
    },
  });

/** Hostile ones among them: separators in texts, no end, no Message-ID, raw letters, a large one. */
const message = (number: number): Buffer =>
  Buffer.from(
    [
      ...(number % 11 === 0 ? [] : [`Message-ID: <m${number}@import.example>`]),
      'From: Odile <odile@saisons.example>',
      `Subject: numéro ${number}`,
      ...(number % 13 === 0 ? ['Status: perso', 'X-Note: suite'] : []),
      '',
      number % 3 === 0
        ? 'From the start\r\n>From a quote\r\n\r\nFrom x@y Mon Jan  5 05:05:05 2026'
        : `texte ${number}`,
      number === 50 ? 'x'.repeat(10_000_000) : '',
      number % 5 === 0 ? '' : 'fin',
      '',
    ].join('\r\n'),
    number % 7 === 0 ? 'latin1' : 'utf8',
  );

const LIST = { sort: 'arrival', order: 'asc', page: 1, criteria: {} } as const;

/** Every message of a mailbox as its server has it, in an order of its own. */
async function all(actor: Actor, mailbox: string) {
  const found: { key: string; raw: string; flags: string; at: string }[] = [];
  let pages = 1;
  for (let page = 1; page <= pages; page++) {
    const list = await bench.mail.list(actor, { ...LIST, mailbox, page });
    pages = list.pages;
    for (const row of list.rows) {
      const ref = { account: OWN_ACCOUNT, mailbox, uidValidity: list.uidValidity, uid: row.uid };
      const raw = (await buffer((await bench.mail.source(actor, ref)).stream)).toString('latin1');
      const flags = [
        row.isSeen,
        row.isFlagged,
        row.isAnswered,
        ...row.keywords.toSorted((a, b) => a.localeCompare(b)),
      ];
      found.push({ key: row.subject, raw, flags: flags.join(' '), at: row.date });
    }
  }
  return found.toSorted((a, b) => a.key.localeCompare(b.key, 'fr', { numeric: true }));
}

async function exported(): Promise<Buffer> {
  const { pieces } = await bench.mail.exportMailbox(anna, 'INBOX');
  const parts: Buffer[] = [];
  for await (const piece of pieces) parts.push(piece);
  return Buffer.concat(parts);
}

let before: Awaited<ReturnType<typeof all>>;
let file: Buffer;

it('brings a mailbox that was exported into an empty account: messages, flags and dates', async () => {
  const write = path.join(dir, 'one.eml');
  const { writeFileSync } = await import('node:fs');
  for (let number = 1; number <= COUNT; number++) {
    writeFileSync(write, message(number));
    const flags = [
      ...(number % 2 === 0 ? ['\\Seen'] : []),
      ...(number % 4 === 0 ? ['\\Flagged'] : []),
      ...(number % 6 === 0 ? ['\\Answered', '$label1', 'projet'] : []),
    ];
    const arrivedAt = new Date(Date.UTC(2020, 0, number, 3, 4, 5));
    const about = { path: write, sizeBytes: message(number).length };
    await bench.mail.append(anna, 'INBOX', about, { flags, purpose: 'import', arrivedAt });
  }
  before = await all(anna, 'INBOX');
  expect(before).toHaveLength(COUNT);
  file = await exported();

  const imports = importsOver(bench.mail);
  const id = await imports.begin(bruno, {
    mailbox: 'INBOX',
    filename: 'INBOX.mbox',
    stream: Readable.from([file]),
  });
  await imports.idle();

  expect(await imports.find(bruno, id)).toMatchObject({
    state: 'done',
    brought: COUNT,
    refused: 0,
  });
  const after = await all(bruno, 'INBOX');
  const differing = after.filter((one, at) => JSON.stringify(one) !== JSON.stringify(before[at]));
  expect(differing.map(({ key, flags, at }) => [key, flags, at])).toEqual([]);
  expect(after).toHaveLength(COUNT);
}, 180_000);

it('goes on where a process ended, at any step, and brings no message twice', async () => {
  await bench.mail.newMailbox(bruno, { name: 'Repris', parent: '' });
  // Each life appends a few, then ends before, or after the server has taken one.
  let id = '';
  for (let life = 0; life < 12; life++) {
    let left = 10;
    const dying: Mail = {
      ...bench.mail,
      append: async (...args) => {
        if (left-- === 0 && life % 2 === 0) return new Promise(() => undefined);
        const answer = await bench.mail.append(...args);
        return left < 0 ? new Promise(() => undefined) : answer;
      },
    };
    const imports = importsOver(dying);
    let work: Promise<unknown> = Promise.resolve();
    if (id === '') {
      const stream = Readable.from([file]);
      id = await imports.begin(bruno, { mailbox: 'Repris', filename: 'a.mbox', stream });
      work = imports.idle();
    } else work = imports.resumeIdle();
    await Promise.race([work, new Promise((resolve) => setTimeout(resolve, 1_500))]);
    clock.forward(61_000);
  }
  const last = importsOver(bench.mail);
  await last.resumeIdle();
  expect(await last.find(bruno, id)).toMatchObject({ state: 'done', refused: 0 });
  const after = await all(bruno, 'Repris');
  expect(after.map(({ key }) => key)).toEqual(before.map(({ key }) => key));
  expect(after.map(({ raw }) => raw)).toEqual(before.map(({ raw }) => raw));
}, 180_000);

it('is stopped, goes on, tells what is refused, and belongs to its agent', async () => {
  // Held until the mailbox is gone: Dovecot brings one back that goes while something is added to it.
  let goes = (): void => undefined;
  const isGone = new Promise<void>((resolve) => {
    goes = resolve;
  });
  const held: Mail = {
    ...bench.mail,
    append: async (...args) => {
      await isGone;
      return bench.mail.append(...args);
    },
  };
  const imports = importsOver(held);
  await bench.mail.newMailbox(bruno, { name: 'Parti', parent: '' });
  const stream = Readable.from([file]);
  const id = await imports.begin(bruno, { mailbox: 'Parti', filename: 'a.mbox', stream });
  await bench.mail.deleteMailbox(bruno, 'Parti');
  goes();
  await imports.idle();
  const stopped = await imports.find(bruno, id);
  expect(stopped).toMatchObject({ state: 'stopped', reason: expect.stringContaining('error.') });
  await expect(imports.find(anna, id)).rejects.toThrow('request/not-found');
  await bench.mail.newMailbox(bruno, { name: 'Parti', parent: '' });
  await imports.resume(bruno, id);
  await imports.idle();
  const done = await imports.find(bruno, id);
  expect(done).toMatchObject({ state: 'done', brought: COUNT });
  await expect(
    imports.begin(bruno, { mailbox: 'INBOX', filename: 'x', stream: Readable.from(['%PDF-1.7']) }),
  ).rejects.toThrow('import/not-mail');
  const one = Readable.from(['Subject: seul\nDate: Mon, 05 Jan 2026 10:00:00 +0100\n\nici\n']);
  const eml = await imports.begin(bruno, { mailbox: 'Parti', filename: 'seul.eml', stream: one });
  await imports.idle();
  expect(await imports.find(bruno, eml)).toMatchObject({ state: 'done', brought: 1 });
}, 120_000);
