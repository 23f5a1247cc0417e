import { AppError } from '../../../src/base/errors';
import { createThrottle } from '../../../src/session';
import { aBench, aBrowser, aPrincipal, aSite, type Bench, codeOf } from './kit';

let bench: Bench;
beforeEach(async () => {
  bench = await aBench();
  bench.site = aSite({ protection: { lockAfter: 4, lockMinutes: 15 } });
});
afterEach(() => bench.close());

/** Each from another network: neither the pair nor the address makes anybody wait. */
const wrongFrom = (count: number, values: object = {}) =>
  bench.signIn({ password: 'wrong', remote: `198.51.100.${count}`, ...values });
async function guess(times: number, values: object = {}): Promise<void> {
  for (let count = 1; count <= times; count += 1) {
    expect(await codeOf(wrongFrom(count, values))).toBe('session/credentials');
  }
}
const told: string[] = [];
const listen = () => {
  told.length = 0;
  bench.hooks.on('watch', 'security:detected', ({ code }) => void told.push(code));
};

describe('the lock of an account', () => {
  it('refuses the right password as a wrong one, without asking the directory, for its minutes', async () => {
    listen();
    await guess(4);
    const asked = bench.directory.asked;

    expect(await codeOf(bench.signIn({ remote: '203.0.113.1' }))).toBe('session/credentials');
    expect(bench.directory.asked).toBe(asked);
    expect(told).toEqual(['locked']);

    bench.clock.pass(15 * 60);
    expect((await bench.signIn({ remote: '203.0.113.1' })).kind).toBe('opened');
  });

  it('answers in the same time whether the password is right, wrong, or the account nobody’s', async () => {
    await guess(4);
    await guess(4, { login: 'nobody' });
    const waitsOf = async (values: object) => {
      bench.clock.waits.length = 0;
      const before = bench.clock.now();
      expect(await codeOf(bench.signIn(values))).toBe('session/credentials');
      return bench.clock.now() - before;
    };

    const times = [
      await waitsOf({ remote: '203.0.113.1' }),
      await waitsOf({ remote: '203.0.113.2', password: 'wrong' }),
      await waitsOf({ remote: '203.0.113.3', login: 'nobody' }),
      await waitsOf({ remote: '203.0.113.4', login: 'bruno', password: 'wrong' }),
    ];

    expect(new Set(times)).toEqual(new Set([700]));
  });

  it('is not prolonged by what is tried meanwhile, and begins anew afterwards', async () => {
    await guess(4);
    bench.clock.pass(10 * 60);
    for (let count = 50; count < 60; count += 1) await codeOf(wrongFrom(count));
    bench.clock.pass(5 * 60);

    expect((await bench.signIn({ remote: '203.0.113.1' })).kind).toBe('opened');
    await guess(3);
    expect((await bench.signIn({ remote: '203.0.113.1' })).kind).toBe('opened');
  });

  it('counts nothing while the directory is down', async () => {
    listen();
    bench.directory.fail = new AppError('directory/unreachable');
    for (let count = 1; count <= 20; count += 1) {
      expect(await codeOf(wrongFrom(count))).toBe('directory/unreachable');
    }
    delete bench.directory.fail;

    expect((await bench.signIn({ remote: '203.0.113.1' })).kind).toBe('opened');
    expect(told).toEqual([]);
  });

  it('lets in a browser that the person has used, which strangers cannot shut out', async () => {
    const browser = aBrowser();
    await bench.signIn({ browser });
    await guess(4);
    for (let count = 100; count < 110; count += 1) await codeOf(wrongFrom(count));

    expect((await bench.signIn({ browser, remote: '203.0.113.1' })).kind).toBe('opened');
    expect(await codeOf(bench.signIn({ browser: aBrowser(), remote: '203.0.113.2' }))).toBe(
      'session/credentials',
    );
    // The lock goes on for everybody else.
    expect(await codeOf(bench.signIn({ remote: '203.0.113.3' }))).toBe('session/credentials');
  });

  it('makes a known browser wait all the same for wrong passwords of its own', async () => {
    const browser = aBrowser();
    await bench.signIn({ browser });
    const codes: string[] = [];
    for (let count = 1; count <= 6; count += 1) {
      codes.push(await codeOf(wrongFrom(count, { browser })));
    }

    expect(codes.at(-1)).toBe('session/throttled');
  });

  it('does not share its waits, which say nothing of two names being one account', async () => {
    await bench.signIn();
    bench.site = aSite();
    const wrong = (login: string) =>
      codeOf(bench.signIn({ login, password: 'wrong', remote: '198.51.100.1' }));
    for (let count = 0; count < 5; count += 1) await wrong('alice@culture.example');
    const answers = [await wrong('alice'), await wrong('nobody')];

    expect(answers).toEqual(['session/credentials', 'session/credentials']);
  });

  it('is one for both names of an account', async () => {
    const { session } = await bench.signIn();
    const { mail } = session.user;
    await guess(2);
    await guess(2, { login: mail });

    expect(await codeOf(bench.signIn({ remote: '203.0.113.1' }))).toBe('session/credentials');
    expect(await bench.sessions.unlock(session.user)).toBe(true);
    expect((await bench.signIn({ remote: '203.0.113.1' })).kind).toBe('opened');
  });

  it('is one for every alias of an account, which nobody is told', async () => {
    const aliases = ['alice.martin@culture.example', 'A.Martin@culture.example'];
    await bench.users.provision({ site: bench.site.id }, bench.site, aPrincipal({ aliases }));
    await guess(1);
    await guess(1, { login: aliases[0] });
    await guess(2, { login: 'a.martin@culture.example' });

    const locked = [
      await codeOf(bench.signIn({ remote: '203.0.113.1' })),
      await codeOf(wrongFrom(50, { login: aliases[0] })),
      await codeOf(wrongFrom(51, { login: 'nobody@culture.example' })),
    ];
    expect(new Set(locked)).toEqual(new Set(['session/credentials']));
    bench.clock.pass(15 * 60);
    expect((await bench.signIn({ remote: '203.0.113.1' })).kind).toBe('opened');
  });

  it('knows no browser of another person by its token', async () => {
    const browser = aBrowser();
    await bench.signIn({ login: 'bruno', password: 'battery staple', browser });
    await guess(4);

    expect(await codeOf(bench.signIn({ browser, remote: '203.0.113.1' }))).toBe(
      'session/credentials',
    );
  });

  it('counts an account that is nobody’s like any other, and tells who listens', async () => {
    listen();
    await guess(4, { login: 'nobody' });
    expect(told).toEqual(['locked']);
  });

  it('can be ended by an administrator', async () => {
    await guess(4);
    const throttle = createThrottle({ db: bench.db, clock: bench.clock });

    expect(await throttle.unlock(bench.site.id, 'Alice ')).toBe(true);
    expect((await bench.signIn({ remote: '203.0.113.1' })).kind).toBe('opened');
    expect(await throttle.unlock(bench.site.id, 'alice')).toBe(false);
  });

  it('is one for all who guess at once: no more pass than its number', async () => {
    await Promise.all(Array.from({ length: 30 }, (_none, count) => codeOf(wrongFrom(count + 1))));
    expect(bench.directory.asked).toBe(4);
  });

  it('stays away where the site says so', async () => {
    bench.site = aSite({ protection: { lockAfter: 0, lockMinutes: 15 } });
    await guess(12);
    expect((await bench.signIn({ remote: '203.0.113.1' })).kind).toBe('opened');
  });
});

