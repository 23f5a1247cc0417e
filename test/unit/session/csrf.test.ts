import type { SiteId } from '../../../src/base/types';
import {
  checkRequestOrigin,
  createKeyRing,
  createLoginCsrf,
  sameToken,
} from '../../../src/session';
import { aBench, type Bench, SERVER_KEY } from './kit';

describe('the token of a session', () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await aBench();
  });
  afterEach(() => bench.close());
  const tokenOf = async (cookie: string) => {
    const loaded = await bench.sessions.load(cookie, bench.site, { touch: false });
    return loaded?.csrfToken ?? '';
  };

  it('reads differently in each page and is the same token', async () => {
    const { bearer } = await bench.signIn();
    const [one, two] = [await tokenOf(bearer), await tokenOf(bearer)];

    expect(one).not.toBe(two);
    expect(sameToken(one, two)).toBe(true);
  });

  it('is that of no other session', async () => {
    const one = await tokenOf((await bench.signIn()).bearer);
    const two = await tokenOf((await bench.signIn()).bearer);

    expect(sameToken(one, two)).toBe(false);
  });

  it('tells nothing of the cookie', async () => {
    const { bearer } = await bench.signIn();
    const token = await tokenOf(bearer);

    for (const half of bearer.split('.')) expect(token).not.toContain(half);
  });

  it.each([undefined, null, '', 'x', 42, ['a'], 'A'.repeat(86), 'A'.repeat(10_000), {}])(
    'is not %j',
    async (value) => {
      expect(sameToken(await tokenOf((await bench.signIn()).bearer), value)).toBe(false);
    },
  );
});

describe('the token of the sign-in form', () => {
  const site = 'culture' as SiteId;
  const csrf = createLoginCsrf(createKeyRing([SERVER_KEY]));

  it('fits the cookie that came with it, in two tabs as well', () => {
    const first = csrf.issue(site, undefined);
    const second = csrf.issue(site, first.cookie);

    expect(second.cookie).toBe(first.cookie);
    expect(second.token).not.toBe(first.token);
    expect(csrf.verify(site, first.cookie, first.token)).toBe(true);
    expect(csrf.verify(site, first.cookie, second.token)).toBe(true);
  });

  it('fits no other cookie, site, or server', () => {
    const mine = csrf.issue(site, undefined);
    const other = csrf.issue(site, undefined);
    const stranger = createLoginCsrf(createKeyRing([{ id: 1, secret: Buffer.alloc(32, 8) }]));

    expect(csrf.verify(site, other.cookie, mine.token)).toBe(false);
    expect(csrf.verify('sport' as SiteId, mine.cookie, mine.token)).toBe(false);
    expect(csrf.verify(site, undefined, mine.token)).toBe(false);
    expect(csrf.verify(site, mine.cookie, undefined)).toBe(false);
    expect(stranger.verify(site, mine.cookie, mine.token)).toBe(false);
  });

  it('cannot be made from a cookie that an attacker chose', () => {
    const planted = `${'A'.repeat(43)}.${'A'.repeat(43)}`;

    const issued = csrf.issue(site, planted);
    expect(issued.cookie).not.toContain('A'.repeat(43));
    expect(csrf.verify(site, planted, issued.token)).toBe(false);
  });

  it('survives a new server key while the old one is kept', () => {
    const old = csrf.issue(site, undefined);
    const rotated = createLoginCsrf(
      createKeyRing([{ id: 2, secret: Buffer.alloc(32, 9) }, SERVER_KEY]),
    );

    expect(rotated.verify(site, old.cookie, old.token)).toBe(true);
  });
});

describe('the origin of a request', () => {
  const allowedOrigins = ['https://mail.culture.example'];
  const check = (headers: object, method = 'POST') =>
    checkRequestOrigin({ method, allowedOrigins, ...headers });

  it.each([
    ['ours', { origin: 'https://mail.culture.example' }],
    ['ours, by fetch metadata', { secFetchSite: 'same-origin', origin: allowedOrigins[0] }],
    ['hidden by our referrer policy', { secFetchSite: 'same-origin', origin: 'null' }],
    ['a restored tab', { secFetchSite: 'none' }],
    ['our page as referrer', { referer: 'https://mail.culture.example/mail/me/INBOX?x=1' }],
    ['no browser', {}],
  ])('is accepted: %s', (_name, headers) => {
    expect(check(headers)).toBe(true);
  });

  it.each([
    ['another origin', { origin: 'https://evil.example' }],
    ['another port', { origin: 'https://mail.culture.example:8443' }],
    ['plain http', { origin: 'http://mail.culture.example' }],
    ['a sandboxed frame', { origin: 'null' }],
    ['a sandboxed frame that says so', { origin: 'null', secFetchSite: 'cross-site' }],
    ['a sibling site', { secFetchSite: 'same-site', origin: 'https://x.culture.example' }],
    ['ours in the wrong place', { origin: 'https://mail.culture.example.evil.example' }],
    ['a foreign referrer', { referer: 'https://evil.example/https://mail.culture.example' }],
    ['a broken referrer', { referer: '::' }],
    ['fetch metadata against it', { secFetchSite: 'cross-site', origin: allowedOrigins[0] }],
  ])('is refused: %s', (_name, headers) => {
    expect(check(headers)).toBe(false);
    expect(check(headers, 'DELETE')).toBe(false);
  });

  it('does not matter when nothing changes', () => {
    expect(check({ origin: 'https://evil.example', secFetchSite: 'cross-site' }, 'GET')).toBe(true);
  });
});
