import { createPluginTest, type PluginTest, type TestSignIn } from 'estafette/plugin/testing';
import {
  type CryptoKey,
  exportJWK,
  exportSPKI,
  generateKeyPair,
  type JWTPayload,
  SignJWT,
} from 'jose';
import plugin from '../plugin';

export const ISSUER = 'https://idp.example';
export const CLIENT = 'estafette';
export const SUBJECT = 'f3a9c2';

interface Answer {
  readonly status?: number;
  readonly type?: string;
  readonly body: string;
}

/** A provider that says what a test wants, so that each of its lies is one line of the test. */
export interface FakeIdp {
  /** Takes the place of the right claims of the next ID token. */
  claims: JWTPayload;
  /** Makes the ID token; signs it as it should unless told. */
  idToken: (claims: JWTPayload) => Promise<string>;
  /** Answers userinfo; the right one unless told. */
  userinfo: () => Promise<Answer> | Answer;
  /** More of the token answer. */
  tokens: Readonly<Record<string, unknown>>;
  /** More of the discovery document. */
  metadata: Readonly<Record<string, unknown>>;
  /** Answers nothing but 503. */
  isDown: boolean;
  /** Requests by path. */
  readonly asked: Map<string, number>;
  /** Forms sent to the token endpoint. */
  readonly exchanged: URLSearchParams[];
  /** How many redirects each request follows. */
  readonly redirects: unknown[];
  /** Published keys. */
  keys: readonly Key[];
  sign(claims: JWTPayload, header?: Readonly<Record<string, unknown>>, key?: Key): Promise<string>;
  newKey(kid: string): Promise<Key>;
  /** The public key as text: what an HS256 forger has. */
  publicText(): Promise<string>;
}

export interface Key {
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
}

export interface Stand {
  readonly idp: FakeIdp;
  readonly test: PluginTest;
  readonly way: TestSignIn;
  /** Begins, and comes back with a code; what the plugin makes of it. */
  signIn(
    query?: Readonly<Record<string, string>>,
    purpose?: 'sign-in' | 'confirm',
  ): ReturnType<TestSignIn['finish']>;
}

export const nowS = (): number => Math.floor(Date.now() / 1_000);

/** The right claims; the nonce is the one that was asked with. */
const rightClaims = (nonce: string): JWTPayload => ({
  iss: ISSUER,
  aud: CLIENT,
  sub: SUBJECT,
  nonce,
  iat: nowS(),
  exp: nowS() + 300,
  auth_time: nowS(),
  sid: 'session-1',
  acr: 'eidas1',
});

async function newKey(kid: string): Promise<Key> {
  return { kid, ...(await generateKeyPair('RS256', { extractable: true })) };
}

/** Of each stand of a file: to make one takes longer than most tests. */
let firstKey: Promise<Key> | undefined;

/** A plugin with one provider, `more` being said of it. */
export async function standWith(more: object = {}): Promise<Stand> {
  firstKey ??= newKey('first');
  const first = await firstKey;
  let nonce = '';
  const idp: FakeIdp = {
    claims: {},
    idToken: (claims) => idp.sign(claims),
    userinfo: () => ({ body: JSON.stringify({ sub: SUBJECT, uid: 'odile.tramontane' }) }),
    tokens: {},
    metadata: {},
    isDown: false,
    asked: new Map(),
    exchanged: [],
    redirects: [],
    keys: [first],
    newKey,
    sign: (claims, header = {}, key = idp.keys[0] ?? first) =>
      new SignJWT(claims)
        .setProtectedHeader({ alg: 'RS256', kid: key.kid, ...header })
        .sign(key.privateKey),
    publicText: () => exportSPKI((idp.keys[0] ?? first).publicKey),
  };
  const answers: Readonly<Record<string, (body: string) => Promise<Answer> | Answer>> = {
    '/.well-known/openid-configuration': () => ({ body: JSON.stringify(discovery(idp)) }),
    '/jwks': async () => ({
      body: JSON.stringify({
        keys: await Promise.all(
          idp.keys.map(async ({ kid, publicKey }) => ({
            ...(await exportJWK(publicKey)),
            kid,
            use: 'sig',
            alg: 'RS256',
          })),
        ),
      }),
    }),
    '/token': async (body) => {
      idp.exchanged.push(new URLSearchParams(body));
      const id_token = await idp.idToken({ ...rightClaims(nonce), ...idp.claims });
      const answer = { access_token: 'access', token_type: 'bearer', expires_in: 600, id_token };
      return { body: JSON.stringify({ ...answer, ...idp.tokens }) };
    },
    '/userinfo': () => idp.userinfo(),
  };
  const test = await createPluginTest({
    plugin,
    origins: [ISSUER],
    secrets: { 'idp.clientSecret': 'a client secret' },
    config: {
      providers: [
        {
          id: 'idp',
          kind: 'oidc',
          issuer: ISSUER,
          clientId: CLIENT,
          claims: { login: 'uid' },
          ...more,
        },
      ],
    },
    async http(url, options) {
      const { pathname } = new URL(url);
      const { body = '' } = options;
      idp.redirects.push(Reflect.get(options, 'maxRedirects'));
      idp.asked.set(pathname, (idp.asked.get(pathname) ?? 0) + 1);
      if (idp.isDown) return { status: 503, contentType: 'text/plain', body: Buffer.from('') };
      const answer = await answers[pathname]?.(String(body));
      if (!answer) return { status: 404, contentType: 'text/plain', body: Buffer.from('') };
      const { status = 200, type = 'application/json' } = answer;
      return { status, contentType: type, body: Buffer.from(answer.body) };
    },
  });
  // Tokens are signed by the clock of this machine.
  test.clock.advance(Date.now() - test.clock.now());
  const way = test.signIn('idp');
  return {
    idp,
    test,
    way,
    async signIn(query = {}, purpose = 'sign-in') {
      const started = await way.begin(purpose);
      if (!('redirect' in started)) return started;
      nonce = started.keep['nonce'] ?? '';
      const state = started.keep['state'] ?? '';
      const back = { code: 'a code', state, ...query };
      return way.finish({ keep: started.keep, query: back, purpose });
    },
  };
}

const discovery = (idp: FakeIdp) => ({
  issuer: ISSUER,
  authorization_endpoint: `${ISSUER}/authorize`,
  token_endpoint: `${ISSUER}/token`,
  userinfo_endpoint: `${ISSUER}/userinfo`,
  jwks_uri: `${ISSUER}/jwks`,
  end_session_endpoint: `${ISSUER}/logout`,
  response_types_supported: ['code'],
  subject_types_supported: ['public'],
  id_token_signing_alg_values_supported: ['RS256', 'HS256', 'none'],
  ...idp.metadata,
});
