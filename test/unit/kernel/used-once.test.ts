import { silentLog } from '../../../src/base/log';
import { openDatabase } from '../../../src/kernel/db';
import type { Database } from '../../../src/kernel/db-types';
import { migrate } from '../../../src/kernel/migrate';
import { createUsedOnce, usedOnceMigrations } from '../../../src/kernel/used-once';

const DAY_MS = 86_400_000;

let db: Database;
const time = { now: Date.UTC(2026, 0, 15) };
const clock = { now: () => time.now, after: () => () => {}, every: () => () => {} };

beforeEach(async () => {
  db = await openDatabase({ client: 'sqlite', filename: ':memory:', log: silentLog() });
  await migrate(db, [usedOnceMigrations]);
});
afterEach(() => db.close());

describe('a word that is used once', () => {
  it('is taken by one of many at the same moment, and of two processes', async () => {
    const [here, there] = [createUsedOnce({ db, clock }), createUsedOnce({ db, clock })];
    const until = time.now + DAY_MS;
    const taken = await Promise.all(
      [here, there, here, there].map((once) => once.take('ticket ST-1', until)),
    );

    expect(taken.filter(Boolean)).toHaveLength(1);
    expect(await here.take('ticket ST-2', until)).toBe(true);
  });

  it('is kept as a hash, until it would be too old anyway', async () => {
    const once = createUsedOnce({ db, clock });
    await once.take('ticket ST-1', time.now + DAY_MS);
    expect(JSON.stringify(await db.knex('used_once').select())).not.toContain('ST-1');

    expect(await once.purge()).toBe(0);
    time.now += DAY_MS;
    expect(await once.purge()).toBe(1);
    expect(await db.knex('used_once').select()).toEqual([]);
  });
});
