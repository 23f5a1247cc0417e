import type { SignInIdentity, SignInStarted } from 'estafette/plugin';
import { createPluginTest, type PluginTest, type TestSignIn } from 'estafette/plugin/testing';
import plugin from '../../plugins/sso/plugin';
import { type DemoOidc, startDemoOidc } from '../../src/demo/oidc';
import { createBrowser, type IdpBrowser } from '../kit/idp-browser';
import { listenOnce, throughNetwork } from '../kit/idp-network';

const ACCOUNT = {
  username: 'capucine.martelet',
  password: 'demo-capucine',
  name: 'Capucine Martelet',
  givenName: 'Capucine',
  surname: 'Martelet',
  mail: 'capucine.martelet@saisons.example',
};

const OTHER = {
  username: 'odile.tramontane',
  password: 'demo-odile',
  name: 'Odile Tramontane',
  givenName: 'Odile',
  surname: 'Tramontane',
  mail: 'odile.tramontane@saisons.example',
};
const WITH_CARD = { strong: '1' };

describe('sign-in at an OpenID Connect provider', () => {
  let idp: DemoOidc;
  let test: PluginTest;
  let way: TestSignIn;
  let browser: IdpBrowser;

  beforeEach(async () => {
    idp = await startDemoOidc({ accounts: [ACCOUNT, OTHER] });
    test = await pluginAt(idp);
    way = test.signIn('cerbere');
    browser = createBrowser();
  });
  afterEach(async () => {
    await test.stop();
    await idp.close();
  });

  const begin = async (purpose?: 'sign-in' | 'confirm'): Promise<SignInStarted> => {
    const started = await way.begin(purpose);
    if (!('redirect' in started)) throw new Error(started.code);
    return started;
  };
  const identify = async (more: Readonly<Record<string, string>> = {}): Promise<SignInIdentity> => {
    const { redirect, keep } = await begin();
    const query = await browser.signIn(redirect, ACCOUNT, more);
    const answer = await way.finish({ keep, query });
    if ('refused' in answer) throw new Error(answer.code);
    return answer;
  };

  it('asks with a code challenge, a state and a nonce of 32 characters and more', async () => {
    const { redirect, keep } = await begin();

    const asked = new URL(redirect).searchParams;
    expect(asked.get('code_challenge_method')).toBe('S256');
    expect(asked.get('code_challenge')).toMatch(/^[\w-]{43}$/);
    expect(asked.get('state')).toMatch(/^[\w-]{43}$/);
    expect(asked.get('nonce')).toMatch(/^[\w-]{43}$/);
    expect(asked.get('state')).toBe(keep['state']);
    expect(redirect).not.toContain(keep['verifier']);
    expect(JSON.stringify(keep).length).toBeLessThan(2_000);
  });

  it('names who signed in there, by subject and by login', async () => {
    const identity = await identify();

    expect(identity).toMatchObject({
      issuer: idp.issuer,
      subject: idp.subjectOf(ACCOUNT.username),
      login: ACCOUNT.username,
      mail: ACCOUNT.mail,
      name: ACCOUNT.name,
      assurance: { level: 'eidas1', methods: ['pwd'] },
      isStrong: false,
    });
    expect(identity.session).toEqual(expect.any(String));
    expect(identity.leaving).toEqual({ idToken: expect.stringMatching(/^ey/) });
  });

  it('shows tokens to nobody who prints them, and they open the mail of the person', async () => {
    const { tokens } = await identify();

    expect(JSON.stringify(tokens)).not.toContain(tokens?.access.reveal());
    expect(await idp.whose(tokens?.access.reveal() ?? '')).toBe(ACCOUNT.username);
    expect(Date.parse(tokens?.expiresAt ?? '')).toBeGreaterThan(Date.now());
  });

  it('tells a card from a password', async () => {
    const identity = await identify(WITH_CARD);

    expect(identity.isStrong).toBe(true);
    expect(identity.assurance).toEqual({ level: 'eidas2', methods: ['pwd', 'hwk', 'mfa'] });
  });

  it('is told when the person gives up', async () => {
    const { redirect, keep } = await begin();
    const query = await browser.signIn(redirect, { username: '', password: '' }, { cancel: '1' });

    expect(await way.finish({ keep, query })).toEqual({ refused: 'cancelled', code: 'cancelled' });
  });

  it('wants a new sign-in there to confirm who is in front of it', async () => {
    await identify();
    const { redirect, keep } = await begin('confirm');
    const asked = await browser.go(redirect);

    expect(asked.text).toContain('name="password"');
    const query = await browser.signIn(redirect, ACCOUNT);
    expect(await way.finish({ keep, query, purpose: 'confirm' })).toMatchObject({
      login: ACCOUNT.username,
    });
  });

  it('takes an earlier sign-in for no confirmation', async () => {
    await identify();
    test.clock.advance(10 * 60_000);
    const { redirect, keep } = await begin();
    const query = await browser.signIn(redirect, ACCOUNT);
    test.clock.advance(-10 * 60_000);
    const at = String(test.clock.now() + 5 * 60_000);

    const answer = await way.finish({ keep: { ...keep, at }, query, purpose: 'confirm' });

    expect(answer).toEqual({ refused: 'invalid', code: 'too-old' });
  });

  it('renews the token, and is told when the provider will not', async () => {
    const { tokens } = await identify();
    const refresh = tokens?.refresh;
    if (!refresh) throw new Error('no refresh token');

    const renewed = await way.refresh(refresh);

    expect(renewed?.access.reveal()).not.toBe(tokens.access.reveal());
    expect(await idp.whose(renewed?.access.reveal() ?? '')).toBe(ACCOUNT.username);
    // Used twice, a refresh token is stolen: the provider takes back all of them (RFC 9700 4.14.2).
    expect(await way.refresh(refresh)).toBeUndefined();
  });

  it('leaves at the provider, which then tells whose session is over', async () => {
    const told = await listenOnce();
    idp.notify(`${told.origin}/notice`);
    const identity = await identify();

    const leave = await way.leave(identity.leaving ?? {});
    const asked = new URL(leave ?? '').searchParams;
    expect(asked.get('id_token_hint')).toBe(identity.leaving?.['idToken']);
    expect(asked.get('post_logout_redirect_uri')).toBe('https://test.example/login');
    expect(asked.get('state')).toMatch(/^[\w-]{43}$/);
    // Said where the runtime has no dispatcher to watch: that of jest.
    jest.spyOn(console, 'warn').mockImplementation(() => undefined);
    const page = await browser.go(leave ?? '');
    const [, xsrf = ''] = /name="xsrf" value="([^"]+)"/.exec(page.text) ?? [];
    const left = await browser.go(`${idp.issuer}/session/end/confirm`, { xsrf, logout: 'yes' });
    await told.close();

    expect(left.leaves).toContain('https://test.example/login');
    const body = Object.fromEntries(new URLSearchParams(told.bodies[0]));
    // Told again where it was not answered, it ends the session that it names again.
    for (const _told of ['once', 'again']) {
      expect(await way.notice({ body })).toEqual({
        issuer: idp.issuer,
        subject: identity.subject,
        session: identity.session,
      });
    }
  });

  it('follows a change of keys at once', async () => {
    await identify();
    idp.rotateKeys();

    expect(await identify()).toMatchObject({ login: ACCOUNT.username });
    expect(idp.asked.filter((path) => path === '/jwks')).toHaveLength(2);
  });

  it('reads what the provider says of itself once an hour', async () => {
    await identify();
    await identify();
    const read = () => idp.asked.filter((path) => path.includes('.well-known')).length;
    expect(read()).toBe(1);

    test.clock.advance(3_600_001);
    await begin();

    expect(read()).toBe(2);
  });

  it('refuses what comes back a second time', async () => {
    const { redirect, keep } = await begin();
    const query = await browser.signIn(redirect, ACCOUNT);
    await way.finish({ keep, query });

    expect(await way.finish({ keep, query })).toEqual({ refused: 'invalid', code: 'replayed' });
  });

  it('refuses the code of another browser', async () => {
    const own = await begin();
    const theirs = await begin();
    const query = await browser.signIn(theirs.redirect, OTHER);

    const asItCame = await way.finish({ keep: own.keep, query });
    const state = own.keep['state'] ?? '';
    const withOwnState = await way.finish({ keep: own.keep, query: { ...query, state } });

    expect(asItCame).toEqual({ refused: 'invalid', code: 'state-mismatch' });
    // The verifier of RFC 7636 is in the browser that began.
    expect(withOwnState).toEqual({ refused: 'invalid', code: 'code-refused' });
  });

  it('refuses a state that nobody kept', async () => {
    const { redirect } = await begin();
    const query = await browser.signIn(redirect, ACCOUNT);

    expect(await way.finish({ keep: {}, query })).toMatchObject({ code: 'state-mismatch' });
    expect(await way.finish({ keep: { state: '' }, query: { ...query, state: '' } })).toMatchObject(
      { code: 'state-mismatch' },
    );
  });

  it('refuses the answer of another provider that says who it is', async () => {
    const { redirect, keep } = await begin();
    const query = await browser.signIn(redirect, ACCOUNT);

    const answer = await way.finish({ keep, query: { ...query, iss: 'https://other.example' } });

    expect(answer).toEqual({ refused: 'invalid', code: 'issuer' });
  });

  it.each([
    ['down', (on: boolean) => idp.faults.down(on)],
    ['silent', (on: boolean) => idp.faults.silent(on)],
  ])('says within five seconds that a provider that is %s is not there', async (_name, fault) => {
    const { redirect, keep } = await begin();
    const query = await browser.signIn(redirect, ACCOUNT);
    fault(true);
    const startedMs = performance.now();

    const answer = await way.finish({ keep, query });

    expect(answer).toMatchObject({ refused: 'unavailable' });
    expect(performance.now() - startedMs).toBeLessThan(5_000);
  });

  it('is not there when it does not take our secret', async () => {
    const stranger = await pluginAt(idp, {}, 'another secret');
    const started = await stranger.signIn('cerbere').begin();
    if (!('redirect' in started)) throw new Error(started.code);
    const query = await browser.signIn(started.redirect, ACCOUNT);

    const answer = await stranger.signIn('cerbere').finish({ keep: started.keep, query });
    await stranger.stop();

    expect(answer).toEqual({ refused: 'unavailable', code: 'client-refused' });
  });

  it('is not there when its discovery names another issuer, or addresses that are not safe', async () => {
    const wrong = { issuer: 'https://other.example', jwks_uri: `${idp.issuer}/jwks` };
    idp.faults.answer(() => ({ type: 'application/json', body: JSON.stringify(wrong) }));
    expect(await way.begin()).toEqual({ refused: 'unavailable', code: 'discovery' });

    const unsafe = { issuer: idp.issuer, authorization_endpoint: 'javascript:alert(1)' };
    idp.faults.answer(() => ({ type: 'application/json', body: JSON.stringify(unsafe) }));
    expect(await way.begin()).toEqual({ refused: 'unavailable', code: 'discovery' });
  });
});

