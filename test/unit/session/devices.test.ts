import type { HookOf } from '../../../src/kernel/hook-types';
import { aBench, aBrowser, type Bench, type Browser, codeOf } from './kit';

let bench: Bench;
beforeEach(async () => {
  bench = await aBench();
});
afterEach(() => bench.close());

const scope = () => ({ site: bench.site.id });
function askFactor(): void {
  bench.hooks.on('factor', 'session:challenges', () => [
    { id: 'totp', label: 'Code', satisfied: false },
  ]);
}
async function loadedOf(bearer: string) {
  const loaded = await bench.sessions.load(bearer, bench.site, { touch: false });
  if (!loaded) throw new Error('no session');
  return loaded;
}
/** Signs in to the end, and keeps what the browser is given. */
async function enter(browser: Browser) {
  const half = await bench.signIn({ browser });
  const loaded = await loadedOf(half.bearer);
  const opened = await bench.sessions.satisfy(loaded, 'totp', scope(), browser.tokens);
  browser.tokens = opened.deviceTokens ?? browser.tokens;
  return opened;
}
async function isKnown(browser: Browser): Promise<boolean | undefined> {
  const { bearer } = await bench.signIn({ browser });
  return (await bench.sessions.deviceOf(await loadedOf(bearer)))?.isKnown;
}
const copyOf = ({ tokens }: Browser): Browser => ({ tokens: [...tokens] });

describe('a browser', () => {
  it('is known by a token of its own, never by one that was there before', async () => {
    askFactor();
    // Of ours: a thief had it from a sign-in elsewhere, and planted it.
    const theirs = aBrowser();
    await enter(theirs);
    await bench.sessions.forgetDevices((await enter(aBrowser())).session.user.id);
    const planted = copyOf(theirs);
    const mine = copyOf(theirs);

    await enter(mine);

    expect(await isKnown(planted)).toBe(false);
    expect(await isKnown(mine)).toBe(true);
  });

  it('is given no token by half a session, and pushes out nobody’s', async () => {
    const mine = aBrowser();
    await bench.signIn({ browser: mine });
    askFactor();

    const half = await bench.signIn({
      browser: mine,
      login: 'bruno',
      password: 'battery staple',
    });

    expect(half.kind).toBe('challenge');
    expect(half.deviceTokens).toBeUndefined();
  });

  it('is known to each of the people who share it', async () => {
    const shared = aBrowser();
    const bruno = { browser: shared, login: 'bruno', password: 'battery staple' };
    await bench.signIn({ browser: shared });
    await bench.signIn(bruno);
    const told: string[] = [];
    bench.hooks.on('watch', 'security:detected', ({ code }) => void told.push(code));

    await bench.signIn({ browser: shared });
    await bench.signIn(bruno);

    expect(told).toEqual([]);
    expect(shared.tokens).toHaveLength(2);
  });

  it('has a new token after each second factor, and a copy of the former one is a stranger’s', async () => {
    askFactor();
    const mine = aBrowser();
    await enter(mine);
    const copy = copyOf(mine);
    const moved: HookOf<'device:renewed'>['event'][] = [];
    bench.hooks.on('watch', 'device:renewed', (event) => void moved.push(event));

    const opened = await enter(mine);

    expect(await isKnown(copy)).toBe(false);
    expect(await isKnown(mine)).toBe(true);
    const here = await bench.sessions.deviceOf(await loadedOf(opened.bearer));
    expect(moved.map(({ to }) => to)).toEqual([here?.id]);

    const again = copyOf(mine);
    const session = await loadedOf(opened.bearer);
    const confirmed = await bench.sessions.confirm(
      session,
      { challenge: 'totp' },
      scope(),
      mine.tokens,
    );
    mine.tokens = confirmed.deviceTokens ?? mine.tokens;
    expect(await isKnown(again)).toBe(false);
    expect(await isKnown(mine)).toBe(true);
    expect(moved).toHaveLength(2);
  });

  it.each([
    ['throws', () => Promise.reject(new Error('of the plugin'))],
    ['never ends', () => new Promise<never>(() => undefined)],
  ])('opens for its person though a plugin %s when it is told', async (_how, misbehave) => {
    askFactor();
    const mine = aBrowser();
    await enter(mine);
    bench.hooks.on('broken', 'device:renewed', misbehave);

    await enter(mine);

    expect(await isKnown(mine)).toBe(true);
  });

  it('is one that its person has used where they have an open session, which costs no query', async () => {
    const { bearer } = await bench.signIn({ browser: aBrowser() });
    const loaded = await loadedOf(bearer);
    const asked: string[] = [];
    bench.db.knex.on('query', ({ sql }: { readonly sql: string }) => void asked.push(sql));

    expect(await bench.sessions.deviceOf(loaded)).toMatchObject({ isKnown: true });
    expect(asked).toEqual([]);
  });

  it('keeps its token where the password alone is given again', async () => {
    const mine = aBrowser();
    const { bearer } = await bench.signIn({ browser: mine });
    const request = { password: 'correct horse', remote: '192.0.2.1', scope: scope() };
    const confirmed = await bench.sessions.confirmByPassword(await loadedOf(bearer), request);
    expect(confirmed.deviceTokens).toBeUndefined();
  });
});

