import {
  createAppPasswords,
  createFormThrottle,
  deviceWords,
  isRefusedFrom,
  networkSide,
  parseCountries,
} from '../../../src/session';
import { aBench, aSite, type Bench, codeOf } from './kit';

describe('the side of a network', () => {
  const rule = (outside: 'refuse' | 'factor' | 'allow') =>
    aSite({
      protection: {
        lockAfter: 0,
        lockMinutes: 15,
        networks: { inside: ['10.0.0.0/8', '2001:db8:1::/48', '192.0.2.7'], outside },
      },
    });

  it.each([
    ['10.1.2.3', 'inside'],
    ['::ffff:10.1.2.3', 'inside'],
    ['192.0.2.7', 'inside'],
    ['192.0.2.8', 'outside'],
    ['2001:db8:1:2::3', 'inside'],
    ['2001:db8:2::3', 'outside'],
    ['11.0.0.1', 'outside'],
    ['', 'outside'],
    ['nonsense', 'outside'],
    ['10.0.0.1, 8.8.8.8', 'outside'],
  ])('of %s is %s', (remote, side) => {
    expect(networkSide(rule('factor'), remote)).toBe(side);
    expect(isRefusedFrom(rule('refuse'), remote)).toBe(side === 'outside');
    expect(isRefusedFrom(rule('allow'), remote)).toBe(false);
  });

  it('is nobody’s business where the site has no rule', () => {
    expect(networkSide(aSite(), '10.1.2.3')).toBeUndefined();
    expect(isRefusedFrom(aSite(), '10.1.2.3')).toBe(false);
  });
});

describe('networks by country', () => {
  const { find, unread } = parseCountries(
    [
      '# a comment',
      '192.0.2.0/24;FR',
      '198.51.100.0/25;de',
      '"198.51.100.128/25","ES"',
      '2001:db8::/32;IT',
      '2001:db8:5::/48;PT',
      'nonsense',
      '999.1.1.1/8;FR',
      '',
    ].join('\r\n'),
  );

  it.each([
    ['192.0.2.0', 'FR'],
    ['192.0.2.255', 'FR'],
    ['192.0.3.0', undefined],
    ['198.51.100.127', 'DE'],
    ['198.51.100.128', 'ES'],
    ['::ffff:192.0.2.9', 'FR'],
    ['2001:db8:4::1', 'IT'],
    ['2001:db8:5::1', 'PT'],
    ['2001:db9::1', undefined],
    ['fe80::1%eth0', undefined],
    ['', undefined],
  ])('say that %s is in %s', (remote, country) => {
    expect(find(remote)).toBe(country);
  });

  it('lie in each other: the smallest one speaks, however many are beside it', () => {
    const beside = Array.from({ length: 40 }, (_none, index) => `10.0.${index}.0/24;DE`);
    const nested = parseCountries(['10.0.0.0/8;FR', '10.0.200.0/22;ES', ...beside].join('\n'));
    expect(nested.find('10.0.39.1')).toBe('DE');
    expect(nested.find('10.0.100.1')).toBe('FR');
    expect(nested.find('10.0.201.1')).toBe('ES');
    expect(nested.find('10.255.0.1')).toBe('FR');
    expect(nested.find('11.0.0.1')).toBeUndefined();
  });

  it('count the lines that they cannot read', () => {
    expect(unread).toBe(2);
  });

  it('find among many networks what a walk through all of them finds', () => {
    const lines = Array.from({ length: 20_000 }, (_none, index) => {
      const network = `${20 + (index >> 14)}.${(index >> 6) & 255}.${(index & 63) * 4}.0/22`;
      return `${network};${index % 2 === 0 ? 'FR' : 'BE'}`;
    });
    const many = parseCountries(lines.join('\n'));
    expect(many.unread).toBe(0);
    for (const index of [0, 1, 63, 64, 9_999, 19_999]) {
      const remote = `${20 + (index >> 14)}.${(index >> 6) & 255}.${(index & 63) * 4 + 3}.200`;
      expect(many.find(remote)).toBe(index % 2 === 0 ? 'FR' : 'BE');
    }
  });
});

describe('what a browser says that it is', () => {
  it.each([
    ['Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox', 'Windows'],
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0',
      'Edge',
      'Windows',
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1',
      'Safari',
      'iPhone',
    ],
    ['<script>alert(1)</script>', undefined, undefined],
  ])('%s', (text, browser, system) => {
    expect(deviceWords(text)).toEqual({ browser, system });
  });
});

