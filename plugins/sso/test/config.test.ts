import { createPluginTest, type PluginTestOptions } from 'estafette/plugin/testing';
import { isProviderAddress, type SsoConfig, ssoConfig } from '../config';
import plugin from '../plugin';
import { standWith } from './fake-idp';

const OIDC = { id: 'a', kind: 'oidc', issuer: 'https://idp.example', clientId: 'c' } as const;
const CAS = { id: 'b', kind: 'cas', issuer: 'https://cas.example/cas/' } as const;

const withSites = (options: Partial<PluginTestOptions<SsoConfig>>) =>
  createPluginTest<SsoConfig>({ plugin, ...options });

describe('providers of a site', () => {
  it('are buttons in the order of the file, in the language of the page', async () => {
    const label = { fr: 'Par le CAS', en: 'By CAS' };
    const test = await withSites({
      config: { providers: [{ ...CAS, label }, OIDC, { ...OIDC, id: 'p', profile: 'proconnect' }] },
    });

    expect(test.signIn('a').methods()).toEqual([
      { id: 'b', label: 'Par le CAS' },
      { id: 'a', label: 'a' },
      {
        id: 'p',
        label: 'S’identifier avec ProConnect',
        look: 'proconnect',
        about: {
          label: 'Qu’est-ce que ProConnect\u202f?',
          href: 'https://www.proconnect.gouv.fr/',
        },
      },
    ]);
    expect(test.signIn('a', { locale: 'en' }).methods()[0]).toEqual({ id: 'b', label: 'By CAS' });
    await test.stop();
  });

  it('are those of the site and no other', async () => {
    const test = await withSites({
      config: { providers: [OIDC] },
      sites: { other: { on: { providers: [CAS] } } },
    });

    expect(
      test
        .signIn('b')
        .methods()
        .map(({ id }) => id),
    ).toEqual(['a']);
    expect(await test.signIn('b').begin()).toMatchObject({ code: 'unknown-method' });
    expect(await test.signIn('b', { site: 'other' }).begin()).toHaveProperty('redirect');
    await test.stop();
  });

  it('asks ProConnect for what it knows and nothing more', async () => {
    const stand = await standWith({ profile: 'proconnect' });
    const started = await stand.way.begin();
    if (!('redirect' in started)) throw new Error(started.code);

    const asked = new URL(started.redirect).searchParams;
    expect([...asked.keys()].sort()).toEqual([
      'acr_values',
      'client_id',
      'code_challenge',
      'code_challenge_method',
      'nonce',
      'redirect_uri',
      'response_type',
      'scope',
      'state',
    ]);
    expect(asked.get('acr_values')).toBe('eidas1 eidas2 eidas3');
    expect(asked.get('scope')).toBe('openid uid given_name usual_name email');
    await stand.test.stop();
  });

  it('believes ProConnect’s signed userinfo, and takes eidas2 for strong', async () => {
    const stand = await standWith({ profile: 'proconnect', claims: {} });
    const { idp } = stand;
    idp.claims = { acr: 'eidas2', amr: ['pwd', 'mfa'] };
    const person = {
      email: 'odile@saisons.example',
      given_name: 'Odile',
      usual_name: 'Tramontane',
    };
    idp.userinfo = async () => ({
      type: 'application/jwt',
      body: await idp.sign({
        sub: 'f3a9c2',
        iss: 'https://idp.example',
        aud: 'estafette',
        ...person,
      }),
    });

    expect(await stand.signIn()).toMatchObject({
      login: 'odile@saisons.example',
      mail: 'odile@saisons.example',
      name: 'Odile Tramontane',
      isStrong: true,
    });
    // The profile sends the secret in the form.
    expect(idp.exchanged[0]?.get('client_secret')).toBe('a client secret');
    await stand.test.stop();
  });
});

describe('the configuration', () => {
  it.each([
    'https://idp.example',
    'https://idp.example:8443/oidc',
    'http://127.0.0.1:4000',
    'http://localhost/cas',
  ])('takes %s for the address of a provider', (address) => {
    expect(isProviderAddress(address)).toBe(true);
  });

  it.each([
    'http://idp.example',
    'http://127.0.0.1.idp.example',
    'http://localhost.example',
    'javascript:alert(1)',
    'data:text/html,x',
    '//idp.example',
    'https://a@idp.example',
    'https://idp.example/#x',
    'idp.example',
    '',
  ])('refuses %j', (address) => {
    expect(isProviderAddress(address)).toBe(false);
  });

  it.each<readonly [string, object]>([
    ['two providers of one id', { providers: [OIDC, { ...CAS, id: 'a' }] }],
    ['an id that is no word', { providers: [{ ...OIDC, id: 'A b' }] }],
    ['a signature that is none', { providers: [{ ...OIDC, algorithms: ['none'] }] }],
    ['a signature with a shared secret', { providers: [{ ...OIDC, algorithms: ['HS256'] }] }],
    ['a client secret', { providers: [{ ...OIDC, clientSecret: 'x' }] }],
    [
      'SAML without certificates',
      {
        providers: [
          {
            id: 's',
            kind: 'saml',
            issuer: 'x',
            entityId: 'y',
            signInUrl: 'https://idp.example',
            certificates: [],
          },
        ],
      },
    ],
    ['another protocol', { providers: [{ id: 'x', kind: 'ws-federation' }] }],
    ['a word that is not there', { providers: [{ ...OIDC, insecure: true }] }],
  ])('refuses %s', (_name, config) => {
    expect(ssoConfig.safeParse(config).success).toBe(false);
  });
});
