import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { JWK, Provider } from 'oidc-provider';
import { isDemoApplication } from './local-address';
import { memoryAdapter } from './oidc/adapter';
import {
  DEMO_LEVELS,
  type DemoOidcAccount,
  type DemoOidcClient,
  demoConfiguration,
} from './oidc/configuration';
import {
  demoHandler,
  demoSignInForm,
  readDemoForm,
  sendDemoPage,
  sendDemoStyle,
} from './sign-in-page';

export type { DemoOidcAccount } from './oidc/configuration';

/** What the provider does wrong on purpose. Each stays until changed. */
export interface OidcFaults {
  /** Connections are closed. */
  down(on: boolean): void;
  /** Requests are read and never answered. */
  silent(on: boolean): void;
  /** Takes the place of answers: `undefined` leaves one as it is. */
  answer(
    change:
      | ((
          path: string,
        ) => { readonly status?: number; readonly type: string; readonly body: string } | undefined)
      | undefined,
  ): void;
}

export interface DemoOidcOptions {
  readonly accounts: readonly DemoOidcAccount[];
  readonly title?: string;
  readonly clientId?: string;
  readonly clientSecret?: string;
  /** Userinfo as a signed token. */
  readonly userinfoAlg?: 'RS256';
  readonly accessTokenS?: number;
}

/** An OpenID Connect provider in this process, as a ministry has one. */
export interface DemoOidc {
  readonly host: string;
  readonly port: number;
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly faults: OidcFaults;
  /** Paths asked for, oldest first. */
  readonly asked: readonly string[];
  /** The subject of an account: a word that says nothing of the person. */
  subjectOf(username: string): string;
  /** Where a mail server asks whose token it was shown (RFC 7662), with the client's name and secret. */
  readonly introspectionUrl: string;
  /** Whose access token this is, while it is good. */
  whose(accessToken: string): Promise<string | undefined>;
  /** Tells where the application hears of sign-outs, once it listens. */
  notify(address: string): void;
  /** Signs with new keys; the old ones are no longer published. */
  rotateKeys(): void;
  close(): Promise<void>;
}

const KEPT = 1_000;

/** Starts the provider on a free loopback port. */
export async function startDemoOidc(options: DemoOidcOptions): Promise<DemoOidc> {
  const demo = new DemoOidcServer(options);
  await demo.listen();
  return demo;
}

const subjectOf = (username: string): string =>
  createHash('sha256').update(`demo ${username}`).digest('hex').slice(0, 32);

function newKey(): JWK {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  return {
    ...privateKey.export({ format: 'jwk' }),
    kid: randomBytes(8).toString('hex'),
    use: 'sig',
    alg: 'RS256',
  } as JWK;
}

class DemoOidcServer implements DemoOidc {
  readonly host = '127.0.0.1';
  port = 0;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly asked: string[] = [];
  private readonly accounts: ReadonlyMap<string, DemoOidcAccount>;
  private readonly adapter = memoryAdapter();
  private readonly cookieKey = randomBytes(16).toString('hex');
  private readonly server: Server = createServer(demoHandler((req, res) => this.handle(req, res)));
  private provider: Promise<Provider> | undefined;
  private key: JWK | undefined;
  private backchannel = '';
  private isDown = false;
  private isSilent = false;
  private change: Parameters<OidcFaults['answer']>[0];

  readonly faults: OidcFaults = {
    down: (on) => {
      this.isDown = on;
      if (on) this.server.closeAllConnections();
    },
    silent: (on) => {
      this.isSilent = on;
    },
    answer: (change) => {
      this.change = change;
    },
  };

  constructor(private readonly options: DemoOidcOptions) {
    this.clientId = options.clientId ?? 'estafette-demo';
    this.clientSecret = options.clientSecret ?? 'secret-de-demonstration';
    this.accounts = new Map(options.accounts.map((one) => [subjectOf(one.username), one]));
  }

  get issuer(): string {
    return `http://${this.host}:${this.port}`;
  }