describe('passwords of applications', () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await aBench();
  });
  afterEach(() => bench.close());

  const stand = async () => {
    const { session } = await bench.signIn();
    const apps = createAppPasswords({
      db: bench.db,
      clock: bench.clock,
      throttle: bench.throttle,
    });
    const check = (secret: string, remote = '192.0.2.50', login = 'alice') =>
      apps.verifyAppPassword(bench.site.id, login, secret, { remote });
    return { apps, check, user: session.user };
  };

  it('are 20 characters drawn at random, kept as a salted hash, and never the same', async () => {
    const { apps, user } = await stand();
    const made = await Promise.all(['a', 'b', 'c'].map((name) => apps.create(user.id, name)));

    expect(made.every(({ secret }) => secret.replaceAll('-', '').length === 20)).toBe(true);
    expect(new Set(made.map(({ secret }) => secret)).size).toBe(3);
    const rows = await bench.db.knex('app_passwords').select<{ salt: string; hash: string }[]>();
    expect(new Set(rows.map(({ salt }) => salt)).size).toBe(3);
    expect(rows.every(({ hash }) => /^[0-9a-f]{64}$/.test(hash))).toBe(true);
  });

  it('are refused from the moment they are revoked, however often they were right', async () => {
    const { apps, check, user } = await stand();
    const { secret } = await apps.create(user.id, 'agenda');
    for (let count = 0; count < 3; count += 1) {
      expect((await check(secret))?.login).toBe('alice');
    }
    expect((await check(secret, '192.0.2.50', 'ALICE@culture.example'))?.login).toBe('alice');

    const [row] = await apps.list(user.id);
    expect(row?.usedAt).toBeDefined();
    await apps.revoke(user.id, row?.id);
    expect(await check(secret)).toBeUndefined();
  });

  it('are limited like sign-ins, and do not lock the account', async () => {
    const { apps, check, user } = await stand();
    const { secret } = await apps.create(user.id, 'agenda');
    const wrong = '2222-2222-2222-2222-2222';
    for (let count = 0; count < 5; count += 1) expect(await check(wrong)).toBeUndefined();

    expect(await codeOf(check(wrong))).toBe('session/throttled');
    expect((await check(secret, '192.0.2.51'))?.login).toBe('alice');
    expect((await bench.signIn()).kind).toBe('opened');
  });

  it('count what has not even the shape of one', async () => {
    const { check } = await stand();
    for (let count = 0; count < 5; count += 1) expect(await check('short')).toBeUndefined();
    expect(await codeOf(check('short'))).toBe('session/throttled');
  });

  it('are one try when an application asks ten things at once', async () => {
    const { apps, check, user } = await stand();
    const { secret } = await apps.create(user.id, 'agenda');
    const answers = await Promise.all(Array.from({ length: 10 }, () => check(secret)));
    expect(answers.every((found) => found?.login === 'alice')).toBe(true);
  });

  it('open nothing of another site or person', async () => {
    const { apps, check, user } = await stand();
    await bench.signIn({ login: 'bruno', password: 'battery staple' });
    const { secret } = await apps.create(user.id, 'agenda');

    expect(await check(secret, '192.0.2.50', 'bruno')).toBeUndefined();
    const elsewhere = 'sport' as typeof bench.site.id;
    expect(
      await apps.verifyAppPassword(elsewhere, 'alice', secret, { remote: '192.0.2.50' }),
    ).toBeUndefined();
    expect(await apps.revoke((await bench.users.list())[1]?.id ?? user.id, 1)).toBe(0);
  });

  it('are few, and have a name', async () => {
    const { apps, user } = await stand();
    expect(await codeOf(apps.create(user.id, ' '))).toBe('request/invalid');
    for (let count = 0; count < 20; count += 1) await apps.create(user.id, `n${count}`);
    expect(await codeOf(apps.create(user.id, 'one more'))).toBe('request/invalid');
  });
});

describe('a form that anybody may send', () => {
  it('is taken so often from a network, and so often about a login', async () => {
    const bench = await aBench();
    const forms = createFormThrottle({
      db: bench.db,
      clock: bench.clock,
      limits: { address: { most: 2, windowS: 60 }, login: { most: 1, windowS: 120 } },
    });
    const take = (login: string, remote: string) =>
      forms.take({ site: bench.site.id, form: 'hacked', login, remote });

    expect(await take('a', '192.0.2.1')).toEqual({ address: true, login: true });
    expect(await take('A ', '192.0.2.2')).toEqual({ address: true, login: false });
    expect(await take('b', '192.0.2.1')).toEqual({ address: true, login: true });
    expect((await take('c', '192.0.2.1')).address).toBe(false);
    bench.clock.pass(61);
    expect(await take('c', '192.0.2.1')).toEqual({ address: true, login: true });
    expect(await take('a', '192.0.2.3')).toEqual({ address: true, login: false });
    bench.clock.pass(60);
    expect((await take('a', '192.0.2.3')).login).toBe(true);
    await bench.close();
  });
});
