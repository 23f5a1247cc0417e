import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createAuditKeys, verifyAudit } from '../../../src/audit';
import { hashOf } from '../../../src/audit/chain';
import type { Clock } from '../../../src/base/clock';
import type { Database } from '../../../src/kernel/db-types';
import { heldWhile } from '../../kit/held-heap';
import { aLog, KEY, keys, marees, openLog, START, saisons, tamper } from './kit';

const DAY_MS = 86_400_000;
const later: Clock = { now: () => START + DAY_MS, after: () => () => {}, every: () => () => {} };

let db: Database;
beforeEach(async () => {
  db = await openLog();
});
afterEach(() => db.close());

/** Twelve lines: of two sites and of both together. */
async function twelve(audit = aLog(db)) {
  for (let n = 0; n < 4; n += 1) {
    await audit.record({
      site: marees,
      actor: 'alice',
      event: 'session:opened',
      target: `box-${n}`,
      remote: '192.0.2.1',
      details: { via: 'ldap', times: n },
    });
    await audit.record({ site: saisons, event: 'session:refused', target: 'bruno' });
    await audit.record({ site: '*', actor: 'alice', event: 'config:changed' });
  }
  return audit;
}
const verify = (options = {}) => verifyAudit({ db, keys }, options);

describe('a log that nobody touched', () => {
  it('holds, each site having a chain of its own', async () => {
    await twelve();

    const { lines, unsealed, heads, fault } = await verify();

    expect({ lines, unsealed, fault }).toEqual({ lines: 12, unsealed: 0, fault: undefined });
    expect(heads.map(({ site, seq }) => `${site} ${seq}`)).toEqual([
      'marees 4',
      'saisons 4',
      '* 4',
    ]);
  });

  it('holds when it is empty', async () => {
    expect(await verify()).toEqual({ lines: 0, unsealed: 0, heads: [] });
  });

  it('has no number for a line whose change was undone', async () => {
    const audit = aLog(db);
    const undone = db.transaction(async (trx) => {
      await audit.write(trx, { site: marees, event: 'config:changed' });
      throw new Error('no');
    });
    await expect(undone).rejects.toThrow('no');

    const line = await audit.record({ site: marees, event: 'config:changed' });

    expect(line.id).toBe(1);
    expect((await verify()).fault).toBeUndefined();
  });
});

describe('the table itself', () => {
  it.each([
    "update audit_log set actor_login = 'bruno' where id = 1",
    'delete from audit_log where id = 1',
    'delete from audit_log',
  ])('refuses: %s', async (statement) => {
    await twelve();

    await expect(db.knex.raw(statement)).rejects.toThrow('append-only');
    expect((await verify()).lines).toBe(12);
  });

  it('refuses a change of what a purge left', async () => {
    const audit = await twelve();
    await audit.purge(() => new Date(START + DAY_MS).toISOString());

    for (const statement of ['update audit_anchors set seq = 1', 'delete from audit_anchors']) {
      await expect(db.knex.raw(statement)).rejects.toThrow('append-only');
    }
  });
});

