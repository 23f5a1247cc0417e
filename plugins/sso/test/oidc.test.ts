import { type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import { CLIENT, ISSUER, nowS, type Stand, SUBJECT, standWith } from './fake-idp';

const refusedAs = (code: string) => ({ refused: 'invalid', code });

describe('an ID token', () => {
  let stand: Stand;
  beforeEach(async () => {
    stand = await standWith();
  });
  afterEach(() => stand.test.stop());

  it('is believed when nothing is wrong with it', async () => {
    expect(await stand.signIn()).toMatchObject({
      issuer: ISSUER,
      subject: SUBJECT,
      login: 'odile.tramontane',
      session: 'session-1',
      assurance: { level: 'eidas1', methods: [] },
    });
  });

  it.each<readonly [string, JWTPayload, string]>([
    ['with another nonce', { nonce: 'n'.repeat(43) }, 'nonce'],
    ['for another audience', { aud: 'another-client' }, 'audience'],
    ['for us and another party that it was made for', { aud: [CLIENT, 'b'], azp: 'b' }, 'audience'],
    ['of another issuer', { iss: 'https://other.example' }, 'issuer'],
    ['that has expired', { iat: nowS() - 200, exp: nowS() - 61 }, 'expired'],
    ['that was made long ago', { iat: nowS() - 3_600, exp: nowS() + 300 }, 'expired'],
    ['that is made tomorrow', { iat: nowS() + 120 }, 'issued-in-future'],
    ['that is not yet valid', { nbf: nowS() + 120 }, 'not-yet-valid'],
  ])('%s is refused', async (_name, claims, code) => {
    stand.idp.claims = claims;

    expect(await stand.signIn()).toEqual(refusedAs(code));
  });

  it('of a server whose clock is a minute off is believed', async () => {
    stand.idp.claims = { iat: nowS() + 55 };
    expect(await stand.signIn()).toMatchObject({ subject: SUBJECT });

    stand.idp.claims = { iat: nowS() - 100, exp: nowS() - 50 };
    expect(await stand.signIn()).toMatchObject({ subject: SUBJECT });
  });

  it('without a nonce is refused', async () => {
    stand.idp.idToken = ({ nonce: _nonce, ...claims }) => stand.idp.sign(claims);

    expect(await stand.signIn()).toMatchObject({ refused: 'invalid' });
  });

  it('with no signature (alg none) is refused', async () => {
    stand.idp.idToken = async (claims) => new UnsecuredJWT(claims).encode();

    expect(await stand.signIn()).toEqual(refusedAs('algorithm'));
  });

  it('signed with our public key as a shared secret (HS256) is refused', async () => {
    const key = Buffer.from(await stand.idp.publicText());
    stand.idp.idToken = (claims) =>
      new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: 'first' }).sign(key);

    expect(await stand.signIn()).toEqual(refusedAs('algorithm'));
  });

  it('signed with our client secret (HS256) is refused', async () => {
    const key = Buffer.from('a client secret'.padEnd(32));
    stand.idp.idToken = (claims) =>
      new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(key);

    expect(await stand.signIn()).toEqual(refusedAs('algorithm'));
  });

  it('signed by somebody else under a known key id is refused', async () => {
    const forger = await stand.idp.newKey('first');
    stand.idp.idToken = (claims) => stand.idp.sign(claims, {}, forger);

    expect(await stand.signIn()).toEqual(refusedAs('signature'));
  });

  it('whose payload was changed after it was signed is refused', async () => {
    stand.idp.idToken = async (claims) => {
      const [head, , signature] = (await stand.idp.sign(claims)).split('.');
      const other = Buffer.from(JSON.stringify({ ...claims, sub: 'chief' })).toString('base64url');
      return [head, other, signature].join('.');
    };

    expect(await stand.signIn()).toEqual(refusedAs('signature'));
  });

  it('signed with a key that came after the last look is believed', async () => {
    await stand.signIn();
    stand.idp.keys = [await stand.idp.newKey('second')];

    expect(await stand.signIn()).toMatchObject({ subject: SUBJECT });
    expect(stand.idp.asked.get('/jwks')).toBe(2);
  });

  it('signed with a new key is believed for all who sign in at that moment', async () => {
    await stand.signIn();
    stand.idp.keys = [await stand.idp.newKey('second')];

    // One nonce at a time is known to the stand: the others get as far as to be told so.
    const answers = await Promise.all(Array.from({ length: 8 }, () => stand.signIn()));

    expect(answers.filter((one) => 'code' in one && one.code === 'unknown-key')).toEqual([]);
    expect(stand.idp.asked.get('/jwks')).toBe(2);
  });

  it('signed with keys that nobody knows asks for keys a few times, then no more', async () => {
    const stranger = await stand.idp.newKey('stranger');
    stand.idp.idToken = (claims) => stand.idp.sign(claims, {}, stranger);

    for (let tried = 0; tried < 12; tried += 1) {
      expect(await stand.signIn()).toEqual(refusedAs('unknown-key'));
      stand.test.clock.advance(3_000);
    }
    expect(stand.idp.asked.get('/jwks')).toBeLessThanOrEqual(5);
  });

  it('is fetched from the addresses that the provider names, whatever redirects they answer', async () => {
    await stand.signIn();

    expect(stand.idp.redirects.length).toBeGreaterThanOrEqual(3);
    expect(new Set(stand.idp.redirects)).toEqual(new Set([0]));
  });

  it('is fetched with the code verifier of the browser that began, once', async () => {
    await stand.signIn();

    const [sent] = stand.idp.exchanged;
    expect(sent?.get('code_verifier')).toMatch(/^[\w-]{43,}$/);
    expect(sent?.get('redirect_uri')).toBe(stand.way.callback);
    expect(stand.idp.exchanged).toHaveLength(1);
  });
});

