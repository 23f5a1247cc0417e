import { createAppPasswords, networkOf } from '../../../src/session';
import { aBench, aBrowser, type Bench, codeOf, refusal } from './kit';

let bench: Bench;
beforeEach(async () => {
  bench = await aBench();
});
afterEach(() => bench.close());

const wrong = (values: object = {}) => bench.signIn({ password: 'wrong', ...values });
const failTimes = async (count: number, values: object = {}) => {
  for (let done = 0; done < count; done++) await codeOf(wrong(values));
};

describe('failed sign-ins', () => {
  it('make one wait after the fifth, without asking the directory any more', async () => {
    await failTimes(5);
    const asked = bench.directory.asked;

    const error = await refusal(bench.signIn());
    expect(error).toMatchObject({ code: 'session/throttled', status: 429 });
    expect(error.retryAfterS).toBeGreaterThan(0);
    expect(bench.directory.asked).toBe(asked);
  });

  it('let the right password in once the wait is over', async () => {
    await failTimes(5);
    const { retryAfterS = 0 } = await refusal(bench.signIn());

    bench.clock.pass(retryAfterS);
    expect((await bench.signIn()).kind).toBe('opened');
  });

  it('double the wait each time, up to a limit', async () => {
    await failTimes(4);
    const waits: number[] = [];
    for (let round = 0; round < 10; round++) {
      expect(await codeOf(wrong())).toBe('session/credentials');
      const { retryAfterS = 0 } = await refusal(wrong());
      waits.push(retryAfterS);
      bench.clock.pass(retryAfterS);
    }

    expect(waits[1]).toBeGreaterThan((waits[0] ?? 0) * 1.5);
    expect(Math.max(...waits)).toBeLessThanOrEqual(900);
    expect(waits.at(-1)).toBe(waits.at(-2));
  });

  it('are not counted while one waits, so that hammering does not lengthen the block', async () => {
    await failTimes(5);
    const { retryAfterS = 0 } = await refusal(wrong());
    for (let count = 0; count < 50; count++) {
      expect(await codeOf(wrong())).toBe('session/throttled');
    }

    bench.clock.pass(retryAfterS);
    expect((await bench.signIn()).kind).toBe('opened');
  });

  it('start again after a success', async () => {
    await failTimes(4);
    await bench.signIn();
    await failTimes(4);

    expect((await bench.signIn()).kind).toBe('opened');
  });

  it('are forgotten after a time', async () => {
    await failTimes(4);
    bench.clock.pass(2 * 3_600);
    await failTimes(4);

    expect((await bench.signIn()).kind).toBe('opened');
  });

  it('let no more through when they come all at once', async () => {
    const codes = await Promise.all(Array.from({ length: 40 }, () => codeOf(wrong())));

    expect(codes.filter((code) => code === 'session/credentials')).toHaveLength(5);
    expect(codes.filter((code) => code === 'session/throttled')).toHaveLength(35);
  });

  it('block nobody else, at the same address either', async () => {
    await failTimes(10);

    const bruno = { login: 'bruno', password: 'battery staple' };
    expect((await bench.signIn(bruno)).kind).toBe('opened');
  });

  it('do not let a stranger lock somebody out with five tries', async () => {
    await failTimes(10, { remote: '203.0.113.9' });

    expect((await bench.signIn({ remote: '192.0.2.1' })).kind).toBe('opened');
  });

  it('count for an account from many addresses together', async () => {
    for (let host = 1; host <= 20; host++) await codeOf(wrong({ remote: `198.51.100.${host}` }));

    expect(await codeOf(wrong({ remote: '198.51.100.99' }))).toBe('session/throttled');
  });

  it('count for an address over many accounts, generously', async () => {
    for (let count = 0; count < 100; count++) {
      expect(await codeOf(wrong({ login: `agent${count}` }))).toBe('session/credentials');
    }

    expect(await codeOf(wrong({ login: 'another' }))).toBe('session/throttled');
    expect((await bench.signIn({ remote: '192.0.2.77' })).kind).toBe('opened');
  });

  it('of strangers behind an address do not shut out the browsers that people use there', async () => {
    const office = '192.0.2.60';
    const browser = aBrowser();
    await bench.signIn({ remote: office, browser });
    for (let count = 0; count < 100; count++) {
      await codeOf(wrong({ login: `agent${count}`, remote: office }));
    }

    expect(await codeOf(bench.signIn({ remote: office }))).toBe('session/throttled');
    expect((await bench.signIn({ remote: office, browser })).kind).toBe('opened');
    // Who may be at that browser still guesses at one account, and no more than elsewhere.
    for (let count = 0; count < 5; count++) await codeOf(wrong({ remote: office, browser }));
    expect(await codeOf(bench.signIn({ remote: office, browser }))).toBe('session/throttled');
  });

  it('from a browser that the person uses count for nobody else behind its address', async () => {
    const office = '192.0.2.61';
    const browser = aBrowser();
    await bench.signIn({ remote: office, browser });
    const failures = async (): Promise<number> => {
      const counts = await bench.db.knex('login_throttles').pluck<number[]>('failures');
      return counts.reduce((sum, count) => sum + count, 0);
    };
    const before = await failures();
    await codeOf(wrong({ remote: office, browser }));

    expect(await failures()).toBe(before + 1);
  });

  it('of applications do not count for the sign-in page behind their address', async () => {
    const office = '192.0.2.62';
    const apps = createAppPasswords({ ...bench, throttle: bench.throttle });
    for (let count = 0; count < 110; count++) {
      const asked = { remote: office };
      await apps.verifyAppPassword(bench.site.id, `agent${count}`, 'short', asked).catch(() => {});
    }

    expect((await bench.signIn({ remote: office })).kind).toBe('opened');
  });

  it('that the directory did not answer end no lock that others made meanwhile', async () => {
    const attempt = { site: bench.site.id, login: 'alice', lock: { after: 3, minutes: 15 } };
    const from = (remote: string) => bench.throttle.begin({ ...attempt, remote });
    const first = await from('192.0.2.1');
    await from('192.0.2.2');
    expect((await from('192.0.2.3')).isLocking).toBe(true);

    await first.refund();

    expect((await from('192.0.2.4')).isLocked).toBe(true);
  });

  it('that the directory did not answer take the lock back that they made', async () => {
    const attempt = { site: bench.site.id, login: 'alice', lock: { after: 2, minutes: 15 } };
    const from = (remote: string) => bench.throttle.begin({ ...attempt, remote });
    await from('192.0.2.1');
    const second = await from('192.0.2.2');

    await second.refund();

    expect(await from('192.0.2.3')).toMatchObject({ isLocked: false, isLocking: true });
  });

  it('count alike whatever the case and spaces of the login', async () => {
    for (const login of ['alice', 'ALICE', ' Alice ', 'aLice', 'alice']) {
      await codeOf(wrong({ login }));
    }

    expect(await codeOf(bench.signIn())).toBe('session/throttled');
  });

  it('leave neither logins nor addresses in the database', async () => {
    await failTimes(2);

    const rows = JSON.stringify(await bench.db.knex('login_throttles').select());
    expect(rows).not.toContain('alice');
    expect(rows).not.toContain('192.0.2.1');
  });

  it('are purged once they no longer count', async () => {
    await failTimes(2);
    bench.clock.pass(3 * 3_600);
    await bench.sessions.purgeExpired();

    expect(await bench.db.knex('login_throttles').select()).toEqual([]);
  });
});

describe('client networks', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002::ffff', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['', ''],
  ])('of %s is %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});
