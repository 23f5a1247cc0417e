import type { CheckedSite, SiteId } from 'estafette/plugin';
import { createPluginTest } from 'estafette/plugin/testing';
import { checkSettings } from '../check';
import { type SsoConfig, ssoConfig } from '../config';
import plugin from '../plugin';
import { standWith } from './fake-idp';
import { IDP } from './saml-keys';

const OIDC = { id: 'a', kind: 'oidc', issuer: 'https://idp.example', clientId: 'c' } as const;
const CAS = { id: 'b', kind: 'cas', issuer: 'https://cas.example/cas' } as const;
const SITE: CheckedSite = {
  id: 'saisons' as SiteId,
  hosts: [],
  hasNetworks: false,
  missingSecret: (name) => `VARIABLE_OF_${name}`,
  mayReach: (address) => address.startsWith('https://idp.example'),
};
const check = (...providers: readonly object[]) =>
  checkSettings(ssoConfig.parse({ providers }), SITE);

describe('providers that could never answer', () => {
  it('are those without their secret, by the name of its variable', () => {
    expect(check(OIDC)).toEqual([
      {
        keys: ['providers', '0', 'clientId'],
        message:
          'expected its secret in VARIABLE_OF_a.clientSecret (or VARIABLE_OF_a.clientSecret_FILE), found none: nobody can sign in by a',
      },
    ]);
    expect(check({ ...OIDC, clientAuth: 'none' })).toEqual([]);
  });

  it('are those at a server that the operator does not list', () => {
    expect(check({ ...OIDC, clientAuth: 'none' }, CAS)).toEqual([
      {
        keys: ['providers', '1', 'issuer'],
        message:
          'expected a server of origins.sso in config/plugins.json, found https://cas.example: nobody can sign in by b',
      },
    ]);
  });
});

describe('a provider that is asked', () => {
  it('is right when it says who it is and gives its keys', async () => {
    const { way, idp, test } = await standWith();

    expect(await way.check()).toBeUndefined();
    expect([...idp.asked.keys()]).toEqual(['/.well-known/openid-configuration', '/jwks']);
    await test.stop();
  });

  it('is told when it does not answer, or is another one', async () => {
    const down = await standWith();
    down.idp.isDown = true;
    expect(await down.way.check()).toMatch(/^status-503/);
    await down.test.stop();

    const other = await standWith();
    other.idp.metadata = { issuer: 'https://other.example' };
    expect(await other.way.check()).toMatch(/^discovery: /);
    await other.test.stop();
  });

  it('is right by CAS when it refuses a ticket of nobody, and told when it answers something else', async () => {
    const answering = (status: number) =>
      createPluginTest<SsoConfig>({
        plugin,
        config: { providers: [CAS] },
        origins: ['https://cas.example'],
        http: async () => ({
          status,
          contentType: 'application/json',
          headers: {},
          body: Buffer.from(
            '{"serviceResponse":{"authenticationFailure":{"code":"INVALID_TICKET"}}}',
          ),
        }),
      });
    const right = await answering(200);
    expect(await right.signIn('b').check()).toBeUndefined();
    await right.stop();

    const wrong = await answering(404);
    expect(await wrong.signIn('b').check()).toBe('status-404');
    await wrong.stop();
  });

  const SAML = {
    id: 'c',
    kind: 'saml',
    issuer: 'https://idp.example/saml',
    entityId: 'https://test.example',
    signInUrl: 'https://idp.example/sso',
    certificates: [IDP.certificate],
  };
  const checkSaml = async (more: object, secrets: Readonly<Record<string, string>> = {}) => {
    const test = await createPluginTest<SsoConfig>({
      plugin,
      config: { providers: [{ ...SAML, ...more }] },
      secrets,
    });
    const wrong = await test.signIn('c').check();
    await test.stop();
    return wrong;
  };
  const baseOf = (pem: string): string => pem.replace(/-----[A-Z ]+-----/g, '').trim();

  it.each<readonly [string, object, Readonly<Record<string, string>>]>([
    ['its certificate', {}, {}],
    ['the base64 of one', { certificates: [baseOf(IDP.certificate)] }, {}],
    [
      'several, and our key',
      { certificates: [IDP.certificate, IDP.certificate] },
      { 'c.privateKey': IDP.privateKey },
    ],
  ])('is right by SAML with %s', async (_name, more, secrets) => {
    expect(await checkSaml(more, secrets)).toBeUndefined();
  });

  it.each<readonly [string, string, object, Readonly<Record<string, string>>]>([
    ['a certificate that is none', 'certificates[0]', { certificates: ['A'.repeat(200)] }, {}],
    ['a text for one', 'certificates[0]', { certificates: ['no certificate. '.repeat(10)] }, {}],
    [
      'one of two that is none',
      'certificates[1]',
      { certificates: [IDP.certificate, 'A'.repeat(200)] },
      {},
    ],
    ['a key that is none', 'privateKey', {}, { 'c.privateKey': IDP.certificate }],
  ])('is told by SAML with %s', async (_name, what, more, secrets) => {
    const wrong = await checkSaml(more, secrets);

    expect(wrong?.split(': ').slice(0, 2)).toEqual(['configuration', `${what} cannot be read`]);
  });
});