describe('an ID token of an algorithm that the site does not list', () => {
  it('is refused', async () => {
    const { signIn, test } = await standWith({ algorithms: ['ES256'] });

    expect(await signIn()).toEqual(refusedAs('algorithm'));
    await test.stop();
  });
});

describe('what comes back', () => {
  let stand: Stand;
  beforeEach(async () => {
    stand = await standWith();
  });
  afterEach(() => stand.test.stop());

  it('with another state is refused, and no code is exchanged', async () => {
    expect(await stand.signIn({ state: 's'.repeat(43) })).toEqual(refusedAs('state-mismatch'));
    expect(stand.idp.exchanged).toEqual([]);
  });

  it('from another issuer (RFC 9207) is refused, and no code is sent there', async () => {
    expect(await stand.signIn({ iss: 'https://other.example' })).toEqual(refusedAs('issuer'));
    expect(stand.idp.exchanged).toEqual([]);
  });

  it('without the issuer that the provider promises is refused', async () => {
    stand.idp.metadata = { authorization_response_iss_parameter_supported: true };

    expect(await stand.signIn()).toEqual(refusedAs('issuer'));
    expect(stand.idp.exchanged).toEqual([]);
  });

  it.each([
    ['access_denied', { refused: 'cancelled', code: 'cancelled' }],
    ['temporarily_unavailable', { refused: 'unavailable', code: 'provider-busy' }],
    ['server_error', { refused: 'unavailable', code: 'provider-busy' }],
    ['<script>', refusedAs('provider-error')],
  ])('as the error %s has a code of ours', async (error, refusal) => {
    expect(await stand.signIn({ error, error_description: '<b>text</b>' })).toEqual(refusal);
  });

  it('for a way in that is not configured is refused', async () => {
    const way = stand.test.signIn('another');

    expect(await way.begin()).toEqual(refusedAs('unknown-method'));
    expect(await way.finish({ keep: {} })).toEqual(refusedAs('unknown-method'));
    expect(await way.notice({ body: { logout_token: 'x' } })).toBeUndefined();
  });
});