  get introspectionUrl(): string {
    return `http://${this.clientId}:${this.clientSecret}@${this.host}:${this.port}/introspect`;
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(0, this.host, resolve);
    });
    this.port = (this.server.address() as AddressInfo).port; // a TCP server that listens
    this.backchannel = `${this.issuer}/nowhere`;
  }

  subjectOf(username: string): string {
    return subjectOf(username);
  }

  async whose(accessToken: string): Promise<string | undefined> {
    const { AccessToken } = await this.ready();
    const token = await AccessToken.find(accessToken);
    if (!token || token.isExpired) return undefined;
    return this.accounts.get(token.accountId)?.username;
  }

  notify(address: string): void {
    this.backchannel = address;
    this.provider = undefined;
  }

  rotateKeys(): void {
    this.key = newKey();
    this.provider = undefined;
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }

  /** Made when it is first asked for, with its key: loading the library takes most of a second. */
  private ready(): Promise<Provider> {
    this.provider ??= this.build();
    return this.provider;
  }

  private async build(): Promise<Provider> {
    const { Provider: Made } = await quietly(() => import('oidc-provider'));
    const { userinfoAlg, accessTokenS } = this.options;
    this.key ??= newKey();
    const client: DemoOidcClient = {
      id: this.clientId,
      secret: this.clientSecret,
      backchannel: this.backchannel,
      userinfoAlg,
      accessTokenS,
    };
    const provider = new Made(
      this.issuer,
      demoConfiguration({
        accounts: this.accounts,
        client,
        jwks: { keys: [this.key] },
        adapter: this.adapter,
        cookieKey: this.cookieKey,
      }),
    );
    const { prototype } = provider.Client;
    prototype.redirectUriAllowed = isDemoApplication;
    prototype.postLogoutRedirectUriAllowed = isDemoApplication;
    return provider;
  }

  private async handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const { pathname } = new URL(req.url ?? '/', this.issuer);
    this.asked.push(pathname);
    if (this.asked.length > KEPT) this.asked.shift();
    if (this.isDown) req.socket.destroy();
    if (this.isDown || this.isSilent) return;
    const changed = this.change?.(pathname);
    if (changed) {
      res.writeHead(changed.status ?? 200, { 'Content-Type': changed.type }).end(changed.body);
      return;
    }
    try {
      if (pathname === '/style.css') sendDemoStyle(res);
      else if (pathname === '/introspect') await this.introspect(req, res);
      else if (pathname.startsWith('/interaction/')) await this.interact(req, res);
      else await (await this.ready()).callback()(req, res);
    } catch {
      // An address that was left open in a tab, for a request that is over.
      if (!res.headersSent) sendDemoPage(res, EXPIRED);
      else res.end();
    }
  }

  /** The library's own answer names people by subject; mail servers know logins. */
  private async introspect(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const known = Buffer.from(`${this.clientId}:${this.clientSecret}`).toString('base64');
    if (req.headers.authorization !== `Basic ${known}`) {
      res.writeHead(401, { 'WWW-Authenticate': 'Basic' }).end();
      return;
    }
    const { token = '' } = await readDemoForm(req);
    const username = await this.whose(token);
    const body = username === undefined ? { active: false } : { active: true, username };
    res.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
  }

  private async interact(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const provider = await this.ready();
    const { uid } = await provider.interactionDetails(req, res);
    const form = {
      title: this.options.title ?? 'Cerbère (démonstration)',
      action: `/interaction/${uid}`,
      withLevel: true,
    };
    if (req.method !== 'POST') return sendDemoPage(res, demoSignInForm(form));
    const { username = '', password = '', strong, cancel } = await readDemoForm(req);
    const options = { mergeWithLastSubmission: false };
    if (cancel !== undefined) {
      const refused = { error: 'access_denied', error_description: 'cancelled' };
      return provider.interactionFinished(req, res, refused, options);
    }
    const sub = subjectOf(username.trim().toLowerCase());
    if (this.accounts.get(sub)?.password !== password) {
      return sendDemoPage(res, demoSignInForm({ ...form, username, hasFailed: true }));
    }
    const login = {
      accountId: sub,
      acr: strong === undefined ? DEMO_LEVELS.weak : DEMO_LEVELS.strong,
      amr: strong === undefined ? ['pwd'] : ['pwd', 'hwk', 'mfa'],
    };
    return provider.interactionFinished(req, res, { login }, options);
  }
}

const EXPIRED = {
  title: 'Demande expirée',
  status: 400,
  body: '<h1>Demande expirée</h1><p>Retournez à la page de connexion de la messagerie et recommencez.</p>',
};

/** The library says on the console what a demonstration need not tell. */
async function quietly<T>(load: () => Promise<T>): Promise<T> {
  const { warn, info } = console;
  Object.assign(console, { warn: () => undefined, info: () => undefined });
  try {
    return await load();
  } finally {
    Object.assign(console, { warn, info });
  }
}
