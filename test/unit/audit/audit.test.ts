import { coreJobs } from '../../../src/app/jobs';
import {
  type AuditNews,
  auditMigrations,
  createAudit,
  createAuditKeys,
  type NewAuditEntry,
  pluginEvent,
} from '../../../src/audit';
import type { Clock } from '../../../src/base/clock';
import { silentLog } from '../../../src/base/log';
import type { SiteId } from '../../../src/base/types';
import { openDatabase } from '../../../src/kernel/db';
import type { Database } from '../../../src/kernel/db-types';
import { migrate } from '../../../src/kernel/migrate';

const [marees, saisons] = ['marees' as SiteId, 'saisons' as SiteId];
const time = { now: 0 };
const clock: Clock = { now: () => time.now, after: () => () => {}, every: () => () => {} };

const idle = async () => 0;
const OTHERS = {
  sessions: { purgeExpired: idle },
  compose: { recover: idle, sendDue: idle, sweepUploads: idle },
  snoozing: { wakeDue: idle },
  imports: { resumeIdle: idle, sweep: idle },
  pushing: { tellDue: idle },
  notices: { sendDue: idle },
  posts: { sendDue: idle },
  usedOnce: { purge: idle },
} as unknown as Pick<
  Parameters<typeof coreJobs>[0],
  'sessions' | 'compose' | 'snoozing' | 'imports' | 'pushing' | 'notices' | 'posts' | 'usedOnce'
>; // run by nobody here

let db: Database;
let told: { site: string; name: string; entry: AuditNews }[];
const audit = () =>
  createAudit({
    db,
    clock,
    sites: [marees, saisons],
    keys: createAuditKeys([Buffer.alloc(32, 'a key for tests')]),
    hooks: {
      action: async ({ site }, name, entry) => {
        told.push({ site, name, entry: entry as AuditNews });
      },
    },
  });

beforeEach(async () => {
  time.now = Date.UTC(2026, 0, 31);
  told = [];
  db = await openDatabase({ client: 'sqlite', filename: ':memory:', log: silentLog() });
  await migrate(db, [{ owner: 'core', migrations: auditMigrations }]);
});
afterEach(() => db.close());

describe('a recorded line', () => {
  it('is kept with its time and told to the plugins of its site', async () => {
    const entry = await audit().record({
      site: marees,
      actor: 'alice',
      event: 'config:changed',
      target: 'calendar.enabled',
      remote: '192.0.2.1',
      details: { change: 3 },
    });

    expect(entry).toEqual({
      id: 1,
      at: '2026-01-31T00:00:00.000Z',
      site: 'marees',
      actor: 'alice',
      event: 'config:changed',
      target: 'calendar.enabled',
      remote: '192.0.2.1',
      details: { change: 3 },
    });
    expect(await audit().list({})).toEqual([entry]);
    // A plugin hears that there is a line, and nothing of whom, by whom and from where.
    const { id, at, site, event } = entry;
    expect(told).toEqual([
      { site: 'marees', name: 'audit:recorded', entry: { id, at, site, event } },
    ]);
  });

  it('of every site is told once in each', async () => {
    const entry = await audit().record({ site: '*', event: 'config:changed' });

    expect(told.map(({ site }) => site)).toEqual(['marees', 'saisons']);
    expect(told.every((one) => one.entry.id === entry.id)).toBe(true);
  });

  it('is neither kept nor told when what it tells of did not happen', async () => {
    const attempt = db.transaction(async (trx) => {
      await audit().write(trx, { site: marees, event: 'config:changed' });
      throw new Error('no');
    });

    await expect(attempt).rejects.toThrow('no');
    expect(await audit().list({})).toEqual([]);
    expect(told).toEqual([]);
  });
});

it.each<[string, Partial<NewAuditEntry>]>([
  ['a sentence as event', { event: 'Alice changed the calendar' }],
  ['an event without area', { event: 'changed' }],
  ['a line break in the target', { target: 'x\nforged line' }],
  ['a long text', { details: { subject: 'x'.repeat(257) } }],
  [
    'many details',
    { details: Object.fromEntries(Array.from({ length: 21 }, (_, n) => [`key${n}`, n])) },
  ],
  ['a nested detail', { details: { body: { text: 'x' } as unknown as string } }],
  ['no site', { site: '' as SiteId }],
])('refuses %s', async (_what, wrong) => {
  const attempt = audit().record({ site: marees, event: 'config:changed', ...wrong });

  await expect(attempt).rejects.toMatchObject({ code: 'internal/unexpected' });
  expect(await audit().list({})).toEqual([]);
});

it('puts the id of a plugin before its event', () => {
  expect(pluginEvent('calendar', 'shared')).toBe('calendar:shared');
  // A plugin of that name cannot write what the core does.
  expect(pluginEvent('session', 'opened')).toBe('plugin-session:opened');
  expect(() => pluginEvent('calendar', 'config:changed')).toThrow('internal/unexpected');
});

