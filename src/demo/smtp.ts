import type { AddressInfo, Socket } from 'node:net';
import {
  SMTPServer,
  type SMTPServerAuthentication,
  type SMTPServerDataStream,
  type SMTPServerOptions,
  type SMTPServerSession,
} from 'smtp-server';
import { isRightPassword, personOf } from './imap/masters';
import type { DemoMaster, TokenCheck } from './imap/types';
import { SmtpFaultState, type SmtpFaults } from './smtp/faults';

export type { SmtpFaults } from './smtp/faults';

/** One message accepted after DATA; `raw` is what the client sent, without our trace headers. */
export interface SmtpTransaction {
  readonly from: string;
  readonly to: readonly string[];
  readonly raw: Buffer;
  /** The login of the sender; undefined when none was needed. */
  readonly username: string | undefined;
}

export interface DemoSmtpUser {
  readonly username: string;
  readonly password: string;
  /** Addresses whose mail goes to this user's INBOX; logins too. */
  readonly addresses: readonly string[];
}

export interface DemoSmtpOptions {
  readonly users: readonly DemoSmtpUser[];
  /** Who may send for others, as `person*username`. */
  readonly masters?: readonly DemoMaster[];
  /** With it, XOAUTH2 is offered. */
  readonly whose?: TokenCheck;
  /** Puts a message, trace headers added, into a local user's INBOX. */
  deliver(username: string, raw: Buffer): unknown;
  readonly host?: string;
  readonly port?: number;
  /** Refused above (552); 30 MB unless told. */
  readonly maxBytes?: number;
  /** False: a relay that asks for no login. */
  readonly auth?: boolean;
}

/** A submission server in memory: local recipients are delivered, the rest is kept in `outside`. */
export interface DemoSmtp {
  readonly host: string;
  readonly port: number;
  readonly faults: SmtpFaults;
  /** Every message accepted, whatever its recipients, oldest first. */
  readonly transactions: readonly SmtpTransaction[];
  /** Messages with recipients that are not ours, `to` holding those only. */
  readonly outside: readonly SmtpTransaction[];
  close(): Promise<void>;
}

const DEFAULT_MAX_BYTES = 30 * 1024 * 1024;
const KEPT_TRANSACTIONS = 500; // a demo left running must not fill the memory

/** An error that smtp-server answers with its code. */
const refusal = (code: number, text: string): Error =>
  Object.assign(new Error(text), { responseCode: code });

/** Starts the server; resolves once it listens. */
export async function startDemoSmtp(options: DemoSmtpOptions): Promise<DemoSmtp> {
  const demo = new DemoSmtpServer(options);
  await demo.listen(options.port ?? 0, options.host ?? '127.0.0.1');
  return demo;
}

class DemoSmtpServer implements DemoSmtp {
  host = '';
  port = 0;
  readonly faults = new SmtpFaultState();
  readonly transactions: SmtpTransaction[] = [];
  readonly outside: SmtpTransaction[] = [];
  private readonly maxBytes: number;
  private readonly byAddress = new Map<string, DemoSmtpUser>();
  private readonly sockets = new Set<Socket>();
  private readonly server: SMTPServer;

  constructor(private readonly options: DemoSmtpOptions) {
    this.maxBytes = options.maxBytes ?? DEFAULT_MAX_BYTES;
    for (const user of options.users) {
      for (const address of [user.username, ...user.addresses]) {
        this.byAddress.set(address.toLowerCase(), user);
      }
    }
    this.server = this.build(options.auth ?? true);
    this.server.on('error', () => undefined); // a client that vanished is not our concern
    this.server.server.on('connection', (socket: Socket) => {
      socket.setNoDelay(true); // else every answer of two lines waits 40 ms
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
    });
  }