describe('userinfo', () => {
  it('of another subject is refused', async () => {
    const { idp, signIn, test } = await standWith();
    idp.userinfo = () => ({ body: JSON.stringify({ sub: 'chief', uid: 'chief' }) });

    expect(await signIn()).toEqual(refusedAs('subject'));
    await test.stop();
  });

  it('without a login is refused, and so are two', async () => {
    const { idp, signIn, test } = await standWith();
    idp.userinfo = () => ({ body: JSON.stringify({ sub: SUBJECT }) });
    expect(await signIn()).toEqual(refusedAs('no-login'));

    idp.userinfo = () => ({ body: JSON.stringify({ sub: SUBJECT, uid: ['odile', 'chief'] }) });
    expect(await signIn()).toEqual(refusedAs('no-login'));
    await test.stop();
  });

  it('that is not signed is refused where it must be', async () => {
    const { signIn, test } = await standWith({ userinfo: 'signed' });

    expect(await signIn()).toEqual(refusedAs('userinfo-unsigned'));
    await test.stop();
  });

  it.each<readonly [string, (stand: Stand) => Promise<string>, string]>([
    [
      'with no signature',
      async () => new UnsecuredJWT({ sub: SUBJECT, uid: 'chief' }).encode(),
      'algorithm',
    ],
    [
      'by another key',
      async ({ idp }) =>
        idp.sign(
          { sub: SUBJECT, uid: 'chief', iss: ISSUER, aud: CLIENT },
          {},
          await idp.newKey('first'),
        ),
      'signature',
    ],
    [
      'for another audience',
      ({ idp }) => idp.sign({ sub: SUBJECT, uid: 'chief', iss: ISSUER, aud: 'b' }),
      'audience',
    ],
    [
      'for another subject',
      ({ idp }) => idp.sign({ sub: 'chief', uid: 'chief', iss: ISSUER, aud: CLIENT }),
      'subject',
    ],
  ])('signed %s is refused', async (_name, make, code) => {
    const stand = await standWith({ userinfo: 'signed' });
    stand.idp.userinfo = async () => ({ type: 'application/jwt', body: await make(stand) });

    expect(await stand.signIn()).toEqual(refusedAs(code));
    await stand.test.stop();
  });

  it('signed as it should is believed', async () => {
    const { idp, signIn, test } = await standWith({ userinfo: 'signed' });
    idp.userinfo = async () => ({
      type: 'application/jwt',
      body: await idp.sign({ sub: SUBJECT, uid: 'odile', iss: ISSUER, aud: CLIENT }),
    });

    expect(await signIn()).toMatchObject({ login: 'odile' });
    await test.stop();
  });

  it('tells no address that nobody verified, and no login by one', async () => {
    const body = { sub: SUBJECT, uid: 'odile', email: 'chief@a.example', email_verified: false };
    const one = await standWith();
    one.idp.userinfo = () => ({ body: JSON.stringify(body) });
    expect(await one.signIn()).not.toHaveProperty('mail');
    await one.test.stop();

    const other = await standWith({ claims: { login: 'email' } });
    other.idp.userinfo = () => ({ body: JSON.stringify(body) });
    expect(await other.signIn()).toEqual(refusedAs('unverified-mail'));
    await other.test.stop();
  });

  it.each([
    ['absent', undefined],
    ['true', true],
    ['the text "true"', 'true'],
  ])('takes a login by an address whose verification is %s', async (_name, email_verified) => {
    const { idp, signIn, test } = await standWith({ claims: { login: 'email', mail: 'mail' } });
    idp.userinfo = () => ({
      body: JSON.stringify({ sub: SUBJECT, email: 'odile@a.example', email_verified }),
    });

    expect(await signIn()).toMatchObject({ login: 'odile@a.example' });
    await test.stop();
  });

  it.each(['false', false, 0, 'no', null, 'TRUE ', [true]])(
    'takes no login by an address whose verification is %j, whatever claim has the mail',
    async (email_verified) => {
      const { idp, signIn, test } = await standWith({ claims: { login: 'email', mail: 'mail' } });
      idp.userinfo = () => ({
        body: JSON.stringify({ sub: SUBJECT, email: 'chief@a.example', email_verified }),
      });

      expect(await signIn()).toEqual(refusedAs('unverified-mail'));
      await test.stop();
    },
  );

  it('leaves out what is no address, and keeps the person', async () => {
    const { idp, signIn, test } = await standWith();
    idp.userinfo = () => ({
      body: JSON.stringify({ sub: SUBJECT, uid: 'odile', email: 'none', name: 'O'.repeat(300) }),
    });

    const answer = await signIn();

    expect(answer).toMatchObject({ login: 'odile' });
    expect(answer).not.toHaveProperty('mail');
    await test.stop();
  });

  it('cannot change what the ID token says of the sign-in', async () => {
    const { idp, signIn, test } = await standWith({ strongAcr: ['eidas3'] });
    idp.userinfo = () => ({
      body: JSON.stringify({ sub: SUBJECT, uid: 'odile', acr: 'eidas3', iss: 'x', sid: 'other' }),
    });

    expect(await signIn()).toMatchObject({
      issuer: ISSUER,
      session: 'session-1',
      isStrong: false,
      assurance: { level: 'eidas1' },
    });
    await test.stop();
  });
});

