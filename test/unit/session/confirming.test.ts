import type { SiteId } from '../../../src/base/types';
import { isConfirmedSince } from '../../../src/session';
import { aBench, type Bench, codeOf } from './kit';

const NOW = Date.UTC(2026, 0, 15, 9, 0);
const at = (minutesAgo: number): string => new Date(NOW - minutesAgo * 60_000).toISOString();

describe('whether somebody has proved that it is they', () => {
  it('counts from the last time that they did', () => {
    expect(isConfirmedSince({ confirmedAt: at(14) }, 15, NOW)).toBe(true);
    expect(isConfirmedSince({ confirmedAt: at(16) }, 15, NOW)).toBe(false);
  });

  it('is not so for a time to come, or for none', () => {
    expect(isConfirmedSince({ confirmedAt: at(-5) }, 15, NOW)).toBe(false);
    expect(isConfirmedSince({ confirmedAt: 'never' }, 15, NOW)).toBe(false);
    expect(isConfirmedSince({}, 15, NOW)).toBe(false);
  });
});

describe('the proof of somebody who is signed in', () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await aBench();
  });
  afterEach(() => bench.close());

  const scope = { site: 'culture' as SiteId };
  const load = (cookie: string) => bench.sessions.load(cookie, bench.site, { touch: true });
  const mustLoad = async (cookie: string) => {
    const loaded = await load(cookie);
    if (!loaded) throw new Error('no session');
    return loaded;
  };

  it('gives the session a new id, and keeps what it opens', async () => {
    const { bearer } = await bench.signIn();
    bench.clock.pass(60);
    const told: string[] = [];
    bench.hooks.on('listener', 'session:confirmed', ({ by }) => void told.push(by));
    const request = { password: 'correct horse', remote: '192.0.2.1', scope };
    const again = await bench.sessions.confirmByPassword(await mustLoad(bearer), request);
    await bench.hooks.idle();

    expect(again.bearer).not.toBe(bearer);
    expect(await load(bearer)).toBeUndefined();
    const loaded = await mustLoad(again.bearer);
    expect(loaded.session.confirmedAt).toBe('2026-03-01T08:01:00.000Z');
    expect(await loaded.openCredential(bench.site.imap)).toMatchObject({
      password: 'correct horse',
    });
    expect(told).toEqual(['imap']);
  });

  it('is written down with the challenge that gave it, once', async () => {
    const { bearer } = await bench.signIn();
    const one = await bench.sessions.confirm(await mustLoad(bearer), { challenge: 'totp' }, scope);
    const two = await bench.sessions.confirm(
      await mustLoad(one.bearer),
      { challenge: 'totp' },
      scope,
    );

    expect((await mustLoad(two.bearer)).session.satisfied).toEqual(['totp']);
  });

  it('is not given by a challenge that is no second factor', async () => {
    const { bearer, session } = await bench.signIn();
    bench.clock.pass(60);
    const work = bench.sessions.confirm(await mustLoad(bearer), { challenge: 'charter' }, scope);

    expect(await codeOf(work)).toBe('session/refused');
    expect((await mustLoad(bearer)).session.confirmedAt).toBe(session.createdAt);
  });

  it('does not prolong the session beyond its absolute end', async () => {
    const { bearer } = await bench.signIn();
    const before: unknown[] = await bench.db.knex('sessions').select('expires_at');
    bench.clock.pass(600);
    await bench.sessions.confirm(await mustLoad(bearer), { challenge: 'totp' }, scope);

    expect(await bench.db.knex('sessions').select('expires_at')).toEqual(before);
  });

  it('is one of two at the same moment', async () => {
    const { bearer } = await bench.signIn();
    const [one, two] = [await mustLoad(bearer), await mustLoad(bearer)];
    const results = await Promise.allSettled([
      bench.sessions.confirm(one, { challenge: 'totp' }, scope),
      bench.sessions.confirm(two, { challenge: 'totp' }, scope),
    ]);

    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('is refused and counted like a sign-in when the password is wrong', async () => {
    const { bearer, session } = await bench.signIn();
    bench.clock.pass(60);
    const request = { password: 'wrong', remote: '192.0.2.1', scope };
    for (let count = 0; count < 5; count += 1) {
      const work = bench.sessions.confirmByPassword(await mustLoad(bearer), request);
      expect(await codeOf(work)).toBe('session/credentials');
    }
    const right = bench.sessions.confirmByPassword(await mustLoad(bearer), {
      ...request,
      password: 'correct horse',
    });

    expect(await codeOf(right)).toBe('session/throttled');
    expect((await mustLoad(bearer)).session.confirmedAt).toBe(session.createdAt);
  });

  it('is nobody else’s', async () => {
    const { bearer } = await bench.signIn();
    bench.hooks.on('sso', 'session:authenticate', () => {
      const mail = 'bruno@culture.example';
      return { login: 'bruno', name: 'B', mail, aliases: [], imapLogin: mail, attributes: {} };
    });
    const request = { password: 'x', remote: '192.0.2.1', scope };
    const work = bench.sessions.confirmByPassword(await mustLoad(bearer), request);

    expect(await codeOf(work)).toBe('session/credentials');
  });

  it('opens neither a session that awaits a challenge nor a frozen one', async () => {
    const stop = bench.hooks.on('factor', 'session:challenges', () => [
      { id: 'totp', label: 'totp', satisfied: false },
    ]);
    const half = await bench.signIn();
    stop();
    const whole = await bench.signIn();
    await bench.sessions.freeze(whole.session.id);

    for (const { bearer } of [half, whole]) {
      const loaded = await mustLoad(bearer);
      const request = { password: 'correct horse', remote: '192.0.2.1', scope };
      const works = [
        bench.sessions.confirm(loaded, { challenge: 'totp' }, scope),
        bench.sessions.confirmByPassword(loaded, request),
      ];
      for (const work of works) expect(await codeOf(work)).toBe('session/required');
    }
  });
});
