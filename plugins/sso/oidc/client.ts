import * as oidc from 'openid-client';
import { isProviderAddress } from '../config';
import { type Outside, openOutside } from '../outside';
import type { OidcProvider } from '../providers';
import { Refused, unavailable } from '../refused';
import type { Step } from '../types';
import { type Endpoint, protocolAnswer } from './answers';
import { refusedWithin } from './faults';
import { shared } from './flights';
import { type Keys, type KeyUse, keysOf } from './keys';

/** OpenID Connect Core 3.1.3.7: clocks of servers differ; more than this is a broken one. */
export const SKEW_S = 60;
const DISCOVERY_S = 3_600;
const MAX_PROVIDERS = 200;
/** Older than the library takes a key set for when it may ask for it again (60 s), and still one. */
const KEY_AGE_S = 120;

/** A provider, ready to be spoken with. */
export interface OidcClient {
  readonly config: oidc.Configuration;
  readonly metadata: Readonly<oidc.ServerMetadata>;
  readonly keys: Keys;
}

/** Reads what the provider says of itself, once an hour, and makes a client of it. */
export async function openClient(
  step: Step<OidcProvider>,
  use: KeyUse = 'sign-in',
): Promise<OidcClient> {
  const { context, provider } = step;
  const ask = openOutside(context);
  const metadata = await metadataOf(step, { ask, use });
  const url = metadata.jwks_uri;
  if (url === undefined) throw unavailable('keys');
  const keys = keysOf(step, { url, use, ask });

  const config = new oidc.Configuration(
    // The library believes the algorithms that the provider lists; ours are fewer.
    {
      ...metadata,
      id_token_signing_alg_values_supported: [...provider.algorithms],
      userinfo_signing_alg_values_supported: [...provider.algorithms],
    },
    provider.clientId,
    {
      [oidc.clockTolerance]: SKEW_S,
      [oidc.clockSkew]: Math.round((context.clock.now() - Date.now()) / 1_000),
    },
    authOf(step),
  );
  config[oidc.customFetch] = async (target, asked) => {
    if (target === url) return Response.json(await keys.renewed());
    const answer = await ask(target, asked);
    const endpoint = endpointAt(metadata, target);
    if (endpoint === undefined) return answer;
    const read = await protocolAnswer(endpoint, answer);
    if (endpoint === 'userinfo') refuseUnsigned(provider, read);
    return read;
  };
  allowLoopback(config, provider.issuer);
  // Tokens come over TLS, and their signatures are checked all the same: a proxy may end the TLS.
  oidc.enableNonRepudiationChecks(config);
  oidc.setJwksCache(config, {
    jwks: structuredClone(await keys.known()),
    uat: Math.floor(Date.now() / 1_000) - KEY_AGE_S,
  });
  return { config, metadata, keys };
}

/** What the provider says of itself is enough to leave it: no key, no secret. */
export async function openForLeaving(step: Step<OidcProvider>): Promise<oidc.Configuration> {
  const { context, provider } = step;
  const metadata = await metadataOf(step, { ask: openOutside(context), use: 'sign-in' });
  const config = new oidc.Configuration(metadata, provider.clientId, undefined, oidc.None());
  allowLoopback(config, provider.issuer);
  return config;
}

/** Plain http is for a provider on this machine, which configuration allows and nothing else. */
function allowLoopback(config: oidc.Configuration, issuer: string): void {
  if (new URL(issuer).protocol === 'http:') oidc.allowInsecureRequests(config);
}

function endpointAt(metadata: oidc.ServerMetadata, target: string): Endpoint | undefined {
  if (target === metadata.userinfo_endpoint) return 'userinfo';
  return target === metadata.token_endpoint ? 'token' : undefined;
}

function refuseUnsigned({ userinfo }: OidcProvider, answer: Response): void {
  const type = answer.headers.get('content-type')?.split(';')[0]?.trim();
  if (userinfo === 'signed' && answer.status === 200 && type !== 'application/jwt') {
    throw new Refused('invalid', 'userinfo-unsigned');
  }
}

function authOf({ context, site, provider }: Step<OidcProvider>): oidc.ClientAuth {
  if (provider.clientAuth === 'none') return oidc.None();
  const secret = context.secret(`${provider.id}.clientSecret`, site);
  if (secret === undefined) {
    context.log.error({ site, provider: provider.id }, 'sso/no-client-secret');
    throw unavailable('no-client-secret');
  }
  return provider.clientAuth === 'post'
    ? oidc.ClientSecretPost(secret)
    : oidc.ClientSecretBasic(secret);
}

async function metadataOf(
  { context, site, provider }: Step<OidcProvider>,
  { ask, use }: { readonly ask: Outside; readonly use: KeyUse },
): Promise<oidc.ServerMetadata> {
  const known = context.cache<oidc.ServerMetadata>('discovery', {
    max: MAX_PROVIDERS,
    ttlS: DISCOVERY_S,
  });
  const key = `${provider.id}\n${provider.issuer}`;
  const kept = known.get(site, undefined, key);
  if (kept) return kept;
  return shared(context, { site, key: `discovery\n${key}`, use }, async () => {
    const read = await discover(provider, ask);
    known.set(site, undefined, key, read);
    return read;
  });
}

async function discover({ issuer, clientId }: OidcProvider, ask: Outside) {
  try {
    const found = await oidc.discovery(new URL(issuer), clientId, undefined, oidc.None(), {
      [oidc.customFetch]: ask,
      ...(new URL(issuer).protocol === 'http:' && { execute: [oidc.allowInsecureRequests] }),
    });
    return plainMetadata(found.serverMetadata());
  } catch (error) {
    const own = refusedWithin(error);
    if (own) throw own;
    // A document of another issuer, or none: the provider is not what the configuration says.
    throw unavailable('discovery', error);
  }
}

const ADDRESSES = [
  'authorization_endpoint',
  'token_endpoint',
  'jwks_uri',
  'userinfo_endpoint',
  'end_session_endpoint',
] as const;

/** A copy without the library's helpers, whose addresses are such that browsers and we may go there. */
function plainMetadata(metadata: Readonly<oidc.ServerMetadata>): oidc.ServerMetadata {
  const wrong = ADDRESSES.find((name) => {
    const value = metadata[name];
    return value !== undefined && !isProviderAddress(value);
  });
  if (wrong !== undefined) throw unavailable('discovery');
  return JSON.parse(JSON.stringify(metadata)) as oidc.ServerMetadata;
}
