import { silentLog } from '../../src/base/log';
import type { SessionId, Uid, UidValidity } from '../../src/base/types';
import { type DemoImap, startDemoImap } from '../../src/demo/imap';
import { openDatabase } from '../../src/kernel/db';
import type { Database } from '../../src/kernel/db-types';
import { migrate } from '../../src/kernel/migrate';
import type { Mail } from '../../src/mail';
import { type Absentees, type Actor, sessionMigrations } from '../../src/session';
import { createSnoozing, type Snoozing, snoozeMigrations } from '../../src/snooze';
import { type MovingClock, movingClock } from '../kit/moving-clock';
import { ALL, aBench, aMessage, anActor, type Bench, PASSWORD } from './mail-kit';

const HOUR_MS = 3_600_000;
let server: DemoImap;
let bench: Bench;
let db: Database;
let clock: MovingClock;
let snoozing: Snoozing;

/** Alice, away: what was kept names what it is for. */
const absentees: Absentees = {
  keep: ({ user }, about) => Promise.resolve(`${user.id} ${about}`),
  actor: ({ user }, kept, about) =>
    Promise.resolve(kept === `${user} ${about}` ? anAbsentee() : undefined),
};
function anAbsentee(): Actor {
  const actor = anActor({ server, username: 'alice' });
  return { ...actor, session: { ...actor.session, id: `away-${++away}` as SessionId } };
}
let away = 0;
const make = (mail: Mail = bench.mail, own: Partial<Absentees> = {}): Snoozing =>
  createSnoozing({ db, mail, absentees: { ...absentees, ...own }, clock, log: silentLog() });

beforeEach(async () => {
  const messages = ['un', 'deux', 'trois'].map((subject) => ({ raw: aMessage({ subject }) }));
  server = await startDemoImap({
    users: [{ username: 'alice', password: PASSWORD, mailboxes: [{ path: 'INBOX', messages }] }],
  });
  bench = aBench({ server });
  db = await openDatabase({ client: 'sqlite', filename: ':memory:', log: silentLog() });
  await migrate(db, [{ owner: 'core', migrations: [...sessionMigrations, ...snoozeMigrations] }]);
  const at = '2026-01-01T00:00:00.000Z';
  await db.knex('users').insert({
    id: bench.actor.user.id,
    site: bench.actor.site.id,
    login: 'alice',
    name: 'Alice',
    mail: 'alice@culture.example',
    aliases: '[]',
    locale: 'fr',
    created_at: at,
    signed_in_at: at,
  });
  clock = movingClock();
  snoozing = make();
});
afterEach(async () => {
  await bench.close();
  await server.close();
  await db.close();
});

const subjects = async (mailbox: string): Promise<string[]> => {
  const { rows } = await bench.mail.list(bench.actor, { ...ALL, mailbox, page: 1 });
  return rows.map(({ subject }) => subject).sort();
};
async function putAway(uids: readonly number[], until = clock.now() + HOUR_MS) {
  const { uidValidity } = await bench.mail.list(bench.actor, { ...ALL, mailbox: 'INBOX', page: 1 });
  return snoozing.put(
    bench.actor,
    { mailbox: 'INBOX', uidValidity, uids: uids.map((uid) => uid as Uid) },
    until,
  );
}

it('leaves, and comes back unread at its time, with nobody there, once', async () => {
  await putAway([2, 1]);
  expect(await subjects('INBOX')).toEqual(['trois']);
  expect(await subjects('En attente')).toEqual(['deux', 'un']);
  expect(await snoozing.list(bench.actor)).toMatchObject([{ isAlone: true }, { home: 'INBOX' }]);
  const at = { mailbox: 'En attente', uid: 1 as Uid };
  await bench.mail.message(bench.actor, at);

  await snoozing.wakeDue();
  expect(await subjects('INBOX')).toEqual(['trois']);
  clock.forward(2 * HOUR_MS);
  await Promise.all([snoozing.wakeDue(), make().wakeDue(), snoozing.wakeDueOf(bench.actor)]);
  await snoozing.wakeDue();

  expect(await subjects('INBOX')).toEqual(['deux', 'trois', 'un']);
  expect(await subjects('En attente')).toEqual([]);
  const { rows } = await bench.mail.list(bench.actor, { ...ALL, mailbox: 'INBOX', page: 1 });
  expect(rows.every(({ isSeen }) => !isSeen)).toBe(true);
  expect(await snoozing.count(bench.actor)).toBe(0);
});