describe('a sign-in from somewhere new', () => {
  const countryOf = new Map([
    ['192.0.2.1', 'FR'],
    ['203.0.113.1', 'BR'],
  ]);

  it('is told once for each browser, by its cookie and not by what it says that it is', async () => {
    listen();
    const [first, second] = [aBrowser(), aBrowser()];

    await bench.signIn({ browser: first, device: 'Firefox' });
    await bench.signIn({ browser: first, device: 'Firefox, renewed' });
    expect(told).toEqual([]);
    await bench.signIn({ browser: second, device: 'Firefox' });
    expect(told).toEqual(['new-device']);
    await bench.signIn({ browser: second, device: 'Firefox' });
    expect(told).toEqual(['new-device']);
  });

  it('is told by its country when that is new, once', async () => {
    bench.countryOf = (remote) => countryOf.get(remote);
    listen();
    const browser = aBrowser();

    await bench.signIn({ browser });
    await bench.signIn({ browser, remote: '198.51.100.1' });
    await bench.signIn({ browser, remote: '203.0.113.1' });
    expect(told).toEqual(['new-country']);
  });

  it('is told before the second factor, and the browser is known only after it', async () => {
    bench.hooks.on('factor', 'session:challenges', () => [
      { id: 'totp', label: 'Code', satisfied: false },
    ]);
    const known = aBrowser();
    const { bearer } = await bench.signIn({ browser: known });
    const loaded = await bench.sessions.load(bearer, bench.site, { touch: false });
    if (!loaded) throw new Error('no session');
    await bench.sessions.satisfy(loaded, 'totp', { site: bench.site.id }, []);
    listen();

    const stranger = aBrowser();
    await bench.signIn({ browser: stranger });
    await bench.signIn({ browser: stranger });

    expect(told).toEqual(['new-device', 'new-device']);
    await guess(4);
    expect(await codeOf(bench.signIn({ browser: stranger, remote: '203.0.113.9' }))).toBe(
      'session/credentials',
    );
  });

  it('is no longer known once the person says that it was not them', async () => {
    const [mine, theirs] = [aBrowser(), aBrowser()];
    const { session } = await bench.signIn({ browser: mine });
    await bench.signIn({ browser: theirs });

    expect(await bench.sessions.forgetDevices(session.user.id, session.id)).toBe(1);
    listen();
    await bench.signIn({ browser: theirs });
    await bench.signIn({ browser: mine });

    expect(told).toEqual(['new-device']);
  });
});
