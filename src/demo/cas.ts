import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { escapeHtml } from '../base/html';
import { isDemoApplication } from './local-address';
import {
  demoHandler,
  demoSignInForm,
  readDemoForm,
  sendDemoPage,
  sendDemoStyle,
} from './sign-in-page';

/** Somebody with an account at the server. */
export interface DemoCasAccount {
  readonly username: string;
  readonly password: string;
  readonly name: string;
  readonly mail: string;
}

/** What the server does wrong on purpose. Each stays until changed. */
export interface CasFaults {
  /** Connections are closed. */
  down(on: boolean): void;
  /** Takes the place of answers to `/p3/serviceValidate`. */
  answer(body: string | undefined): void;
}

export interface DemoCasOptions {
  readonly accounts: readonly DemoCasAccount[];
  readonly title?: string;
  /** Answers XML alone, as servers before CAS 5 do. */
  readonly xmlOnly?: boolean;
}

/** A CAS 3 server in this process: sign-in, service tickets, single logout. */
export interface DemoCas {
  readonly host: string;
  readonly port: number;
  /** `http://host:port/cas`. */
  readonly issuer: string;
  readonly faults: CasFaults;
  /** Paths asked for, oldest first. */
  readonly asked: readonly string[];
  /** Tells where the application hears of sign-outs, once it listens. */
  notify(address: string): void;
  close(): Promise<void>;
}

/** 3.1.1: a ticket is used at once or never. */
const TICKET_MS = 10_000;
const KEPT = 2_000;

/** Starts the server on a free loopback port. */
export async function startDemoCas(options: DemoCasOptions): Promise<DemoCas> {
  const demo = new DemoCasServer(options);
  await demo.listen();
  return demo;
}

interface Session {
  readonly account: DemoCasAccount;
  /** Tickets that it gave: what single logout tells of. */
  readonly tickets: string[];
}
interface Ticket {
  readonly account: DemoCasAccount;
  readonly service: string;
  readonly isFromForm: boolean;
  readonly level: string;
  readonly endsAtMs: number;
}

class DemoCasServer implements DemoCas {
  readonly host = '127.0.0.1';
  port = 0;
  readonly asked: string[] = [];
  private readonly accounts: ReadonlyMap<string, DemoCasAccount>;
  private readonly sessions = new Map<string, Session>();
  private readonly tickets = new Map<string, Ticket>();
  private readonly server = createServer(demoHandler((req, res) => this.handle(req, res)));
  private notice: string | undefined;
  private isDown = false;
  private changed: string | undefined;

  readonly faults: CasFaults = {
    down: (on) => {
      this.isDown = on;
    },
    answer: (body) => {
      this.changed = body;
    },
  };

  constructor(private readonly options: DemoCasOptions) {
    this.accounts = new Map(options.accounts.map((one) => [one.username, one]));
  }