it('that waits is put off again where it is, and one that was put there by hand goes to the inbox', async () => {
  await putAway([1]);
  const { uidValidity } = await bench.mail.list(bench.actor, { ...ALL, mailbox: 'INBOX', page: 1 });
  const by = { mailbox: 'INBOX', uidValidity, uids: [2 as Uid] };
  await bench.mail.move(bench.actor, by, 'En attente');
  const there = await bench.mail.list(bench.actor, { ...ALL, mailbox: 'En attente', page: 1 });
  const on = { mailbox: 'En attente', uidValidity: there.uidValidity };
  const uids = there.rows.map(({ uid }) => uid);
  await snoozing.put(bench.actor, { ...on, uids }, clock.now() + 3 * HOUR_MS);
  expect((await snoozing.list(bench.actor)).map(({ home }) => home)).toEqual(['INBOX', 'INBOX']);
  clock.forward(2 * HOUR_MS);
  await snoozing.wakeDue();
  expect(await subjects('En attente')).toEqual(['deux', 'un']);
  clock.forward(2 * HOUR_MS);
  await snoozing.wakeDue();
  expect(await subjects('INBOX')).toEqual(['deux', 'trois', 'un']);
});

it('is brought back or put off by its agent alone', async () => {
  const [id = ''] = await putAway([1]);
  const bob = { ...bench.actor, user: { ...bench.actor.user, id: 77 as never } };
  expect(await snoozing.list(bob)).toEqual([]);
  expect(await snoozing.postpone(bob, id, 1)).toBe(false);
  expect(await snoozing.wake(bob, [id])).toBe(0);
  expect(await snoozing.postpone(bench.actor, id, clock.now() + 5 * HOUR_MS)).toBe(true);
  clock.forward(2 * HOUR_MS);
  await snoozing.wakeDue();
  expect(await subjects('INBOX')).toEqual(['deux', 'trois']);
  expect(await snoozing.wake(bench.actor, [id])).toBe(1);
  expect(await subjects('INBOX')).toEqual(['deux', 'trois', 'un']);
  expect(await snoozing.wake(bench.actor, [id])).toBe(0);
});

it('is forgotten when its agent took it elsewhere, and goes to the inbox when its home is gone', async () => {
  await bench.mail.createMailbox(bench.actor, 'Projet');
  const { uidValidity } = await bench.mail.list(bench.actor, { ...ALL, mailbox: 'INBOX', page: 1 });
  await bench.mail.move(bench.actor, { mailbox: 'INBOX', uidValidity, uids: [1 as Uid] }, 'Projet');
  const there = await bench.mail.list(bench.actor, { ...ALL, mailbox: 'Projet', page: 1 });
  const on = { mailbox: 'Projet', uidValidity: there.uidValidity, uids: [1 as Uid] };
  await snoozing.put(bench.actor, on, clock.now());
  await putAway([2], clock.now());
  await bench.mail.deleteMailbox(bench.actor, 'Projet');
  const waiting = await bench.mail.list(bench.actor, { ...ALL, mailbox: 'En attente', page: 1 });
  const taken = waiting.rows.find(({ subject }) => subject === 'deux');
  await bench.mail.move(
    bench.actor,
    { mailbox: 'En attente', uidValidity: waiting.uidValidity, uids: [taken?.uid ?? (0 as Uid)] },
    'INBOX',
  );
  clock.forward(HOUR_MS);
  await snoozing.wakeDueOf(bench.actor);
  expect(await subjects('INBOX')).toEqual(['deux', 'trois', 'un']);
  expect(await snoozing.count(bench.actor)).toBe(0);
});

it('that could not be moved is where it was, and nothing comes of it later', async () => {
  server.faults.refuse('UID MOVE', 'no');
  await expect(putAway([1])).rejects.toThrow('imap/refused');
  server.faults.clear();
  expect(await subjects('INBOX')).toEqual(['deux', 'trois', 'un']);
  clock.forward(2 * HOUR_MS);
  await snoozing.wakeDue();
  expect(await subjects('INBOX')).toEqual(['deux', 'trois', 'un']);
  expect(await snoozing.count(bench.actor)).toBe(0);
});

it('waits for its agent where nothing is kept of their access', async () => {
  snoozing = make(bench.mail, { keep: () => Promise.resolve(undefined) });
  await putAway([1]);
  expect(await snoozing.list(bench.actor)).toMatchObject([{ isAlone: false }]);
  clock.forward(2 * HOUR_MS);
  await snoozing.wakeDue();
  expect(await subjects('INBOX')).toEqual(['deux', 'trois']);
  await snoozing.wakeDueOf(bench.actor);
  expect(await subjects('INBOX')).toEqual(['deux', 'trois', 'un']);
});

it('of a mailbox that was made anew is refused', async () => {
  const on = { mailbox: 'INBOX', uidValidity: 1 as UidValidity, uids: [1 as Uid] };
  await expect(snoozing.put(bench.actor, on, 1)).rejects.toThrow('mailbox/changed');
  expect(await snoozing.count(bench.actor)).toBe(0);
});