describe('a change is found at its line', () => {
  const COLUMNS: readonly [string, string][] = [
    ['at', "'2026-01-31T00:00:01.001Z'"],
    ['site', "'ailleurs'"],
    ['actor_login', "'alicf'"],
    ['actor_login', 'null'],
    ['event', "'session:closed'"],
    ['target', "'box-9'"],
    ['remote', "'192.0.2.2'"],
    ['details', "replace(details, 'ldap', 'ldaq')"],
    ['details', "details || ' '"],
    ['seq', '40'],
    ['seq', 'null'],
    ['prev', "replace(prev, substr(prev, 1, 1), 'x')"],
    ['hash', "replace(hash, substr(hash, 1, 1), 'x')"],
    ['hash', 'null'],
    ['key_id', "'0000000000000000'"],
    ['key_id', 'null'],
    // The same text, as bytes.
    ['target', 'cast(target as blob)'],
  ];
  it.each(COLUMNS)('one byte of %s becomes %s', async (column, value) => {
    await twelve();
    await tamper(db, `update audit_log set ${column} = ${value} where id = 7`);

    const { fault } = await verify();

    expect(fault?.id).toBe(7);
    expect(['altered', 'inserted', 'unknown-key']).toContain(fault?.reason);
  });

  it('says that it was altered, in which chain, under which number', async () => {
    await twelve();
    await tamper(db, "update audit_log set actor_login = 'bruno' where id = 7");

    expect((await verify()).fault).toEqual({ reason: 'altered', site: 'marees', id: 7, seq: 3 });
  });

  it('of its number', async () => {
    await twelve();
    await tamper(db, 'update audit_log set id = 70 where id = 7');

    expect((await verify()).fault).toMatchObject({ reason: 'missing', site: 'marees', seq: 3 });
  });

  it('a genuine line of a restored copy, which went its own way', async () => {
    const written = async (log: Database, second: string) => {
      const audit = aLog(log);
      for (const target of ['box-1', second, 'box-3']) {
        await audit.record({ site: marees, event: 'session:opened', target });
      }
    };
    const copy = await openLog();
    await written(db, 'box-2');
    await written(copy, 'box-of-the-copy');
    const [last] = await copy.knex('audit_log').where({ id: 3 });
    await copy.close();

    // Sealed by our key, under the right number: only its predecessor is another one.
    await tamper(db, 'delete from audit_log where id = 3');
    await db.knex('audit_log').insert(last);

    expect((await verify()).fault).toEqual({ reason: 'rewritten', site: 'marees', id: 3, seq: 3 });
  });

  it('a line that is gone', async () => {
    await twelve();
    await tamper(db, 'delete from audit_log where id = 7');

    expect((await verify()).fault).toEqual({
      reason: 'missing',
      site: 'marees',
      id: 10,
      seq: 3,
    });
  });

  it('a beginning that is gone', async () => {
    await twelve();
    await tamper(db, 'delete from audit_log where id <= 6');

    expect((await verify()).fault).toMatchObject({ reason: 'missing', id: 7, seq: 1 });
  });

  it('a line that was put between two', async () => {
    await twelve();
    const copied = 'at, site, actor_login, event, target, remote, details, prev, hash, key_id';
    await tamper(
      db,
      // Room is made by the number, which the lines after it pay for in another chain.
      'delete from audit_log where id = 8',
      `insert into audit_log (id, seq, ${copied}) select 8, null, ${copied} from audit_log where id = 7`,
    );

    expect((await verify()).fault).toMatchObject({ reason: 'inserted', site: 'marees', id: 8 });
  });

  it('a line that was added at the end, when the end is known', async () => {
    await twelve();
    const { heads } = await verify();
    const added = `insert into audit_log (seq, prev, hash, key_id, at, site, event, details)
      select 5, hash, hash, key_id, at, site, event, details from audit_log where id = 10`;
    await tamper(db, added);

    expect((await verify({ heads })).fault).toMatchObject({ reason: 'inserted', id: 13 });
    expect((await verify()).fault).toMatchObject({ reason: 'altered', id: 13 });
  });

  it.each([
    ['', ['id = 100', 'id = 4', 'id = 7']],
    [
      ' with their numbers in the chain',
      ['id = 100, seq = 100', 'id = 4, seq = 2', 'id = 7, seq = 3'],
    ],
  ])('two lines that changed places%s', async (_, [aside, there, back]) => {
    await twelve();
    await tamper(
      db,
      `update audit_log set ${aside} where id = 4`,
      `update audit_log set ${there} where id = 7`,
      `update audit_log set ${back} where id = 100`,
    );

    expect((await verify()).fault).toMatchObject({ site: 'marees', id: 4 });
  });

  it('lines whose whole chain was written anew without the key', async () => {
    await twelve();
    const other = await openLog();
    await twelve(
      aLog(other, { keys: createAuditKeys([Buffer.alloc(32, 'a key of somebody else')]) }),
    );
    const forged: object[] = await other.knex('audit_log').orderBy('id');
    await tamper(db, 'delete from audit_log');
    await db.knex('audit_log').insert(forged);
    await other.close();

    expect((await verify()).fault).toMatchObject({ reason: 'unknown-key', id: 1 });

    // Under our key's name, the seal itself is wrong.
    await tamper(db, `update audit_log set key_id = '${keys.currentId}'`);
    expect((await verify()).fault).toMatchObject({ id: 1, seq: 1 });
  });

  it('a line without a seal after the first sealed one', async () => {
    await twelve();
    await tamper(
      db,
      `insert into audit_log (at, site, event, details) values ('x', '${marees}', 'a:b', '{}')`,
    );

    expect((await verify()).fault).toMatchObject({ reason: 'inserted', id: 13 });
  });

  it.each([-5, 0])('a line under the number %d', async (id) => {
    await twelve();
    await tamper(
      db,
      `insert into audit_log (id, at, site, event, details) values (${id}, 'x', '${marees}', 'a:b', '{}')`,
    );

    expect((await verify()).fault).toMatchObject({ reason: 'inserted', id });
  });

  it('a line without a seal under a number that a purge set free', async () => {
    const audit = await twelve();
    audit.at(START + 2 * DAY_MS);
    await twelve(audit);
    await audit.purge(() => new Date(START + DAY_MS).toISOString());
    await tamper(
      db,
      `insert into audit_log (id, at, site, event, details) values (3, 'x', '${marees}', 'a:b', '{}')`,
    );

    expect((await verify()).fault).toMatchObject({ reason: 'inserted', site: 'marees', id: 3 });
  });
});