describe('the level of a sign-in', () => {
  it('that was asked for has to come back', async () => {
    const stand = await standWith({ acr: ['eidas2', 'eidas3'], strongAcr: ['eidas2'] });
    const started = await stand.way.begin();
    expect('redirect' in started && new URL(started.redirect).searchParams.get('acr_values')).toBe(
      'eidas2 eidas3',
    );

    expect(await stand.signIn()).toEqual(refusedAs('level'));
    stand.idp.claims = { acr: 'eidas2' };
    expect(await stand.signIn()).toMatchObject({ isStrong: true });
    stand.idp.idToken = ({ acr: _acr, ...claims }) => stand.idp.sign(claims);
    expect(await stand.signIn()).toEqual(refusedAs('level'));
    await stand.test.stop();
  });

  it('is demanded as an essential claim where a wish is not enough', async () => {
    const stand = await standWith({ acr: ['eidas2'], acrBy: 'claims' });
    const started = await stand.way.begin();
    if (!('redirect' in started)) throw new Error(started.code);

    const asked = new URL(started.redirect).searchParams;
    expect(JSON.parse(asked.get('claims') ?? '')).toEqual({
      id_token: { acr: { essential: true, values: ['eidas2'] } },
    });
    expect(asked.has('acr_values')).toBe(false);
    await stand.test.stop();
  });

  it('is strong by what the person used, too', async () => {
    const stand = await standWith({ strongAmr: ['mfa'] });
    stand.idp.claims = { amr: ['pwd', 'mfa'] };

    expect(await stand.signIn()).toMatchObject({
      isStrong: true,
      assurance: { methods: ['pwd', 'mfa'] },
    });
    await stand.test.stop();
  });

  it('tells when the person proved who they are, where the provider does', async () => {
    const stand = await standWith();
    const earlier = nowS() - 3_600;
    stand.idp.claims = { auth_time: earlier };
    const authenticatedAt = new Date(earlier * 1_000).toISOString();
    expect(await stand.signIn()).toMatchObject({ authenticatedAt });

    stand.idp.idToken = ({ auth_time: _time, ...claims }) => stand.idp.sign(claims);
    expect(await stand.signIn()).not.toHaveProperty('authenticatedAt');
    await stand.test.stop();
  });

  it('is confirmed by a sign-in of now, not by an earlier one', async () => {
    const stand = await standWith();
    expect(await stand.signIn({}, 'confirm')).toMatchObject({ subject: SUBJECT });

    stand.idp.claims = { auth_time: nowS() - 3_600 };
    expect(await stand.signIn({}, 'confirm')).toEqual(refusedAs('too-old'));
    stand.idp.idToken = ({ auth_time: _time, ...claims }) => stand.idp.sign(claims);
    expect(await stand.signIn({}, 'confirm')).toEqual(refusedAs('too-old'));
    await stand.test.stop();
  });
});

describe('a provider in trouble', () => {
  it.each<readonly [string, (stand: Stand) => void]>([
    [
      'whose userinfo breaks',
      ({ idp }) => {
        idp.userinfo = () => ({ status: 503, body: '' });
      },
    ],
    [
      'that publishes no keys',
      ({ idp }) => {
        idp.keys = [];
      },
    ],
  ])('%s signs nobody in', async (_name, breakIt) => {
    const stand = await standWith();
    breakIt(stand);

    expect(await stand.signIn()).toHaveProperty('refused');
    await stand.test.stop();
  });

  it('without its client secret is not there', async () => {
    const stand = await standWith({ id: 'other' });

    expect(await stand.test.signIn('other').begin()).toEqual({
      refused: 'unavailable',
      code: 'no-client-secret',
    });
    await stand.test.stop();
  });
});
