import { z } from 'estafette/plugin';

const MAX_PROVIDERS = 10;

const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** An absolute https address without credentials or fragment; http on this machine alone. */
export function isProviderAddress(text: string): boolean {
  if (!URL.canParse(text) || text.includes('#')) return false;
  const { protocol, hostname, username, password } = new URL(text);
  if (username !== '' || password !== '') return false;
  return protocol === 'https:' || (protocol === 'http:' && LOOPBACK.has(hostname));
}

const address = z
  .string()
  .max(500)
  .refine(isProviderAddress, 'expected an https address (http on loopback alone)');
const word = z.string().trim().min(1).max(200);
const words = z.array(word).max(20);
const label = word.max(120);
/** A value of the provider, or several that are joined with a space. */
const claim = z.union([word, words.min(1)]);

const common = {
  id: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,39}$/, 'expected [a-z][a-z0-9-]*')
    .describe('Part of the addresses, and of the names of secrets: `cerbere`. Never change it.'),
  label: z
    .union([label, z.strictObject({ fr: label, en: label })])
    .optional()
    .describe('What the button says; text, or `{"fr", "en"}`.'),
  look: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,39}$/)
    .optional()
    .describe('Stylesheet word of a button with a look of its own.'),
  strongAcr: words
    .optional()
    .describe('Levels that stand for a second factor: ours is not asked for then.'),
  attributes: words
    .optional()
    .describe('Values of the provider that eligibility and groups may look at.'),
};

const claims = z
  .strictObject({
    login: word.optional().describe('How the directory of the site knows the person.'),
    mail: word.optional().describe('Address.'),
    name: claim.optional().describe('Name; of several, joined with a space.'),
  })
  .optional()
  .describe('Names, at the provider, of what is read of a person.');

const oidc = z.strictObject({
  ...common,
  kind: z.literal('oidc').describe('OpenID Connect.'),
  profile: z.enum(['cerbere', 'proconnect']).optional().describe('Fills what is not said here.'),
  issuer: address.describe('As the provider calls itself; its discovery document is below it.'),
  clientId: word.describe('Name of this platform at the provider.'),
  clientAuth: z
    .enum(['basic', 'post', 'none'])
    .optional()
    .describe('How the client secret is sent; `none`: there is no secret, PKCE alone.'),
  scopes: words.optional().describe('`openid` is among them.'),
  acr: words
    .optional()
    .describe(
      'Levels asked for; any other one that comes back is refused. Empty: none is asked for.',
    ),
  acrBy: z
    .enum(['acr_values', 'claims'])
    .optional()
    .describe('`claims`: asked for as an essential claim, where `acr_values` is only a wish.'),
  strongAmr: words
    .optional()
    .describe('Methods (`amr`, RFC 8176) that stand for a second factor: `mfa`, `hwk`.'),
  algorithms: z
    .array(
      z.enum(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512']),
    )
    .min(1)
    .optional()
    .describe('Signatures that are believed.'),
  userinfo: z
    .enum(['none', 'plain', 'signed'])
    .optional()
    .describe('Whether the userinfo endpoint is asked, and what it must answer.'),
  pkce: z.boolean().optional().describe('S256; only for a provider that refuses it, `false`.'),
  refresh: z
    .boolean()
    .optional()
    .describe('Keeps the refresh token, for mail that is opened with the access token.'),
  claims,
});

const cas = z.strictObject({
  ...common,
  kind: z.literal('cas').describe('CAS 3.'),
  issuer: address.describe('Address of the server: `https://cas.example/cas`.'),
  claims,
  levelAttribute: word
    .optional()
    .describe('Attribute that says how strongly the person signed in: `authnContextClass`.'),
  logout: z.boolean().optional().describe('Signs out there too. Yes unless told.'),
});

const saml = z.strictObject({
  ...common,
  kind: z.literal('saml').describe('SAML 2.'),
  issuer: word.max(500).describe('Entity id of the provider.'),
  entityId: word.max(500).describe('Entity id of this platform there.'),
  signInUrl: address.describe('Its single sign-on address, HTTP-Redirect binding.'),
  signOutUrl: address.optional().describe('Its single logout address, HTTP-Redirect binding.'),
  certificates: z
    .array(z.string().min(100).max(10_000))
    .min(1)
    .max(5)
    .describe('Its signing certificates, PEM or the base64 of one; several while they change.'),
  acr: words.optional().describe('AuthnContextClassRef asked for; any other one is refused.'),
  subject: word
    .optional()
    .describe('Attribute that names the person for ever, where there is no persistent NameID.'),
  claims,
});

/** What a site may say under `plugins.sso`. */
export const ssoConfig = z.strictObject({
  providers: z
    .array(z.discriminatedUnion('kind', [oidc, cas, saml]))
    .max(MAX_PROVIDERS)
    .refine(
      (list) => new Set(list.map(({ id }) => id)).size === list.length,
      'two providers have the same id',
    )
    .default([])
    .describe('Providers of the site, in the order of their buttons.'),
});

export type SsoConfig = z.infer<typeof ssoConfig>;
export type ProviderConfig = SsoConfig['providers'][number];
