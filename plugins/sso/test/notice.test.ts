import { type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import { CLIENT, ISSUER, nowS, type Stand, SUBJECT, standWith } from './fake-idp';

const refusedAs = (code: string) => ({ refused: 'invalid', code });
const EVENTS = { 'http://schemas.openid.net/event/backchannel-logout': {} };

/** OIDC Back-Channel Logout 1.0, 2.6: each check, and what passes without it. */
describe('a logout token', () => {
  let stand: Stand;
  let serial = 0;
  beforeEach(async () => {
    stand = await standWith();
  });
  afterEach(() => stand.test.stop());

  const right = (): JWTPayload => {
    serial += 1;
    return {
      iss: ISSUER,
      aud: CLIENT,
      sub: SUBJECT,
      sid: 'session-1',
      iat: nowS(),
      exp: nowS() + 120,
      jti: `logout-${serial}`,
      events: EVENTS,
    };
  };
  const tell = (token: string) => stand.way.notice({ body: { logout_token: token } });

  it('ends the sessions that it names', async () => {
    expect(await tell(await stand.idp.sign(right(), { typ: 'logout+jwt' }))).toEqual({
      issuer: ISSUER,
      subject: SUBJECT,
      session: 'session-1',
    });
  });

  it('ends all sessions of a person when it names none', async () => {
    const { sid: _sid, ...claims } = right();

    expect(await tell(await stand.idp.sign(claims))).toEqual({ issuer: ISSUER, subject: SUBJECT });
  });

  it.each<readonly [string, JWTPayload, string]>([
    ['with a nonce, as an ID token has', { nonce: 'n' }, 'nonce'],
    ['with no event', { events: {} }, 'event'],
    ['with another event', { events: { 'https://other.example/event': {} } }, 'event'],
    [
      'with an event that is no object',
      { events: { [Object.keys(EVENTS)[0] ?? '']: true } },
      'event',
    ],
    ['for another audience', { aud: 'another' }, 'audience'],
    ['of another issuer', { iss: 'https://other.example' }, 'issuer'],
    ['that has expired', { iat: nowS() - 400, exp: nowS() - 100 }, 'expired'],
    ['that was kept for later', { iat: nowS() - 400, exp: nowS() + 4_000 }, 'expired'],
    ['that is made tomorrow', { iat: nowS() + 4_000, exp: nowS() + 9_000 }, 'issued-in-future'],
    ['without an identifier', { jti: '' }, 'claim'],
    ['that names nobody', { sub: '', sid: '' }, 'nobody'],
  ])('%s is not believed', async (_name, claims, code) => {
    expect(await tell(await stand.idp.sign({ ...right(), ...claims }))).toEqual(refusedAs(code));
  });

  it('that names all sessions of a person is believed once', async () => {
    const { sid: _sid, ...claims } = right();
    const token = await stand.idp.sign(claims);

    expect(await tell(token)).toMatchObject({ subject: SUBJECT });
    expect(await tell(token)).toEqual(refusedAs('replayed'));
  });

  it('that names a session ends it again when it is told again', async () => {
    const token = await stand.idp.sign(right());

    expect(await tell(token)).toMatchObject({ session: 'session-1' });
    expect(await tell(token)).toMatchObject({ session: 'session-1' });
  });

  it('of another type is not believed', async () => {
    expect(await tell(await stand.idp.sign(right(), { typ: 'at+jwt' }))).toEqual(refusedAs('type'));
  });

  it('that is not signed, or by whom it should not be, is not believed', async () => {
    const forger = await stand.idp.newKey('first');
    const secret = Buffer.from(await stand.idp.publicText());

    expect(await tell(new UnsecuredJWT(right()).encode())).toEqual(refusedAs('algorithm'));
    expect(await tell(await stand.idp.sign(right(), {}, forger))).toEqual(refusedAs('signature'));
    expect(
      await tell(
        await new SignJWT(right()).setProtectedHeader({ alg: 'HS256', kid: 'first' }).sign(secret),
      ),
    ).toEqual(refusedAs('algorithm'));
  });

  it.each(['', 'x', 'a.b.c', 'e30.e30.', 'x'.repeat(20_000)])(
    'is no text like "%.10s"',
    async (text) => {
      expect(await tell(text)).toMatchObject({ refused: 'invalid' });
    },
  );

  it('with a key of today is believed though the provider has changed keys', async () => {
    await tell(await stand.idp.sign(right()));
    stand.idp.keys = [await stand.idp.newKey('second')];

    expect(await tell(await stand.idp.sign(right()))).toBeDefined();
  });

  it('a flood of unknown keys asks a few times, and keeps nobody from signing in', async () => {
    await stand.signIn();
    const stranger = await stand.idp.newKey('stranger');
    for (let tried = 0; tried < 30; tried += 1) {
      await tell(await stand.idp.sign(right(), { kid: `made-up-${tried}` }, stranger));
      stand.test.clock.advance(1_000);
    }
    expect(stand.idp.asked.get('/jwks')).toBeLessThanOrEqual(6);

    stand.idp.keys = [await stand.idp.newKey('second')];
    expect(await stand.signIn()).toMatchObject({ subject: SUBJECT });
  });
});

describe('a notice while the provider is down', () => {
  it('asks it once for all strangers, now and then, and keeps nobody from signing in', async () => {
    const { idp, signIn, test, way } = await standWith();
    idp.isDown = true;
    const tell = () => way.notice({ body: { logout_token: 'x.y.z' } }).catch(() => undefined);
    await Promise.all(Array.from({ length: 10 }, tell));
    for (let tried = 0; tried < 10; tried += 1) await tell();
    expect(idp.asked.get('/.well-known/openid-configuration')).toBe(1);

    test.clock.advance(11_000);
    await tell();
    expect(idp.asked.get('/.well-known/openid-configuration')).toBe(2);

    idp.isDown = false;
    expect(await signIn()).toMatchObject({ subject: SUBJECT });
    await test.stop();
  });

  it('asks for its keys as seldom', async () => {
    const { idp, test, way } = await standWith();
    idp.metadata = { jwks_uri: `${ISSUER}/no-keys` };
    const tell = () => way.notice({ body: { logout_token: 'x.y.z' } }).catch(() => undefined);
    await Promise.all(Array.from({ length: 10 }, tell));
    await tell();

    expect(idp.asked.get('/no-keys')).toBe(1);
    await test.stop();
  });
});

describe('a logout token of an algorithm that the site does not list', () => {
  it('is not believed', async () => {
    const { idp, test, way } = await standWith({ algorithms: ['ES256'] });
    const claims = {
      iss: ISSUER,
      aud: CLIENT,
      sub: SUBJECT,
      iat: nowS(),
      jti: 'a',
      events: EVENTS,
    };

    const ended = await way.notice({ body: { logout_token: await idp.sign(claims) } });
    await test.stop();

    expect(ended).toEqual(refusedAs('algorithm'));
  });
});
