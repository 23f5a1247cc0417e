import { inflateRawSync } from 'node:zlib';
import { createPluginTest, type PluginTest, type TestSignIn } from 'estafette/plugin/testing';
import plugin from '../plugin';
import {
  at,
  ENTITY,
  encode,
  logoutOf,
  OURS,
  rightLogout,
  type SaidLogout,
  signedLogout,
} from './saml-answers';
import { IDP, STRANGER } from './saml-keys';

const refusedAs = (code: string) => ({ refused: 'invalid', code });
const SIGN_OUT = 'https://idp.example/slo';

/** SAML Profiles 4.4: the provider sends the browser round to all that it signed in. */
describe('a request to sign out', () => {
  let test: PluginTest;
  let way: TestSignIn;
  let address: string;

  const standWith = async (more: object = {}): Promise<void> => {
    await test?.stop();
    const provider = {
      id: 'idp',
      kind: 'saml',
      issuer: ENTITY,
      entityId: OURS,
      signInUrl: 'https://idp.example/sso',
      signOutUrl: SIGN_OUT,
      certificates: [IDP.certificate],
    };
    test = await createPluginTest({ plugin, config: { providers: [{ ...provider, ...more }] } });
    test.clock.advance(Date.now() - test.clock.now());
    way = test.signIn('idp');
    address = way.callback.replace(/callback$/, 'notice');
  };
  beforeEach(() => standWith());
  afterEach(() => test.stop());

  const tell = (xml: string, more: Record<string, string> = {}) =>
    way.notice({ body: { SAMLRequest: encode(xml), ...more } });
  const told = (changes: Partial<SaidLogout> = {}) =>
    tell(signedLogout({ ...rightLogout(address), ...changes }));

  it('ends the session that it names, and goes back to the provider with an answer', async () => {
    const said = rightLogout(address);

    const ended = await tell(signedLogout(said), { RelayState: 'theirs' });

    expect(ended).toMatchObject({ issuer: ENTITY, session: 'p-7f3a index-1' });
    const { goOn = '' } = ended as { readonly goOn?: string };
    const query = new URL(goOn).searchParams;
    const answer = Buffer.from(query.get('SAMLResponse') ?? '', 'base64');
    expect(goOn.split('?')[0]).toBe(SIGN_OUT);
    expect(query.get('RelayState')).toBe('theirs');
    expect(inflateRawSync(answer).toString()).toMatch(
      new RegExp(`InResponseTo="${said.id}"[\\s\\S]*status:Success`),
    );
  });

  it('ends all sessions of a person where it names none, or several', async () => {
    for (const sessions of [[], ['index-1', 'index-2']]) {
      const ended = await told({ sessions });
      expect(ended).toMatchObject({ issuer: ENTITY, subject: 'p-7f3a' });
      expect(ended).not.toHaveProperty('session');
    }

    await standWith({ subject: 'uid' });
    expect(await told({ sessions: [] })).toEqual(refusedAs('nobody'));
    expect(await told()).toMatchObject({ session: 'p-7f3a index-1' });
  });

  it('goes nowhere where the provider has no address for it', async () => {
    await standWith({ signOutUrl: undefined });

    expect(await told()).toEqual({ issuer: ENTITY, session: 'p-7f3a index-1' });
  });

  it.each<readonly [string, Partial<SaidLogout>, string]>([
    ['of another issuer', { issuer: 'https://other.example' }, 'issuer'],
    ['for another address', { destination: 'https://other.example/slo' }, 'recipient'],
    ['that was kept for later', { issuedAt: at(-400) }, 'expired'],
    ['that is made tomorrow', { issuedAt: at(90) }, 'issued-in-future'],
    ['without a date', { issuedAt: '' }, 'issued-in-future'],
    ['that names nobody', { nameId: '' }, 'answer'],
  ])('%s is not believed', async (_name, changes, code) => {
    expect(await told(changes)).toEqual(refusedAs(code));
  });

  it('is believed once', async () => {
    const xml = signedLogout(rightLogout(address));

    expect(await tell(xml)).toHaveProperty('session');
    expect(await tell(xml)).toEqual(refusedAs('replayed'));
  });

  it.each<readonly [string, (said: SaidLogout) => string, string]>([
    ['without a signature', logoutOf, 'signature'],
    ['signed by another', (said) => signedLogout(said, { key: STRANGER.privateKey }), 'signature'],
    ['signed with SHA-1', (said) => signedLogout(said, { algorithm: 'sha1' }), 'algorithm'],
    ['changed afterwards', (said) => signedLogout(said).replace('p-7f3a', 'chief'), 'signature'],
    [
      'inside of one that is not signed',
      (said) =>
        logoutOf({ ...said, id: '_outer', nameId: 'chief' }).replace(
          '</samlp:LogoutRequest>',
          `${signedLogout(said)}</samlp:LogoutRequest>`,
        ),
      'wrapped',
    ],
    ['with a document type', (said) => `<!DOCTYPE a>${signedLogout(said)}`, 'xml'],
    [
      'that is none',
      (said) => logoutOf(said).replaceAll('LogoutRequest', 'AuthnRequest'),
      'wrapped',
    ],
  ])('%s is not believed', async (_name, make, code) => {
    expect(await tell(make(rightLogout(address)))).toEqual(refusedAs(code));
  });

  it('is not believed by an address, and not when it is large', async () => {
    const SAMLRequest = encode(signedLogout(rightLogout(address)));

    expect(await way.notice({ query: { SAMLRequest } })).toEqual(refusedAs('answer'));
    expect(await way.notice({ body: { SAMLRequest: 'A'.repeat(90_000) } })).toEqual(
      refusedAs('answer'),
    );
  });

  it('has its address in the metadata', async () => {
    const { lines } = await test.runCommand('sso:metadata', ['test', 'idp', 'test.example']);

    expect(lines.join('')).toMatch(
      /SingleLogoutService[^>]*HTTP-POST[^>]*test\.example\/login\/sso\/idp\/notice/,
    );
  });
});
