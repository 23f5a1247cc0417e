import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type CryptoKey,
  exportJWK,
  exportSPKI,
  generateKeyPair,
  type JWTPayload,
  SignJWT,
} from 'jose';

export const LYING_CLIENT = 'estafette';
export const LYING_SUBJECT = 'f3a9c2';

interface Answer {
  readonly status?: number;
  readonly type?: string;
  readonly body: string;
}
type Answers = (query: URLSearchParams) => Promise<Answer> | Answer;

interface Key {
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
}

/** An OpenID Connect provider and CAS server on this machine that says whatever a test wants. */
export interface LyingProvider {
  readonly origin: string;
  /** Nonce of the sign-in under way. */
  nonce: string;
  /** Takes the place of the right claims. */
  claims: JWTPayload;
  /** Makes the ID token; signs it as it should unless told. */
  idToken: (claims: JWTPayload) => Promise<string>;
  /** By path, in place of the right answer. */
  readonly answers: Map<string, Answers>;
  /** Milliseconds that an answer waits, by path. */
  readonly delays: Map<string, number>;
  /** Whom the right userinfo and the right ticket name. */
  login: string;
  sign(claims: JWTPayload, header?: Readonly<Record<string, unknown>>): Promise<string>;
  /** Our public key as text: what an HS256 forger has. */
  publicText(): Promise<string>;
  /** As it was at first. */
  tellTheTruth(): void;
  close(): Promise<void>;
}

const nowS = (): number => Math.floor(Date.now() / 1_000);
const json = (body: unknown): Answer => ({ body: JSON.stringify(body) });

/** Of each one of a file: to make a key takes longer than most tests. */
let firstKey: ReturnType<typeof generateKeyPair> | undefined;

/** Starts one on a free loopback port. */
export async function lyingProvider(): Promise<LyingProvider> {
  firstKey ??= generateKeyPair('RS256', { extractable: true });
  const key: Key = { kid: 'first', ...(await firstKey) };
  const waiting = new Set<NodeJS.Timeout>();

  const sign: LyingProvider['sign'] = (claims, header = {}) =>
    new SignJWT(claims)
      .setProtectedHeader({ alg: 'RS256', kid: key.kid, ...header })
      .sign(key.privateKey);
  const server = createServer((req, res) => {
    const url = new URL(req.url ?? '/', 'http://localhost');
    void bodyOf(req).then(async () => {
      const right = rightAnswers()[url.pathname];
      const answer = await (provider.answers.get(url.pathname) ?? right)?.(url.searchParams);
      const send = () => {
        const { status = 200, type = 'application/json', body } = answer ?? NOT_FOUND;
        res.writeHead(status, { 'Content-Type': type }).end(body);
      };
      waiting.add(setTimeout(send, provider.delays.get(url.pathname) ?? 0));
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo; // a TCP server that listens
  const origin = `http://127.0.0.1:${port}`;

  const rightAnswers = (): Readonly<Record<string, Answers>> => ({
    '/.well-known/openid-configuration': () =>
      json({
        issuer: origin,
        authorization_endpoint: `${origin}/authorize`,
        token_endpoint: `${origin}/token`,
        userinfo_endpoint: `${origin}/userinfo`,
        jwks_uri: `${origin}/jwks`,
        response_types_supported: ['code'],
        subject_types_supported: ['public'],
        // More than what it signs with: what the library is told must be ours.
        id_token_signing_alg_values_supported: ['RS256', 'HS256', 'none'],
      }),
    '/jwks': async () =>
      json({ keys: [{ ...(await exportJWK(key.publicKey)), kid: key.kid, use: 'sig' }] }),
    '/token': async () => {
      const right = {
        iss: origin,
        aud: LYING_CLIENT,
        sub: LYING_SUBJECT,
        nonce: provider.nonce,
        iat: nowS(),
        exp: nowS() + 300,
        acr: 'eidas2',
        sid: 'session-1',
      };
      const id_token = await provider.idToken({ ...right, ...provider.claims });
      return json({ access_token: 'access', token_type: 'bearer', expires_in: 600, id_token });
    },
    '/userinfo': () => json({ sub: LYING_SUBJECT, uid: provider.login }),
    '/cas/p3/serviceValidate': () =>
      json({ serviceResponse: { authenticationSuccess: { user: provider.login } } }),
  });

  const provider: LyingProvider = {
    origin,
    nonce: '',
    claims: {},
    idToken: (claims) => sign(claims),
    answers: new Map(),
    delays: new Map(),
    login: '',
    sign,
    publicText: () => exportSPKI(key.publicKey),
    tellTheTruth() {
      provider.claims = {};
      provider.idToken = (claims) => sign(claims);
      provider.answers.clear();
      provider.delays.clear();
    },
    async close() {
      for (const timer of waiting) clearTimeout(timer);
      server.closeAllConnections();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
  return provider;
}

const NOT_FOUND: Answer = { status: 404, body: '' };

async function bodyOf(req: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of req) text += String(chunk);
  return text;
}