describe('sign-in at a provider whose userinfo is signed', () => {
  it('believes a signed answer, and no other', async () => {
    const idp = await startDemoOidc({ accounts: [ACCOUNT], userinfoAlg: 'RS256' });
    const test = await pluginAt(idp, { userinfo: 'signed', algorithms: ['RS256'] });
    const way = test.signIn('cerbere');
    const finish = async () => {
      const started = await way.begin();
      if (!('redirect' in started)) throw new Error(started.code);
      const query = await createBrowser().signIn(started.redirect, ACCOUNT);
      return way.finish({ keep: started.keep, query });
    };

    const signed = await finish();
    idp.faults.answer((path) =>
      path === '/me'
        ? {
            type: 'application/json',
            body: JSON.stringify({ sub: idp.subjectOf(ACCOUNT.username), uid: 'odile.tramontane' }),
          }
        : undefined,
    );
    const plain = await finish();
    await test.stop();
    await idp.close();

    expect(signed).toMatchObject({ login: ACCOUNT.username });
    expect(plain).toEqual({ refused: 'invalid', code: 'userinfo-unsigned' });
  });
});

async function pluginAt(
  idp: DemoOidc,
  more: object = {},
  secret = idp.clientSecret,
): Promise<PluginTest> {
  const test = await createPluginTest({
    plugin,
    origins: [idp.issuer],
    secrets: { 'cerbere.clientSecret': secret },
    config: {
      providers: [
        {
          id: 'cerbere',
          kind: 'oidc',
          profile: 'cerbere',
          issuer: idp.issuer,
          clientId: idp.clientId,
          refresh: true,
          ...more,
        },
      ],
    },
    http: throughNetwork,
  });
  // Tokens are made by the clock of this machine.
  test.clock.advance(Date.now() - test.clock.now());
  return test;
}
