import { createPrivateKey, randomBytes, X509Certificate } from 'node:crypto';
import { type CacheProvider, SAML, ValidateInResponseTo } from '@node-saml/node-saml';
import { keyInfoToPem } from '@node-saml/node-saml/lib/crypto';
import type { SamlProvider } from '../providers';
import { unavailable } from '../refused';
import type { Step } from '../types';

/** Clocks of servers differ; more than this is a broken one. */
export const SKEW_MS = 60_000;
const REQUEST_MS = 10 * 60_000;
/** No assertion is believed for longer, whatever it says of itself. */
const ASSERTION_MS = 10 * 60_000;
export const PERSISTENT = 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent';

interface Options {
  readonly callback: string;
  /** Identifier of our request: made by us, kept in the browser's sealed cookie. */
  readonly request: string;
  readonly isForced?: boolean;
  /** Where sign-outs that began elsewhere are told. */
  readonly notice?: string;
}

/** Names a request of ours; xs:ID may not begin with a digit. */
export const newRequest = (): string => `_${randomBytes(20).toString('hex')}`;

/** The library, set to believe nothing that is not signed by the provider for this request. */
export function samlOf(
  { context, site, provider }: Step<SamlProvider>,
  { callback, notice, request, isForced = false }: Options,
): SAML {
  const privateKey = context.secret(`${provider.id}.privateKey`, site);
  try {
    return new SAML({
      callbackUrl: callback,
      issuer: provider.entityId,
      audience: provider.entityId,
      idpIssuer: provider.issuer,
      idpCert: [...provider.certificates],
      entryPoint: provider.signInUrl,
      logoutUrl: provider.signOutUrl ?? '',
      identifierFormat: provider.subject === undefined ? PERSISTENT : null,
      wantAssertionsSigned: true,
      // Most sign assertions alone; where the response is signed too it is checked as well.
      wantAuthnResponseSigned: false,
      validateInResponseTo: ValidateInResponseTo.always,
      requestIdExpirationPeriodMs: REQUEST_MS,
      maxAssertionAgeMs: ASSERTION_MS,
      acceptedClockSkewMs: SKEW_MS,
      cacheProvider: onlyRequest(request),
      generateUniqueId: () => request,
      disableRequestedAuthnContext: provider.acr.length === 0,
      authnContext: [...provider.acr],
      forceAuthn: isForced,
      signatureAlgorithm: 'sha256',
      digestAlgorithm: 'sha256',
      ...(notice !== undefined && { logoutCallbackUrl: notice }),
      ...(privateKey !== undefined && { privateKey }),
    });
  } catch (error) {
    context.log.error({ site, provider: provider.id, err: error }, 'sso/saml-configuration');
    throw unavailable('configuration', error);
  }
}

/** The one request that an answer may be to: that of this browser. */
const onlyRequest = (request: string): CacheProvider => ({
  saveAsync: async () => null,
  getAsync: async (id) => (id === request ? new Date().toISOString() : null),
  removeAsync: async () => null,
});

/**
 * Whether certificates and key can be read: the library asks that of them at the first answer, when
 * somebody waits. The provider itself is reached by browsers alone.
 */
export function checkSaml({ context, site, provider }: Step<SamlProvider>): void {
  for (const [index, certificate] of provider.certificates.entries()) {
    readable(
      `certificates[${index}]`,
      () => new X509Certificate(keyInfoToPem(certificate, 'CERTIFICATE')),
    );
  }
  const privateKey = context.secret(`${provider.id}.privateKey`, site);
  if (privateKey === undefined) return;
  readable('privateKey', () => createPrivateKey(keyInfoToPem(privateKey, 'PRIVATE KEY')));
}

function readable(name: string, read: () => unknown): void {
  try {
    read();
  } catch (cause) {
    throw unavailable('configuration', new Error(`${name} cannot be read`, { cause }));
  }
}

/** What the provider is to know of this platform, as the metadata that it reads. */
export const samlMetadata = (
  step: Step<SamlProvider>,
  { callback, notice }: { readonly callback: string; readonly notice: string },
): string =>
  samlOf(step, { callback, notice, request: '_unused' }).generateServiceProviderMetadata(
    null,
    null,
  );
