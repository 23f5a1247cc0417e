import { silentLog } from '../../../src/base/log';
import type { SiteId } from '../../../src/base/types';
import { openDatabase } from '../../../src/kernel/db';
import type { Database } from '../../../src/kernel/db-types';
import { migrate } from '../../../src/kernel/migrate';
import { createUsedOnce, usedOnceMigrations } from '../../../src/kernel/used-once';
import {
  createKeptStates,
  createKeyRing,
  type KeptState,
  sessionMigrations,
  stateMigrations,
} from '../../../src/session';
import { STATE_MS } from '../../../src/session/kept-state';
import { SERVER_KEY, TestClock } from './kit';

const AT = { site: 'culture' as SiteId, plugin: 'sso', method: 'main' };
const STATE: KeptState = {
  ...AT,
  purpose: 'sign-in',
  next: '/mail/me/INBOX/7',
  keep: { state: 's', nonce: 'n', verifier: 'v' },
};

let db: Database;
let clock: TestClock;
const states = (keys = [SERVER_KEY]) =>
  createKeptStates({ usedOnce: createUsedOnce({ db, clock }), clock, keys: createKeyRing(keys) });

beforeEach(async () => {
  db = await openDatabase({ client: 'sqlite', filename: ':memory:', log: silentLog() });
  await migrate(db, [usedOnceMigrations]);
  clock = new TestClock();
});
afterEach(() => db.close());

describe('a kept state', () => {
  it('comes back as it was', async () => {
    const cookie = states().seal(STATE);

    const begunAt = clock.now();
    expect(await states().take(cookie, AT)).toEqual({ ok: true, value: { ...STATE, begunAt } });
  });

  it('says nothing to who holds the cookie', () => {
    const cookie = states().seal(STATE) ?? '';

    expect(Buffer.from(cookie, 'base64url').toString('latin1')).not.toMatch(/nonce|culture|INBOX/);
  });

  it('is another text each time', () => {
    expect(states().seal(STATE)).not.toBe(states().seal(STATE));
  });

  it('is taken once, by one process of two, however close they are', async () => {
    const cookie = states().seal(STATE);
    const [one, two] = [states(), states()];

    const taken = await Promise.all(
      [one, two, one, two].map((process) => process.take(cookie, AT)),
    );

    expect(taken.filter(({ ok }) => ok)).toHaveLength(1);
    expect(taken.filter((result) => !result.ok && result.error === 'state-replayed')).toHaveLength(
      3,
    );
  });

  it('is refused once it has expired', async () => {
    const cookie = states().seal(STATE);
    clock.pass(STATE_MS / 1_000);

    expect(await states().take(cookie, AT)).toEqual({ ok: false, error: 'state-expired' });
  });

  it.each([
    { ...AT, site: 'marees' as SiteId },
    { ...AT, plugin: 'other' },
    { ...AT, method: 'other' },
  ])('is refused elsewhere, and stays good where it belongs: %j', async (at) => {
    const cookie = states().seal(STATE);

    expect(await states().take(cookie, at)).toEqual({ ok: false, error: 'state-elsewhere' });
    expect((await states().take(cookie, AT)).ok).toBe(true);
  });

  it('is refused with one bit changed, wherever it is', async () => {
    const bytes = Buffer.from(states().seal(STATE) ?? '', 'base64url');
    for (let at = 0; at < bytes.length; at += 7) {
      const altered = Buffer.from(bytes);
      altered.writeUInt8(altered.readUInt8(at) ^ 1, at);
      const result = await states().take(altered.toString('base64url'), AT);
      expect(result).toEqual({ ok: false, error: 'state-altered' });
    }
  });

  it.each([undefined, '', 'x', 'AQ', '....', 'A'.repeat(5_000)])(
    'is refused when it is %j',
    async (cookie) => {
      expect((await states().take(cookie, AT)).ok).toBe(false);
    },
  );

  it('is opened after the key was changed, as long as the old one is there', async () => {
    const cookie = states().seal(STATE);
    const next = { id: 2, secret: Buffer.alloc(32, 9) };

    expect((await states([next, SERVER_KEY]).take(cookie, AT)).ok).toBe(true);
    expect((await states([next]).take(states().seal(STATE), AT)).ok).toBe(false);
  });

  it('fits a cookie with all that a plugin may keep, or is not made', () => {
    const keep = { state: 'x'.repeat(1_980) };
    const next = `/mail/me/${'n'.repeat(590)}`;

    expect((states().seal({ ...STATE, next, keep }) ?? '').length).toBeLessThan(3_900);
    expect(states().seal({ ...STATE, keep: { state: 'x'.repeat(4_000) } })).toBeUndefined();
  });

  it('is found among several by the word that comes back, else it is the last that has none', () => {
    const kept = (word?: string, method = AT.method): string => {
      clock.pass(1);
      const keep: Record<string, string> = word === undefined ? {} : { state: word };
      return states().seal({ ...STATE, method, keep }) ?? '';
    };
    const [one, two, other] = [kept('one'), kept('two'), kept('three', 'other')];
    const cookies = [other, two, 'altered', one];

    expect(states().choose(cookies, AT, ['one'])).toBe(one);
    expect(states().choose(cookies, AT, ['three'])).toBeUndefined();
    expect(states().choose(cookies, AT, [])).toBeUndefined();
    const wordless = [kept(), kept()];
    expect(states().choose([...cookies, ...wordless], AT, ['three'])).toBe(wordless[1]);
    expect(states().choose([...cookies, ...wordless], AT, ['two'])).toBe(two);
    expect(states().choose([other, 'altered'], AT, ['one'])).toBe(other);
    expect(states().choose([], AT, ['one'])).toBeUndefined();
    expect(states().inOrder(cookies)).toEqual(['altered', one, two, other]);
  });

  it('stays taken when it was so before these states were kept with all that is used once', async () => {
    const cookie = states().seal(STATE);
    await migrate(db, [{ owner: 'core', migrations: sessionMigrations }]);
    await states().take(cookie, AT);
    await db.knex('sign_in_states').insert(await db.knex('used_once').select());
    await db.knex('used_once').delete();

    await migrate(db, [{ owner: 'core', migrations: stateMigrations }]);

    expect(await states().take(cookie, AT)).toEqual({ ok: false, error: 'state-replayed' });
    expect(await db.knex.schema.hasTable('sign_in_states')).toBe(false);
  });

  it('leaves nothing behind', async () => {
    await states().take(states().seal(STATE), AT);
    clock.pass(STATE_MS / 1_000);

    expect(await createUsedOnce({ db, clock }).purge()).toBe(1);
    expect(await db.knex('used_once').select()).toEqual([]);
  });
});