  get issuer(): string {
    return `http://${this.host}:${this.port}/cas`;
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(0, this.host, resolve);
    });
    this.port = (this.server.address() as AddressInfo).port; // a TCP server that listens
  }

  notify(address: string): void {
    this.notice = address;
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }

  private async handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    if (this.isDown) {
      req.socket.destroy();
      return;
    }
    const url = new URL(req.url ?? '/', this.issuer);
    this.asked.push(url.pathname);
    if (this.asked.length > KEPT) this.asked.shift();
    switch (url.pathname) {
      case '/style.css':
        return sendDemoStyle(res);
      case '/cas/login':
        return this.login(req, res, url.searchParams);
      case '/cas/p3/serviceValidate':
        return this.validate(res, url.searchParams);
      case '/cas/logout':
        return this.logout(req, res, url.searchParams);
      default:
        return sendDemoPage(res, { ...UNKNOWN, status: 404 });
    }
  }

  private async login(req: IncomingMessage, res: ServerResponse, query: URLSearchParams) {
    const service = query.get('service') ?? '';
    if (!isDemoApplication(service)) return sendDemoPage(res, { ...UNKNOWN, status: 403 });
    const known = this.sessions.get(cookieOf(req));
    if (known && req.method !== 'POST' && query.get('renew') !== 'true') {
      return redirect(res, this.ticketFor(known, { service, isFromForm: false, level: 'simple' }));
    }
    const form = {
      title: this.options.title ?? 'CAS (démonstration)',
      action: `/cas/login?${query.toString()}`,
      withLevel: true,
    };
    if (req.method !== 'POST') return sendDemoPage(res, demoSignInForm(form));
    const { username = '', password = '', strong, cancel } = await readDemoForm(req);
    if (cancel !== undefined) return redirect(res, service);
    const account = this.accounts.get(username.trim().toLowerCase());
    if (account?.password !== password) {
      return sendDemoPage(res, demoSignInForm({ ...form, username, hasFailed: true }));
    }
    const session: Session = { account, tickets: [] };
    const id = `TGC-${randomBytes(24).toString('hex')}`;
    keep(this.sessions, id, session);
    res.setHeader('Set-Cookie', `${COOKIE}=${id}; Path=/cas; HttpOnly; SameSite=Lax`);
    const level = strong === undefined ? 'simple' : 'mfa-card';
    return redirect(res, this.ticketFor(session, { service, isFromForm: true, level }));
  }

  private ticketFor(
    { account, tickets }: Session,
    what: Pick<Ticket, 'service' | 'isFromForm' | 'level'>,
  ): string {
    const ticket = `ST-${randomBytes(20).toString('hex')}-demo`;
    keep(this.tickets, ticket, { ...what, account, endsAtMs: Date.now() + TICKET_MS });
    tickets.push(ticket);
    const back = new URL(what.service);
    back.searchParams.set('ticket', ticket);
    return back.href;
  }

  private validate(res: ServerResponse, query: URLSearchParams): void {
    const isJson = query.get('format') === 'JSON' && this.options.xmlOnly !== true;
    const type = isJson ? 'application/json' : 'application/xml';
    res.writeHead(200, { 'Content-Type': `${type}; charset=utf-8` });
    if (this.changed !== undefined) {
      res.end(this.changed);
      return;
    }
    const found = this.take(query);
    if (typeof found === 'string') res.end(isJson ? jsonFailure(found) : xmlFailure(found));
    else res.end(isJson ? jsonSuccess(found) : xmlSuccess(found));
  }

  /** A ticket is used once, whatever comes of it; else the code of the protocol (2.5.3). */
  private take(query: URLSearchParams): Ticket | string {
    const name = query.get('ticket') ?? '';
    const ticket = this.tickets.get(name);
    this.tickets.delete(name);
    if (!ticket || ticket.endsAtMs < Date.now()) return 'INVALID_TICKET';
    if (query.get('renew') === 'true' && !ticket.isFromForm) return 'INVALID_TICKET';
    return ticket.service === query.get('service') ? ticket : 'INVALID_SERVICE';
  }

  private async logout(req: IncomingMessage, res: ServerResponse, query: URLSearchParams) {
    const id = cookieOf(req);
    const session = this.sessions.get(id);
    this.sessions.delete(id);
    for (const ticket of session?.tickets ?? []) await this.tellEnd(ticket);
    res.setHeader('Set-Cookie', `${COOKIE}=; Path=/cas; Max-Age=0`);
    const service = query.get('service');
    if (service !== null && isDemoApplication(service)) return redirect(res, service);
    return sendDemoPage(res, {
      title: 'Vous êtes déconnecté',
      body: '<h1>Vous êtes déconnecté</h1><p>Votre session du service d’authentification est fermée.</p>',
    });
  }

  private async tellEnd(ticket: string): Promise<void> {
    if (this.notice === undefined) return;
    const { host, port, pathname } = new URL(this.notice);
    const body = new URLSearchParams({ logoutRequest: logoutRequest(ticket) }).toString();
    await new Promise<void>((resolve) => {
      // Names below `localhost` are this machine for browsers, not for every resolver.
      const asked = request({
        host: this.host,
        port,
        path: pathname,
        method: 'POST',
        timeout: 2_000,
        headers: { Host: host, 'Content-Type': 'application/x-www-form-urlencoded' },
      });
      asked.once('close', () => resolve());
      asked.once('timeout', () => asked.destroy());
      asked.once('error', () => resolve()); // an application that has been stopped
      asked.once('response', (answer) => answer.resume());
      asked.end(body);
    });
  }
}

const COOKIE = 'demo_cas';

const UNKNOWN = {
  title: 'Service inconnu',
  body: '<h1>Service inconnu</h1><p>Ce service ne peut pas être utilisé avec cette démonstration.</p>',
};

const cookieOf = ({ headers }: IncomingMessage): string =>
  /(?:^|;\s*)demo_cas=([\w-]+)/.exec(headers.cookie ?? '')?.[1] ?? '';

function redirect(res: ServerResponse, to: string): void {
  res.writeHead(303, { Location: to, 'Cache-Control': 'no-store' }).end();
}

/** A demo left running must not fill the memory. */
function keep<T>(map: Map<string, T>, key: string, value: T): void {
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > KEPT && oldest !== undefined) map.delete(oldest);
}

const jsonSuccess = ({ account, isFromForm, level }: Ticket): string =>
  JSON.stringify({
    serviceResponse: {
      authenticationSuccess: {
        user: account.username,
        attributes: {
          mail: [account.mail],
          displayName: [account.name],
          authnContextClass: [level],
          isFromNewLogin: [isFromForm],
        },
      },
    },
  });

const jsonFailure = (code: string): string =>
  JSON.stringify({ serviceResponse: { authenticationFailure: { code, description: code } } });

const inXml = (inner: string): string =>
  `<cas:serviceResponse xmlns:cas="http://www.yale.edu/tp/cas">${inner}</cas:serviceResponse>`;

const xmlSuccess = ({ account, level }: Ticket): string =>
  inXml(
    `<cas:authenticationSuccess><cas:user>${escapeHtml(account.username)}</cas:user>` +
      `<cas:attributes><cas:mail>${escapeHtml(account.mail)}</cas:mail>` +
      `<cas:displayName>${escapeHtml(account.name)}</cas:displayName>` +
      `<cas:authnContextClass>${level}</cas:authnContextClass></cas:attributes>` +
      '</cas:authenticationSuccess>',
  );

const xmlFailure = (code: string): string =>
  inXml(`<cas:authenticationFailure code="${code}">${code}</cas:authenticationFailure>`);

/** Appendix C of the protocol. */
const logoutRequest = (ticket: string): string =>
  '<samlp:LogoutRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ' +
  `ID="_${randomBytes(8).toString('hex')}" Version="2.0" IssueInstant="${new Date().toISOString()}">` +
  `<saml:NameID>@NOT_USED@</saml:NameID><samlp:SessionIndex>${ticket}</samlp:SessionIndex></samlp:LogoutRequest>`;