describe('reading', () => {
  beforeEach(async () => {
    for (const [site, actor] of [
      [marees, 'alice'],
      [saisons, 'bruno'],
      ['*', 'alice'],
    ] as const) {
      await audit().record({ site, actor, event: 'config:changed' });
      time.now += 86_400_000;
    }
  });

  it('gives a site its own lines and those of every site, newest first', async () => {
    const lines = await audit().list({ site: marees });

    expect(lines.map(({ id }) => id)).toEqual([3, 1]);
  });

  it('gives a site nothing of what readers of every site looked for', async () => {
    await audit().record({ site: saisons, event: 'session:opened', actor: 'bruno' });
    const search = { event: 'audit:read', actor: 'dpo', details: { person: 'bruno' } };
    await audit().record({ site: '*', ...search });
    await audit().record({ site: marees, ...search });

    const ids = async (query: object) => (await audit().list(query)).map(({ id }) => id);
    expect(await ids({ site: marees })).toEqual([6, 3, 1]);
    expect(await audit().count({ site: marees })).toBe(3);
    expect(await ids({})).toContain(5);
  });

  it('pages by number and filters by actor', async () => {
    expect((await audit().list({ limit: 2 })).map(({ id }) => id)).toEqual([3, 2]);
    expect((await audit().list({ before: 2 })).map(({ id }) => id)).toEqual([1]);
    expect((await audit().list({ actor: 'bruno' })).map(({ id }) => id)).toEqual([2]);
  });

  it('finds an area, a person on either side, an address, and days', async () => {
    await audit().record({
      site: marees,
      event: 'session:refused',
      target: 'alice',
      remote: '192.0.2.9',
    });
    const ids = async (query: object) => (await audit().list(query)).map(({ id }) => id);

    expect(await ids({ event: 'session:' })).toEqual([4]);
    expect(await ids({ event: 'session' })).toEqual([]);
    expect(await ids({ person: 'alice' })).toEqual([4, 3, 1]);
    expect(await ids({ remote: '192.0.2.9' })).toEqual([4]);
    expect(
      await ids({ since: '2026-02-01T00:00:00.000Z', until: '2026-02-02T12:00:00.000Z' }),
    ).toEqual([3, 2]);
  });

  it('ends where lines are purged by age', async () => {
    const removed = await audit().purge(() => '2026-02-02T00:00:00.000Z');

    expect(removed).toBe(2);
    expect((await audit().list({})).map(({ id }) => id)).toEqual([3]);
  });
});

it('is purged every day of what is older than the days set', async () => {
  await audit().record({ site: marees, actor: 'alice', event: 'config:changed' });
  time.now += 30 * 86_400_000;
  await audit().record({ site: marees, actor: 'bruno', event: 'config:changed' });
  const job = coreJobs({ audit: audit(), auditDays: 30, sites: [], clock, ...OTHERS }).find(
    ({ id }) => id === 'core:audit',
  );
  const left = async () => (await audit().list({})).map(({ actor }) => actor);

  await job?.run(new AbortController().signal);
  expect(await left()).toEqual(['bruno', 'alice']);

  time.now += 1;
  await job?.run(new AbortController().signal);
  expect(await left()).toEqual(['bruno']);
  expect(job?.every).toBe('1d');
});

it('keeps the lines of a site for the months that it says, within the limit of the platform', async () => {
  const asked: Record<string, string> = {};
  const purge = async (beforeOf: (site: string) => string) => {
    for (const site of ['marees', 'saisons', '*']) asked[site] = beforeOf(site);
    return 0;
  };
  time.now = Date.UTC(2026, 7, 31);
  const sites = [
    { id: marees, audit: { months: 6 } },
    { id: saisons, audit: { months: 12 } },
  ];
  const run = (auditDays: number) =>
    coreJobs({ audit: { purge }, auditDays, sites, clock, ...OTHERS })
      .find(({ id }) => id === 'core:audit')
      ?.run(new AbortController().signal);

  await run(3_650);
  expect(asked).toMatchObject({
    marees: '2026-02-28T00:00:00.000Z',
    saisons: '2025-08-31T00:00:00.000Z',
  });

  await run(30);
  expect(Object.values(asked)).toEqual(Array(3).fill('2026-08-01T00:00:00.000Z'));
});

it('comes and goes with its migration', async () => {
  for (const { down } of auditMigrations.toReversed()) await down(db.knex);
  expect(await db.knex.schema.hasTable('audit_log')).toBe(false);
  for (const { up } of auditMigrations) await up(db.knex);
  expect(await db.knex.schema.hasTable('audit_log')).toBe(true);
});