  listen(port: number, host: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.server.server.once('error', reject);
      this.server.listen(port, host, () => {
        this.host = host;
        this.port = (this.server.server.address() as AddressInfo).port;
        resolve();
      });
    });
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve());
    });
  }

  private build(auth: boolean): SMTPServer {
    return new SMTPServer({
      name: 'smtp.demo.example',
      banner: 'demonstration',
      size: this.maxBytes,
      allowInsecureAuth: true,
      authMethods: ['PLAIN', 'LOGIN', ...(this.options.whose ? ['XOAUTH2'] : [])],
      authOptional: !auth,
      disabledCommands: auth ? ['STARTTLS'] : ['STARTTLS', 'AUTH'],
      disableReverseLookup: true,
      closeTimeout: 500,
      logger: false,
      onConnect: (session, callback) =>
        this.faults.at('connect', () => this.connect(session, callback)),
      onAuth: (login, _session, callback) =>
        this.faults.at('auth', () => void this.answerLogin(login, callback)),
      onMailFrom: (_address, _session, callback) =>
        this.faults.at('mail', () => callback(this.faults.isTemporary ? temporary() : null)),
      onRcptTo: ({ address }, _session, callback) =>
        this.faults.at('rcpt', () => {
          const code = this.faults.codeFor(address);
          callback(code === undefined ? null : refusal(code, `<${address}> refused`));
        }),
      onData: (stream, session, callback) => this.receive(stream, session, callback),
    });
  }

  private async answerLogin(
    login: SMTPServerAuthentication,
    callback: Parameters<NonNullable<SMTPServerOptions['onAuth']>>[2],
  ): Promise<void> {
    const user = await this.userOf(login);
    if (user) callback(null, { user: user.username });
    else callback(refusal(535, 'wrong login'));
  }

  private async userOf({
    username = '',
    password,
    accessToken,
  }: SMTPServerAuthentication): Promise<DemoSmtpUser | undefined> {
    const user = this.byAddress.get(personOf(username));
    if (accessToken !== undefined) {
      const owner = await this.options.whose?.(accessToken);
      return user?.username === owner ? user : undefined;
    }
    const { masters = [] } = this.options;
    const isRight = isRightPassword({ login: username, password }, user?.password, masters);
    return isRight ? user : undefined;
  }

  private connect(session: SMTPServerSession, callback: (error?: Error | null) => void): void {
    if (!this.faults.isDown) callback();
    else this.socketOf(session)?.resetAndDestroy();
  }

  private receive(
    stream: SMTPServerDataStream,
    session: SMTPServerSession,
    callback: (error?: Error | null, message?: string) => void,
  ): void {
    const chunks: Buffer[] = [];
    let bytes = 0;
    stream.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= this.maxBytes) chunks.push(chunk);
    });
    stream.once('end', () =>
      this.faults.at('data', () => {
        if (bytes > this.maxBytes || stream.sizeExceeded) {
          callback(refusal(552, 'message too large'));
          return;
        }
        const code = this.faults.dataCode;
        if (code !== undefined) {
          callback(refusal(code, 'message refused'));
          return;
        }
        this.accept(Buffer.concat(chunks), session);
        if (this.faults.takeDrop()) this.socketOf(session)?.resetAndDestroy();
        else callback(null, 'accepted');
      }),
    );
  }

  private accept(raw: Buffer, session: SMTPServerSession): void {
    const { mailFrom, rcptTo } = session.envelope;
    const from = mailFrom ? mailFrom.address : '';
    const to = rcptTo.map(({ address }) => address);
    const username = typeof session.user === 'string' ? session.user : undefined;
    const base = { from, raw, username };
    keep(this.transactions, { ...base, to });
    const local = new Set(to.flatMap((address) => this.byAddress.get(address.toLowerCase()) ?? []));
    const traced = Buffer.concat([Buffer.from(trace(from, session)), raw]);
    for (const user of local) this.options.deliver(user.username, traced);
    const others = to.filter((address) => !this.byAddress.has(address.toLowerCase()));
    if (others.length > 0) keep(this.outside, { ...base, to: others });
  }

  private socketOf(session: SMTPServerSession): Socket | undefined {
    return [...this.sockets].find((socket) => socket.remotePort === session.remotePort);
  }
}

const temporary = (): Error => refusal(451, 'try again later');

function keep(list: SmtpTransaction[], transaction: SmtpTransaction): void {
  list.push(transaction);
  if (list.length > KEPT_TRANSACTIONS) list.shift();
}

/** Trace headers of a final delivery (RFC 5321 4.4). */
function trace(from: string, session: SMTPServerSession): string {
  const date = new Date().toUTCString().replace('GMT', '+0000');
  // EHLO text is the client's own: only what a host name may hold goes into a header.
  const helo = session.hostNameAppearsAs.toString().replace(/[^\w.:[\]-]/g, '') || 'unknown';
  return (
    `Return-Path: <${from}>\r\nReceived: from ${helo} ([${session.remoteAddress}])\r\n` +
    `\tby smtp.demo.example with ESMTPA id ${session.id};\r\n\t${date}\r\n`
  );
}
