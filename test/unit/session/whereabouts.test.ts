import type { SiteId } from '../../../src/base/types';
import { aBench, aSite, type Bench } from './kit';

let bench: Bench;
beforeEach(async () => {
  bench = await aBench();
});
afterEach(() => bench.close());

const INSIDE = '192.0.2.1';
const OUTSIDE = '203.0.113.9';
const scope = { site: 'culture' as SiteId };
const load = (cookie: string, remote: string, more: object = {}) =>
  bench.sessions.load(cookie, bench.site, { touch: true, remote, ...more });
async function mustLoad(cookie: string, remote: string) {
  const loaded = await load(cookie, remote);
  if (!loaded) throw new Error('no session');
  return loaded;
}
const only = async () => {
  const [row]: unknown[] = await bench.db.knex('users').select('id');
  const { id } = row as { id: Parameters<typeof bench.sessions.list>[0] };
  return (await bench.sessions.list(id))[0];
};
const ask = (satisfied: boolean) =>
  bench.hooks.on('asker', 'session:challenges', () => [{ id: 'totp', label: 'totp', satisfied }]);

describe('where a session is used', () => {
  it('is known beside where it was opened, from the first request on', async () => {
    const { bearer } = await bench.signIn({ remote: INSIDE });
    expect(await only()).toMatchObject({ remote: INSIDE, lastRemote: undefined });

    bench.clock.pass(1);
    await load(bearer, OUTSIDE);
    const seenAt = new Date(bench.clock.now()).toISOString();
    expect(await only()).toMatchObject({ remote: INSIDE, lastRemote: OUTSIDE, seenAt });

    await load(bearer, INSIDE);
    expect(await only()).toMatchObject({ remote: INSIDE, lastRemote: undefined });
  });

  it('pulses no more often for it', async () => {
    const pulses: string[] = [];
    bench.hooks.on('watch', 'session:pulsed', ({ since }) => void pulses.push(since));
    const { bearer } = await bench.signIn({ remote: INSIDE });
    await load(bearer, OUTSIDE);
    await bench.hooks.idle();

    expect(pulses).toEqual([]);
  });

  it('is what is told of a proof and of a sign-out, under the one name of the session', async () => {
    const told: unknown[] = [];
    bench.hooks.on('watch', 'session:opened', ({ session, remote }) => {
      told.push([session.trail, remote]);
    });
    bench.hooks.on('watch', 'session:confirmed', ({ session, remote }) => {
      told.push([session.trail, remote]);
    });
    bench.hooks.on(
      'watch',
      'session:closed',
      ({ trail, remote }) => void told.push([trail, remote]),
    );
    const stop = ask(false);
    const half = await bench.signIn({ remote: '192.0.2.2' });
    stop();
    const open = await bench.sessions.satisfy(
      await mustLoad(half.bearer, '192.0.2.3'),
      'totp',
      scope,
    );
    const again = await bench.sessions.confirm(
      await mustLoad(open.bearer, '192.0.2.4'),
      { challenge: 'totp' },
      scope,
    );
    await bench.sessions.signOut(again.session.id, 'signed-out', '192.0.2.5');
    await bench.hooks.idle();

    const trail = half.session.trail;
    expect(trail).toHaveLength(12);
    expect(told).toEqual([
      [trail, '192.0.2.3'],
      [trail, '192.0.2.4'],
      [trail, '192.0.2.5'],
    ]);
    expect(again.session.id.slice(0, 12)).not.toBe(trail);
  });
});

describe('a site that wants a second factor from outside', () => {
  beforeEach(() => {
    const networks = { inside: ['192.0.2.0/24'], outside: 'factor' as const };
    bench.site = aSite({
      protection: { lockAfter: 0, lockMinutes: 0, networks },
      mailAccess: { kind: 'oauth', mechanism: 'OAUTHBEARER', servers: [] },
    });
  });

  it('knows no session there that was opened inside without one, and leaves it as it is', async () => {
    const { bearer } = await bench.signIn({ remote: INSIDE });
    bench.clock.pass(600);

    expect(await load(bearer, OUTSIDE)).toBeUndefined();
    expect((await only())?.lastRemote).toBeUndefined();
    expect((await mustLoad(bearer, INSIDE)).session.state).toBe('open');
  });

  it('lets it be ended from there', async () => {
    const { bearer, session } = await bench.signIn({ remote: INSIDE });

    expect((await load(bearer, OUTSIDE, { isLeaving: true }))?.session.id).toBe(session.id);
  });

  it('keeps it out even as it is ended: it is not used, and opens no mail', async () => {
    const { bearer } = await bench.signIn({ remote: INSIDE });
    const before = await only();
    bench.clock.pass(600);

    const leaving = await load(bearer, OUTSIDE, { isLeaving: true });

    expect(leaving?.isKeptOut).toBe(true);
    expect(() => leaving?.openCredential(bench.site.imap)).toThrow('session/required');
    expect(await only()).toEqual(before);
    expect((await load(bearer, INSIDE, { isLeaving: true }))?.isKeptOut).toBeUndefined();
  });

  it('knows one in which a second factor was given, wherever it was', async () => {
    const stop = ask(false);
    const half = await bench.signIn({ remote: INSIDE });
    stop();
    const open = await bench.sessions.satisfy(await mustLoad(half.bearer, OUTSIDE), 'totp', scope);

    expect((await load(open.bearer, OUTSIDE))?.session.state).toBe('open');
  });

  it('knows one that it let in from there without asking', async () => {
    ask(true);
    const { bearer } = await bench.signIn({ remote: OUTSIDE });

    expect((await load(bearer, OUTSIDE))?.session.state).toBe('open');
  });

  it('does not know one for which nothing was asked inside, of a browser that is trusted there', async () => {
    ask(true);
    const { bearer } = await bench.signIn({ remote: INSIDE });

    expect(await load(bearer, OUTSIDE)).toBeUndefined();
  });

  it.each([
    [true, 'open'],
    [false, undefined],
  ])('asks whether the strength of a provider was taken for one: %s', async (isStrong, state) => {
    ask(true);
    const { bearer } = await bench.sessions.signInVouched({
      site: bench.site,
      scope,
      plugin: 'sso',
      method: 'main',
      identity: {
        issuer: 'https://idp.example',
        subject: 'sub-alice',
        login: 'alice',
        assurance: { methods: ['mfa'], isStrong },
        tokens: { access: 'token' },
      },
      remote: INSIDE,
      begunAt: bench.clock.now(),
      endsAt: bench.clock.now() + 5_000,
    });

    expect((await load(bearer, OUTSIDE))?.session.state).toBe(state);
  });
});