describe('the end kept apart', () => {
  let dir: string;
  let headFile: string;
  beforeEach(() => {
    dir = mkdtempSync(path.join(tmpdir(), 'audit-'));
    headFile = path.join(dir, 'apart', 'head.json');
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  async function kept() {
    const audit = await twelve(aLog(db, { headFile }));
    await audit.close();
    return audit;
  }
  const apart = async (audit: Awaited<ReturnType<typeof kept>>) => (await audit.heads()).heads;

  it('shows a cut tail', async () => {
    const audit = await kept();
    await tamper(db, 'delete from audit_log where id > 9');

    expect((await verify()).fault).toBeUndefined();
    expect((await verify({ heads: await apart(audit) })).fault).toEqual({
      reason: 'truncated',
      site: 'marees',
      seq: 4,
    });
  });

  it('shows a cut tail that was written on, and is not made to forget it', async () => {
    const audit = await kept();
    await tamper(db, 'delete from audit_log where id > 9');
    for (let n = 0; n < 4; n += 1) await audit.record({ site: marees, event: 'session:opened' });
    await audit.close();

    expect((await verify()).fault).toBeUndefined();
    expect((await verify({ heads: await apart(audit) })).fault).toMatchObject({
      reason: 'rewritten',
      site: 'marees',
      seq: 4,
    });
    expect(await audit.problem()).toBe('lost');
  });

  it('shows a log that was emptied', async () => {
    const audit = await kept();
    await tamper(db, 'delete from audit_log', 'delete from audit_anchors');

    expect((await verify({ heads: await apart(audit) })).fault?.reason).toBe('truncated');
  });

  it('is not believed once it was altered, nor written over', async () => {
    const audit = await kept();
    const text = readFileSync(headFile, 'utf8');
    writeFileSync(headFile, text.replace('"seq":4', '"seq":3'));

    expect(await audit.heads()).toEqual({ state: 'altered', heads: [] });
    await audit.record({ site: marees, event: 'session:opened' });
    await audit.close();
    expect(await audit.problem()).toBe('altered');
    expect((await audit.heads()).state).toBe('altered');
  });

  it('that is gone, or of a key that is not known, is not begun anew in silence', async () => {
    const audit = await kept();
    audit.at(START + DAY_MS);
    const text = readFileSync(headFile, 'utf8');
    for (const [state, change] of [
      ['absent', () => rmSync(headFile)],
      ['unknown-key', () => writeFileSync(headFile, text.replace(keys.currentId, 'f'.repeat(16)))],
    ] as const) {
      change();
      await audit.record({ site: marees, event: 'session:opened' });
      await audit.close();

      expect((await audit.heads()).state).toBe(state);
      expect(await audit.problem()).toBe(state);
      // Another process, that has written nothing yet.
      expect(await aLog(db, { headFile, clock: later }).problem()).toBe(state);
    }

    await audit.acceptHeads();

    expect((await audit.heads()).state).toBe('known');
    expect(await audit.problem()).toBeUndefined();
    expect(readdirSync(path.dirname(headFile))).toHaveLength(2);
  });

  it('is begun by whoever writes the first lines', async () => {
    const audit = await kept();

    expect(await audit.problem()).toBeUndefined();
    expect((await audit.heads()).state).toBe('known');
  });

  it('is held against a log that is read from behind the cut', async () => {
    const audit = await kept();
    const heads = await apart(audit);
    await tamper(db, 'delete from audit_log where id > 9');

    expect((await verify({ from: 12, heads })).fault).toMatchObject({
      reason: 'truncated',
      site: 'marees',
      seq: 4,
    });
  });

  it('may be behind, and may be of lines that were purged', async () => {
    const audit = await kept();
    const heads = await apart(audit);
    await audit.record({ site: marees, event: 'session:opened' });
    expect((await verify({ heads })).fault).toBeUndefined();

    await audit.purge(() => new Date(START + DAY_MS).toISOString());

    expect(await verify({ heads })).toMatchObject({ lines: 0 });
    expect((await verify({ heads })).fault).toBeUndefined();
  });
});

describe('a purge', () => {
  const older = (days: number) => () => new Date(START + days * DAY_MS).toISOString();

  async function twoDays() {
    const audit = await twelve();
    audit.at(START + 2 * DAY_MS);
    await twelve(audit);
    return audit;
  }

  it('leaves an anchor, from which the rest holds', async () => {
    const audit = await twoDays();

    expect(await audit.purge(older(1))).toBe(12);

    expect(await verify()).toMatchObject({ lines: 12 });
    expect((await verify()).fault).toBeUndefined();
    const anchors: object[] = await db.knex('audit_anchors').select('site', 'seq', 'lines');
    expect(anchors).toHaveLength(3);
    expect(anchors).toContainEqual({ site: 'marees', seq: 4, lines: 4 });
  });

  it('goes by the time of each site', async () => {
    const audit = await twoDays();

    await audit.purge((site) => (site === 'marees' ? older(9)() : older(1)()));

    const left = (await audit.list({ limit: 100 })).map(({ site }) => site);
    expect(left.filter((site) => site === 'marees')).toEqual([]);
    expect(left).toHaveLength(8);
    expect((await verify()).fault).toBeUndefined();
    expect((await audit.record({ site: marees, event: 'session:opened' })).id).toBe(25);
    expect((await verify()).fault).toBeUndefined();
  });

  it('hides neither a line removed after it nor an anchor that is gone', async () => {
    const audit = await twoDays();
    await audit.purge(older(1));

    await tamper(db, "delete from audit_log where site = 'marees' and seq = 5");
    expect((await verify()).fault).toMatchObject({ reason: 'missing', site: 'marees', seq: 5 });

    await tamper(db, 'delete from audit_anchors');
    expect((await verify()).fault).toMatchObject({ reason: 'missing', seq: 1 });
  });

  it('shows an anchor that was moved to cover what somebody removed', async () => {
    const audit = await twoDays();
    await audit.purge(older(1));
    await tamper(
      db,
      `update audit_anchors set seq = 5, hash = (select hash from audit_log where site = 'marees' and seq = 5) where site = 'marees'`,
      "delete from audit_log where site = 'marees' and seq = 5",
    );

    expect((await verify()).fault).toMatchObject({ reason: 'anchor', site: 'marees' });
  });

  it('does not sign over an anchor that is not ours', async () => {
    const audit = await twoDays();
    await audit.purge(older(1));
    await tamper(
      db,
      `update audit_anchors set seq = 5, hash = (select hash from audit_log where site = 'marees' and seq = 5) where site = 'marees'`,
      "delete from audit_log where site = 'marees' and seq = 5",
    );

    await audit.purge(older(9));

    expect((await verify()).fault).toMatchObject({
      reason: 'purged',
      site: 'marees',
      details: 'anchor 5',
    });
  });

  it('shows an anchor that somebody added to be allowed to delete', async () => {
    await twelve();
    await db.knex('audit_anchors').insert({
      site: marees,
      seq: 3,
      hash: 'x',
      lines: 3,
      before: '',
      at: '',
      key_id: keys.currentId,
      mac: 'x',
    });
    await db.knex('audit_log').where({ site: marees }).where('seq', '<=', 3).delete();

    expect((await verify()).fault).toMatchObject({ reason: 'anchor', site: 'marees' });
  });

  it('does not wash away what was tampered with before it', async () => {
    const audit = await twoDays();
    await tamper(db, "update audit_log set actor_login = 'bruno' where id = 7");

    await audit.purge(older(1));

    expect((await verify()).fault).toMatchObject({
      reason: 'purged',
      site: 'marees',
      details: 'altered 7',
    });
  });
});

it('tells what a purge of many lines found in the first of them', async () => {
  const audit = aLog(db);
  const record = () => audit.record({ site: marees, event: 'a:b' });
  for (let n = 0; n < 60; n += 1) await Promise.all(Array.from({ length: 100 }, record));
  await tamper(db, "update audit_log set target = 'x' where id = 3");

  expect(await audit.purge(() => new Date(START + 9 * DAY_MS).toISOString())).toBe(6_000);

  expect(await db.knex('audit_anchors').select('seq', 'lines')).toEqual([
    { seq: 5_000, lines: 5_000 },
    { seq: 6_000, lines: 1_000 },
  ]);
  expect((await verify()).fault).toMatchObject({ reason: 'purged', details: 'altered 3' });
});

describe('keys', () => {
  const NEW_KEY = Buffer.alloc(32, 'another key, years later');

  it('may change: each line names its own', async () => {
    await twelve();
    const both = createAuditKeys([NEW_KEY, KEY]);
    await twelve(aLog(db, { keys: both }));

    expect(await verifyAudit({ db, keys: both })).toMatchObject({ lines: 24 });
    expect((await verifyAudit({ db, keys: both })).fault).toBeUndefined();
    expect((await verifyAudit({ db, keys: createAuditKeys([NEW_KEY]) })).fault).toEqual({
      reason: 'unknown-key',
      site: 'marees',
      id: 1,
      seq: 1,
      details: keys.currentId,
    });
    expect((await verifyAudit({ db, keys: createAuditKeys([NEW_KEY]) }, { from: 13 })).lines).toBe(
      12,
    );
  });

  it('tell nothing of the secret, and differ by their purpose', () => {
    expect(keys.currentId).toMatch(/^[0-9a-f]{16}$/);
    expect(createAuditKeys([KEY]).currentId).toBe(keys.currentId);
    expect(keys.pseudonym('x')).not.toBe(keys.mac(keys.currentId, 'x')?.slice(0, 16));
    expect(() => createAuditKeys([])).toThrow('config/invalid');
    expect(() => createAuditKeys([Buffer.alloc(8)])).toThrow('config/invalid');
  });
});

it('holds each line that is known elsewhere against the log, not the last one alone', async () => {
  await twelve();
  const { heads } = await verify();
  const early = { site: marees, seq: 2, hash: 'f'.repeat(64) };

  const { fault } = await verify({ heads: [...heads, early] });

  expect(fault).toEqual({ reason: 'rewritten', site: 'marees', id: 4, seq: 2 });
});

it('sees an index that hides a line', async () => {
  await twelve();
  // As bytes of the file would be changed: the row stays, its entry in the index goes.
  await db.knex.raw('pragma writable_schema = on');
  await db.knex.raw(
    "update sqlite_master set sql = sql || ' where id <> 7' where name = 'audit_log_site_id_index'",
  );
  await db.knex.raw('pragma writable_schema = reset');
  await db.knex.raw('reindex audit_log_site_id_index');
  await db.knex.raw('pragma writable_schema = on');
  await db.knex.raw(
    "update sqlite_master set sql = replace(sql, ' where id <> 7', '') where name = 'audit_log_site_id_index'",
  );
  await db.knex.raw('pragma writable_schema = reset');

  expect((await verify()).fault).toMatchObject({
    reason: 'damaged',
    details: expect.stringContaining('audit_log_site_id_index'),
  });
});

it('verifies from a line on', async () => {
  await twelve();
  await tamper(db, "update audit_log set actor_login = 'bruno' where id = 2");

  expect(await verify({ from: 5 })).toMatchObject({ lines: 8 });
  expect((await verify({ from: 5 })).fault).toBeUndefined();
  expect((await verify({ from: 2 })).fault).toMatchObject({ id: 2 });
});

describe('lines from before the chain', () => {
  const unsealed = (id: number, site = marees) =>
    `insert into audit_log (id, at, site, event, details) values (${id}, '2025', '${site}', 'a:b', '{}')`;

  it('are counted, and nothing more is said of them', async () => {
    await tamper(db, unsealed(1), unsealed(4));
    await twelve();

    expect(await verify()).toMatchObject({ lines: 12, unsealed: 2 });
    expect((await verify()).fault).toBeUndefined();
  });

  it('are no more than the first line of the chain says, up to the last that it says', async () => {
    await tamper(db, unsealed(1), unsealed(4));
    await twelve();

    await tamper(db, unsealed(2));
    expect((await verify()).fault).toEqual({ reason: 'inserted', site: 'marees', id: 4 });

    await tamper(db, 'delete from audit_log where id < 4', unsealed(3, saisons));
    expect((await verify()).fault).toEqual({ reason: 'inserted', site: 'saisons', id: 3 });
  });

  it('go with the beginning of their chain', async () => {
    await tamper(db, unsealed(1), unsealed(4));
    const audit = await twelve();

    expect(await audit.purge(() => new Date(START + DAY_MS).toISOString())).toBe(14);
    expect(await verify()).toEqual({ lines: 0, unsealed: 0, heads: [] });
  });

  it('are bounded too for a site that has written nothing since', async () => {
    await tamper(db, unsealed(1), unsealed(3, saisons));
    const audit = aLog(db);
    await audit.record({ site: marees, event: 'a:b' });
    expect(await verify()).toMatchObject({ lines: 2, unsealed: 2 });
    expect((await verify()).fault).toBeUndefined();
    expect(await audit.list({ event: 'audit:begun' })).toMatchObject([{ site: 'saisons' }]);

    await tamper(db, unsealed(2, saisons));

    expect((await verify()).fault).toEqual({ reason: 'inserted', site: 'saisons', id: 3 });
  });

  it('are none of a site that begins later, nor of one that never did', async () => {
    // Numbers that purges or an undone change left free.
    await db.knex.raw("insert into sqlite_sequence (name, seq) values ('audit_log', 5)");
    await aLog(db).record({ site: marees, event: 'a:b' });
    await tamper(db, unsealed(1, saisons));
    expect((await verify()).fault).toEqual({ reason: 'inserted', site: 'saisons', id: 1 });

    await aLog(db).record({ site: saisons, event: 'a:b' });

    expect((await verify()).fault).toMatchObject({ reason: 'inserted', site: 'saisons', id: 1 });
  });

  it('are not added any more', async () => {
    const line = { at: '2025', site: marees, event: 'a:b', details: '{}' };

    await expect(db.knex('audit_log').insert(line)).rejects.toThrow('sealed lines alone');
  });
});

it('writes many lines that come at once, in the order in which they came', async () => {
  const audit = aLog(db);
  const written = await Promise.all(
    Array.from({ length: 1_000 }, (_, n) =>
      audit.record({ site: n % 3 === 0 ? saisons : marees, event: 'a:b', target: `n${n}` }),
    ),
  );

  expect(written.map(({ id }) => id)).toEqual(Array.from({ length: 1_000 }, (_, n) => n + 1));
  expect(written.map(({ target }) => target)).toEqual(written.map((_, n) => `n${n}`));
  expect(await verify()).toMatchObject({ lines: 1_000 });
  expect((await verify()).fault).toBeUndefined();
});

it('tells each who waits when lines cannot be written, and goes on afterwards', async () => {
  const audit = aLog(db);
  await db.knex.raw('alter table audit_log rename to away');
  const attempts = await Promise.allSettled([
    audit.record({ site: marees, event: 'a:b' }),
    audit.record({ site: marees, event: 'a:b' }),
  ]);
  await db.knex.raw('alter table away rename to audit_log');

  expect(attempts.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect((await audit.record({ site: marees, event: 'a:b' })).id).toBe(1);
});

describe('several processes', () => {
  it('write one chain, in one order', async () => {
    const dir = mkdtempSync(path.join(tmpdir(), 'audit-'));
    const file = path.join(dir, 'estafette.db');
    const own = await openLog(file);
    try {
      const children = [1, 2].map(() =>
        spawn(
          process.execPath,
          ['--import', 'tsx', path.join(__dirname, 'writer.ts'), file, '100'],
          {
            stdio: ['ignore', 'ignore', 'pipe'],
          },
        ),
      );
      const said: string[] = [];
      for (const child of children) child.stderr.on('data', (text) => said.push(String(text)));
      const audit = aLog(own);
      const mine = (async () => {
        for (let n = 0; n < 100; n += 1) {
          await audit.record({ site: marees, actor: 'parent', event: 'session:opened' });
        }
      })();
      const codes = await Promise.all(
        children.map(async (child) => (await once(child, 'exit'))[0]),
      );
      await mine;

      expect([said.join(''), ...codes]).toEqual(['', 0, 0]);
      expect(await verifyAudit({ db: own, keys })).toMatchObject({
        lines: 300,
        heads: [{ site: 'marees', seq: 300 }],
      });
      const writers: { count: number }[] = await own
        .knex('audit_log')
        .count('id as count')
        .groupBy('actor_login');
      expect(writers.map(({ count }) => count)).toEqual([100, 100, 100]);
    } finally {
      await own.close();
      rmSync(dir, { recursive: true });
    }
  }, 60_000);
});

it('verifies 100,000 lines in the memory of a page', async () => {
  // Sealed here as the log seals them, in batches: one transaction each would take minutes.
  let prev = '';
  for (let first = 1; first <= 100_000; first += 1_000) {
    const rows = Array.from({ length: 1_000 }, (_, n) => {
      const line = {
        id: first + n,
        seq: first + n,
        prev,
        key_id: keys.currentId,
        at: '2026-01-31T00:00:00.000Z',
        site: marees,
        actor_login: 'alice',
        event: 'session:opened',
        target: null,
        remote: '192.0.2.1',
        details: '{"via":"ldap","session":"0123456789ab"}',
      };
      prev = hashOf(keys, { ...line, hash: '' }) ?? '';
      return { ...line, hash: prev };
    });
    await db.knex.batchInsert('audit_log', rows, 500);
  }
  let found: unknown;
  const started = performance.now();

  const grownMb = await heldWhile(async () => {
    const { lines, fault } = await verify();
    found = { lines, fault };
  });

  const ms = Math.round(performance.now() - started);
  process.stdout.write(`100,000 lines verified in ${ms} ms, ${grownMb} MB held at most\n`);
  expect(found).toEqual({ lines: 100_000, fault: undefined });
  expect(grownMb).toBeLessThan(16);
}, 300_000);
