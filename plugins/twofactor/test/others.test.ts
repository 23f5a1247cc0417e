import type { PluginTest } from 'estafette/plugin/testing';
import { codeOf, DEVICE, enrolTotp, isAsked, modelOf, startFactor, words } from './kit';

let test: PluginTest;
beforeEach(async () => {
  test = await startFactor();
});
afterEach(() => test.stop());

const HOUR_S = 3_600;
const KNOWN = { ...DEVICE, isKnown: true };
const stranger = (number: number) => ({ ...DEVICE, id: `stranger-${number}`, isKnown: false });
const give = (code: string, device: typeof DEVICE, body: Record<string, string> = {}) =>
  test.route('post', '/challenge', { awaiting: true, device, body: { code, ...body } });
const statusOf = (answer: Awaited<ReturnType<typeof give>>) =>
  'status' in answer ? answer.status : 'redirect' in answer ? 303 : 0;
const person = () => ({ id: test.user.id, site: test.site }) as never;
const recovery = async () => modelOf(await test.route('get', '/'))['recovery'];

describe('who knows the password and guesses', () => {
  it.each([
    ['codes', '000000', {}],
    ['recovery codes', 'AAAA-AAAA-AAAA', { from: 'recovery' }],
  ])(
    'at %s does not keep the owner out of a browser that they have used',
    async (_, wrong, body) => {
      const { secret, codes } = await enrolTotp(test);
      test.clock.advance(90_000);
      for (let count = 0; count < 6; count += 1) await give(wrong, stranger(count), body);
      expect(statusOf(await give(wrong, stranger(9), body))).toBe(429);

      const right = 'from' in body ? (codes[0] ?? '') : codeOf(secret, test.clock.now());
      expect(statusOf(await give(right, KNOWN, body))).toBe(303);
      expect(test.satisfied).toEqual(['twofactor']);
      // What is right there lets nobody else guess on.
      expect(statusOf(await give(wrong, stranger(9), body))).toBe(429);
    },
  );

  it('has no more guesses for being many, nor for the owner who signs in meanwhile', async () => {
    const { secret } = await enrolTotp(test);
    let guesses = 0;
    // Once the waits are long, a try each five minutes meets every end of one.
    const stepOf = (second: number): number => (second < 2 * HOUR_S ? 30 : 300);
    for (let second = 0; second < 24 * HOUR_S; second += stepOf(second)) {
      test.clock.advance(stepOf(second) * 1_000);
      if (second % HOUR_S === 0) await give(codeOf(secret, test.clock.now()), KNOWN);
      const answer = await give('000000', stranger(second));
      if (statusOf(answer) !== 429) guesses += 1;
    }
    // Five, then one after 30 s, 1 min, 2 min … 32 min, then one an hour.
    expect(guesses).toBeLessThanOrEqual(5 + 7 + 24);
    expect(guesses).toBeGreaterThan(12);
  }, 60_000);

  it('waits in a browser of the owner’s as well, by a count of its own', async () => {
    await enrolTotp(test);
    for (let count = 0; count < 5; count += 1) await give('000000', KNOWN);
    expect(statusOf(await give('000000', KNOWN))).toBe(429);
    expect(statusOf(await give('000000', stranger(1)))).toBe(422);
  });
});

describe('recovery codes', () => {
  it('say when they were made, and from which browser', async () => {
    await enrolTotp(test);
    const before = await recovery();
    test.clock.advance(120_000);
    const made = new Date(test.clock.now()).toISOString();

    await test.route('post', '/codes', { device: KNOWN });

    expect(before).toMatchObject({ left: 4, of: 4, addedFrom: undefined });
    expect(await recovery()).toMatchObject({
      left: 4,
      createdAt: made,
      addedFrom: 'Firefox sur Linux',
    });
  });

  it('are ended by their owner, with a line and a mail', async () => {
    const { codes } = await enrolTotp(test);

    expect(await test.route('post', '/codes/end')).toEqual({ redirect: '/twofactor/' });

    expect(await recovery()).toMatchObject({ left: 0, of: 0, createdAt: undefined });
    await give(codes[0] ?? '', stranger(1), { from: 'recovery' });
    expect(test.satisfied).toEqual([]);
    expect(words(test)).toContain('recovery-ended');
    expect(test.noticed.map(({ text }) => text)).toContain('twofactor:mail.recoveryEnded');
  });

  it('end with what others may hold, unless they were made in the browser that says so', async () => {
    await enrolTotp(test);
    test.clock.advance(120_000);
    await test.route('post', '/codes', { device: stranger(1) });
    const secured = (device?: { readonly from: string; readonly to: string }) =>
      test.action('account:secured', {
        user: person(),
        reason: 'not-me',
        ...(device && { device }),
      });

    await test.action('device:renewed', { user: person(), from: 'stranger-1', to: 'renamed' });
    await secured({ from: 'renamed', to: 'renamed again' });
    expect(await recovery()).toMatchObject({ left: 4 });
    await secured({ from: 'renamed again', to: 'and again' });
    expect(await recovery()).toMatchObject({ left: 4 });
    expect(words(test)).not.toContain('recovery-ended');
    // Nobody is signed in there any more, and they end all the same.
    await secured({ from: 'another', to: 'another again' });

    expect(await recovery()).toMatchObject({ left: 0, of: 0 });
    expect(words(test)).toContain('recovery-ended');
    expect(test.failures()).toEqual([]);
  });

  it('end where nobody knows which browser says so', async () => {
    await enrolTotp(test);

    await test.action('account:secured', { user: person(), reason: 'hacked' });

    expect(await recovery()).toMatchObject({ left: 0, of: 0 });
  });
});

it('trusts a browser by the name that it has now, and nothing by the former one', async () => {
  const { secret } = await enrolTotp(test);
  test.clock.advance(90_000);
  await give(codeOf(secret, test.clock.now()), DEVICE, { trust: '1' });
  expect(await isAsked(test, { deviceId: DEVICE.id })).toBe(false);

  await test.action('device:renewed', { user: person(), from: DEVICE.id, to: 'renamed' });

  expect(await isAsked(test, { deviceId: DEVICE.id })).toBe(true);
  expect(await isAsked(test, { deviceId: 'renamed' })).toBe(false);
});