describe('a session that its owner renews', () => {
  it('is dead for a copy of its cookie, token of forms and all', async () => {
    const { bearer } = await bench.signIn();
    const before = await loadedOf(bearer);
    const closed: string[] = [];
    bench.sessions.onClosed(({ reason }) => closed.push(reason));

    const renewed = await bench.sessions.renew(before);

    expect(await bench.sessions.load(bearer, bench.site, { touch: false })).toBeUndefined();
    const after = await loadedOf(renewed.bearer);
    expect(after.session).toMatchObject({ state: 'open', createdAt: before.session.createdAt });
    expect(after.session.id).not.toBe(before.session.id);
    expect(closed).toEqual(['renewed']);
    // Whoever held the former id comes too late.
    expect(await codeOf(bench.sessions.renew(before))).toBe('session/required');
  });

  it('is nobody’s who has not answered their challenge', async () => {
    askFactor();
    const { bearer } = await bench.signIn();
    expect(await codeOf(bench.sessions.renew(await loadedOf(bearer)))).toBe('session/required');
  });

  it('is in a browser that is known by a new token, with which no plugin trusts it', async () => {
    const mine = aBrowser();
    const { bearer } = await bench.signIn({ browser: mine });
    const copy = copyOf(mine);
    const moved: string[] = [];
    bench.hooks.on('watch', 'device:renewed', ({ to }) => void moved.push(to));

    const taken = await bench.sessions.renew(await loadedOf(bearer), mine.tokens);
    mine.tokens = taken.deviceTokens ?? mine.tokens;
    await bench.sessions.forgetDevices(taken.session.user.id, taken.session.id);

    expect(moved).toEqual([]);
    askFactor();
    expect(await isKnown(copy)).toBe(false);
    expect(await isKnown(mine)).toBe(true);
  });
});

describe('half sessions', () => {
  const isThere = async (bearer: string) =>
    (await bench.sessions.load(bearer, bench.site, { touch: false })) !== undefined;

  it('of a browser that the person has used are not pushed out by a stranger’s', async () => {
    askFactor();
    const mine = aBrowser();
    await enter(mine);
    const half = await bench.signIn({ browser: mine });

    for (let count = 0; count < 4; count += 1) {
      // The one seen longest ago is the first to go.
      bench.clock.pass(1);
      await bench.signIn({ browser: aBrowser() });
    }

    expect(await isThere(half.bearer)).toBe(true);
    const halves = [half];
    for (let count = 0; count < 3; count += 1) {
      bench.clock.pass(1);
      halves.push(await bench.signIn({ browser: mine }));
    }
    expect(await Promise.all(halves.map(({ bearer }) => isThere(bearer)))).toEqual([
      false,
      true,
      true,
      true,
    ]);
  });

  it('of strangers wait longer and longer, from wherever they come; those of a known browser do not', async () => {
    askFactor();
    const mine = aBrowser();
    await enter(mine);
    for (let count = 0; count < 5; count += 1) await bench.signIn({ browser: aBrowser() });

    expect(await codeOf(bench.signIn({ browser: aBrowser() }))).toBe('session/throttled');
    expect((await bench.signIn({ browser: mine })).kind).toBe('challenge');
    let begun = 0;
    for (let count = 1; count <= 40; count += 1) {
      const remote = `198.51.100.${count}`;
      const isLet = await bench.signIn({ browser: aBrowser(), remote }).then(
        () => true,
        () => false,
      );
      if (isLet) begun += 1;
    }
    expect(begun).toBeLessThan(20);
    expect((await bench.signIn({ browser: mine })).kind).toBe('challenge');
  });

  it('are counted no more once the person has answered', async () => {
    askFactor();
    for (let count = 0; count < 4; count += 1) await bench.signIn({ browser: aBrowser() });
    await enter(aBrowser());
    for (let count = 0; count < 5; count += 1) {
      expect((await bench.signIn({ browser: aBrowser() })).kind).toBe('challenge');
    }
  });
});
