import type { AddressInfo, Socket } from 'node:net';
import ldap from 'ldapjs';
import { type DirectoryEntry, type IndexedEntry, indexEntry, normalizeDn } from './ldap/match';
import { changed, type ModifyRequest } from './ldap/modify';
import { answerSearch, type SearchRequest, type SearchResponse } from './ldap/search';

export type { DirectoryEntry } from './ldap/match';

/** What the directory does wrong on purpose. Each stays until changed; `clear` ends them all. */
export interface LdapFaults {
  /** Connections are closed and new ones reset. */
  down(on: boolean): void;
  /** Requests are read and never answered. */
  silent(on: boolean): void;
  /** Waits before each answer. */
  slow(ms: number): void;
  clear(): void;
}

export interface DemoLdapOptions {
  readonly entries: readonly DirectoryEntry[];
  /** DN → password of whoever may bind; names are compared without case. */
  readonly passwords: ReadonlyMap<string, string>;
  /** Naming contexts, `dc=saisons,dc=example`. */
  readonly suffixes: readonly string[];
  readonly host?: string;
  readonly port?: number;
}

/**
 * An LDAP directory in memory; searching needs a bind, as in a ministry, and people may change a
 * little of their own entry, until the server ends.
 */
export interface DemoLdap {
  readonly host: string;
  readonly port: number;
  readonly url: string;
  readonly faults: LdapFaults;
  stats(): { readonly binds: number; readonly searches: number; readonly connections: number };
  close(): Promise<void>;
}

/** Starts the server; resolves once it listens. */
export async function startDemoLdap(options: DemoLdapOptions): Promise<DemoLdap> {
  const demo = new DemoLdapServer(options);
  await demo.listen(options.port ?? 0, options.host ?? '127.0.0.1');
  return demo;
}

/** The parts of a bind request and of any answer that the published types leave out. */
interface BindRequest {
  readonly dn: { toString(): string };
  readonly credentials: string;
}
interface Response {
  end(): void;
}
type Next = (error?: unknown) => void;

class DemoLdapServer implements DemoLdap {
  host = '';
  port = 0;
  private readonly server = ldap.createServer();
  private readonly entries: IndexedEntry[];
  private readonly passwords: ReadonlyMap<string, string>;
  private readonly sockets = new Set<Socket>();
  private isDown = false;
  private isSilent = false;
  private delayMs = 0;
  private binds = 0;
  private searches = 0;

  readonly faults: LdapFaults = {
    down: (on) => {
      this.isDown = on;
      if (on) for (const socket of this.sockets) socket.destroy();
    },
    silent: (on) => {
      this.isSilent = on;
    },
    slow: (ms) => {
      this.delayMs = ms;
    },
    clear: () => {
      this.isDown = this.isSilent = false;
      this.delayMs = 0;
    },
  };

  constructor({ entries, passwords, suffixes }: DemoLdapOptions) {
    this.entries = entries.map(indexEntry);
    this.passwords = new Map([...passwords].map(([dn, secret]) => [normalizeDn(dn), secret]));
    this.server.on('error', () => undefined); // a client that vanished or talks nonsense
    for (const suffix of suffixes) {
      this.server.bind(suffix, (request: BindRequest, response: Response, next: Next) =>
        this.soon(() => this.bind(request, response, next)),
      );
      this.server.search(suffix, (request: SearchRequest, response: SearchResponse, next: Next) =>
        this.soon(() => this.search(request, response, next)),
      );
      this.server.modify(suffix, (request: ModifyRequest, response: Response, next: Next) =>
        this.soon(() => this.modify(request, response, next)),
      );
    }
  }

  get url(): string {
    return `ldap://${this.host}:${this.port}`;
  }

  listen(port: number, host: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, host, () => {
        const listener = netServer(this.server);
        listener.on('connection', (socket: Socket) => this.accept(socket));
        this.host = host;
        this.port = (listener.address() as AddressInfo).port;
        resolve();
      });
    });
  }

  stats(): { binds: number; searches: number; connections: number } {
    return { binds: this.binds, searches: this.searches, connections: this.sockets.size };
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise<void>((resolve) => {
      netServer(this.server).close(() => resolve());
    });
  }

  private accept(socket: Socket): void {
    if (this.isDown) {
      socket.resetAndDestroy();
      return;
    }
    socket.setNoDelay(true); // each entry is a write of its own
    this.sockets.add(socket);
    socket.once('close', () => this.sockets.delete(socket));
  }

  private soon(answer: () => void): void {
    if (this.isSilent) return;
    if (this.delayMs > 0) setTimeout(answer, this.delayMs);
    else answer();
  }

  private bind(request: BindRequest, response: Response, next: Next): void {
    this.binds++;
    const expected = this.passwords.get(normalizeDn(request.dn.toString()));
    // An empty password is an anonymous bind that must never pass for a login (RFC 4513 5.1.2).
    if (expected === undefined || request.credentials === '' || request.credentials !== expected) {
      next(new ldap.InvalidCredentialsError());
      return;
    }
    response.end();
    next();
  }

  private modify(request: ModifyRequest, response: Response, next: Next): void {
    const at = this.entries.findIndex(({ dn }) => dn === normalizeDn(request.dn.toString()));
    const known = this.entries[at];
    try {
      if (!known) throw new ldap.NoSuchObjectError(request.dn.toString());
      this.entries[at] = changed(known, request);
    } catch (error) {
      next(error);
      return;
    }
    response.end();
    next();
  }

  private search(request: SearchRequest, response: SearchResponse, next: Next): void {
    this.searches++;
    const bound = normalizeDn(request.connection.ldap.bindDN.toString());
    if (!this.passwords.has(bound)) {
      next(new ldap.InsufficientAccessRightsError());
      return;
    }
    answerSearch(this.entries, request, response, next);
  }
}

interface NetServer {
  on(event: 'connection', listener: (socket: Socket) => void): void;
  address(): unknown;
  close(done: () => void): void;
}

/** The net.Server inside an ldapjs server; the published types do not show it. */
function netServer(server: ldap.Server): NetServer {
  return (server as unknown as { readonly server: NetServer }).server;
}
