import type { Configuration, JWKS, KoaContextWithOIDC } from 'oidc-provider';
import { DEMO_PAGE_HEADERS, type DemoPage, demoPageHtml } from '../sign-in-page';
import type { memoryAdapter } from './adapter';

/** Somebody with an account at the provider. */
export interface DemoOidcAccount {
  readonly username: string;
  readonly password: string;
  readonly name: string;
  readonly givenName: string;
  readonly surname: string;
  readonly mail: string;
}

export interface DemoOidcClient {
  readonly id: string;
  readonly secret: string;
  /** Where it hears of sign-outs; known once the application listens. */
  readonly backchannel: string;
  /** `JWT`: userinfo is signed. */
  readonly userinfoAlg?: 'RS256' | undefined;
  readonly accessTokenS?: number | undefined;
}

/** Levels of the provider: a password, and a card. */
export const DEMO_LEVELS = { weak: 'eidas1', strong: 'eidas2' } as const;

const HOUR_S = 3_600;

interface Parts {
  readonly accounts: ReadonlyMap<string, DemoOidcAccount>;
  readonly client: DemoOidcClient;
  readonly jwks: JWKS;
  readonly adapter: ReturnType<typeof memoryAdapter>;
  readonly cookieKey: string;
}

/** The provider as a ministry would set it up: code, PKCE, short tokens that are renewed. */
export function demoConfiguration(parts: Parts): Configuration {
  const { accounts, client, jwks, adapter, cookieKey } = parts;
  return {
    adapter,
    jwks,
    cookies: { keys: [cookieKey], names: NAMES },
    clients: [
      {
        client_id: client.id,
        client_secret: client.secret,
        client_name: 'Estafette',
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        // The application's own port is chosen later: what is allowed is told by `isOurs`.
        redirect_uris: ['http://127.0.0.1/callback'],
        backchannel_logout_uri: client.backchannel,
        backchannel_logout_session_required: true,
        // When somebody typed their password there: a sign-in just made is a proof.
        require_auth_time: true,
        ...(client.userinfoAlg && { userinfo_signed_response_alg: client.userinfoAlg }),
      },
    ],
    findAccount: (_ctx, sub) => {
      const account = accounts.get(sub);
      return account && { accountId: sub, claims: () => claimsOf(sub, account) };
    },
    claims: {
      openid: ['sub', 'acr', 'amr'],
      profile: ['name', 'given_name', 'family_name', 'uid'],
      email: ['email', 'email_verified'],
    },
    scopes: ['openid', 'offline_access'],
    acrValues: Object.values(DEMO_LEVELS),
    pkce: { required: () => true },
    // A ministry asks nobody whether its own webmail may know their name.
    loadExistingGrant: grantAll,
    issueRefreshToken: async (_ctx, asking) => asking.grantTypeAllowed('refresh_token'),
    rotateRefreshToken: true,
    clientBasedCORS: () => false,
    interactions: { url: (_ctx, { uid }) => `/interaction/${uid}` },
    features: {
      devInteractions: { enabled: false },
      backchannelLogout: { enabled: true },
      introspection: { enabled: true, allowedPolicy: async () => true },
      revocation: { enabled: true, allowedPolicy: async () => true },
      jwtUserinfo: { enabled: true },
      rpInitiatedLogout: { enabled: true, logoutSource, postLogoutSuccessSource },
    },
    ttl: {
      AccessToken: client.accessTokenS ?? 600,
      AuthorizationCode: 60,
      Grant: 12 * HOUR_S,
      IdToken: 600,
      Interaction: 600,
      RefreshToken: 12 * HOUR_S,
      Session: 12 * HOUR_S,
    },
    // Its own calls go to the application beside it, which the library would take for an attack.
    fetch: (url, { method, headers, body, redirect, signal }: RequestInit = {}) =>
      fetch(url, {
        ...(method !== undefined && { method }),
        ...(headers !== undefined && { headers }),
        ...(body !== undefined && { body }),
        ...(redirect !== undefined && { redirect }),
        ...(signal !== undefined && { signal }),
      }),
    renderError(ctx, { error }) {
      pageOn(ctx, {
        title: 'Connexion impossible',
        status: ctx.status,
        body: `<h1>Connexion impossible</h1><p class="error" role="alert">La demande n’est pas valable (${error.replace(/[^a-z_]/g, '')}).</p>`,
      });
    },
  };
}

/** Cookies of a host are shared by all of its ports. */
const NAMES = {
  session: 'demo_idp_session',
  interaction: 'demo_idp_interaction',
  resume: 'demo_idp_resume',
};

const claimsOf = (sub: string, account: DemoOidcAccount) => ({
  sub,
  uid: account.username,
  name: account.name,
  given_name: account.givenName,
  family_name: account.surname,
  email: account.mail,
  email_verified: true,
});

async function grantAll({ oidc }: KoaContextWithOIDC) {
  const { client, session, provider, params } = oidc;
  if (!client || !session?.accountId) return undefined;
  const known = session.grantIdFor(client.clientId);
  const found = known === undefined ? undefined : await provider.Grant.find(known);
  const grant =
    found ?? new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
  const scope = params?.['scope'];
  grant.addOIDCScope(typeof scope === 'string' ? scope : 'openid');
  await grant.save();
  return grant;
}

function pageOn(ctx: KoaContextWithOIDC, page: DemoPage): void {
  ctx.status = page.status ?? 200;
  ctx.set(DEMO_PAGE_HEADERS);
  ctx.body = demoPageHtml(page);
}

function logoutSource(ctx: KoaContextWithOIDC, form: string): void {
  pageOn(ctx, {
    title: 'Se déconnecter',
    body:
      `<h1>Se déconnecter</h1><p>Voulez-vous aussi fermer votre session du service d’authentification\u202f?</p>${form}` +
      '<button type="submit" form="op.logoutForm" value="yes" name="logout">Me déconnecter</button>' +
      '<button class="quiet" type="submit" form="op.logoutForm">Rester connecté</button>',
  });
}

function postLogoutSuccessSource(ctx: KoaContextWithOIDC): void {
  pageOn(ctx, {
    title: 'Vous êtes déconnecté',
    body: '<h1>Vous êtes déconnecté</h1><p>Votre session du service d’authentification est fermée.</p>',
  });
}
