import { type AddressInfo, createServer, type Socket } from 'node:net';
import { FaultState, type ImapFaults } from './imap/faults';
import { isRightPassword, personOf } from './imap/masters';
import { Session, type SessionContext } from './imap/session';
import { Account, type Mailbox } from './imap/store';
import type {
  DemoImapOptions,
  DemoImapStats,
  DemoMaster,
  SeenMessage,
  TokenCheck,
} from './imap/types';

export type { ImapFaults } from './imap/faults';
export type {
  DemoImapOptions,
  DemoImapStats,
  DemoImapUser,
  DemoMailbox,
  DemoMaster,
  DemoMessage,
  SeenMessage,
  TokenCheck,
} from './imap/types';

/**
 * A small IMAP4rev1 server in memory, for the demo and for tests: several users, several
 * connections a user, faults on demand. Not a server for real mail: nothing is kept on disk.
 */
export interface DemoImap {
  readonly host: string;
  readonly port: number;
  readonly faults: ImapFaults;
  /** Puts a message into a mailbox (INBOX unless told), as if it had just arrived; its uid. */
  deliver(username: string, raw: Buffer | string, mailbox?: string): number;
  /** What a mailbox holds; throws for an unknown user or mailbox. */
  mailbox(username: string, path: string): SeenMessage[];
  /** Gives a mailbox a new UIDVALIDITY and new uids, as a restored backup would; its connections drop. */
  renewUidValidity(username: string, path: string): void;
  stats(): DemoImapStats;
  close(): Promise<void>;
}

const CAPABILITIES = [
  'IMAP4rev1',
  'LITERAL+',
  'SASL-IR',
  'AUTH=PLAIN',
  'ID',
  'ENABLE',
  'IDLE',
  'NAMESPACE',
  'CHILDREN',
  'UIDPLUS',
  'MOVE',
  'UNSELECT',
  'SPECIAL-USE',
  'LIST-EXTENDED',
  'LIST-STATUS',
  'STATUS=SIZE',
  'CONDSTORE',
  'QUOTA',
];
const REFUSED = '[AUTHENTICATIONFAILED] Authentication failed.';
const RECENT_COMMANDS = 1000;
const FIRST_UID_VALIDITY = 1_700_000_000;
const MAILBOXES_PER_USER = 100_000; // room between the UIDVALIDITY values of two users

/** Starts the server; resolves once it listens. */
export async function startDemoImap(options: DemoImapOptions): Promise<DemoImap> {
  const demo = new DemoImapServer(options);
  await demo.listen(options.port ?? 0, options.host ?? '127.0.0.1');
  return demo;
}

class DemoImapServer implements DemoImap {
  host = '';
  port = 0;
  readonly faults: FaultState;
  private readonly logins = new Map<string, Account>();
  private readonly sessions = new Set<Session>();
  private readonly sockets = new Set<Socket>();
  private readonly recent: string[] = [];
  private commands = 0;
  private accepted = 0;
  private readonly limit: number;
  private readonly masters: readonly DemoMaster[];
  private readonly whose: TokenCheck | undefined;
  private readonly context: SessionContext;
  private readonly server = createServer((socket) => this.accept(socket));

  constructor({ users, hide = [], maxConnectionsPerUser, masters = [], whose }: DemoImapOptions) {
    this.masters = masters;
    this.whose = whose;
    const hidden = new Set(hide.map((name) => name.toUpperCase()));
    this.limit = maxConnectionsPerUser ?? Number.POSITIVE_INFINITY;
    for (const [index, user] of users.entries()) {
      const account = new Account(user, FIRST_UID_VALIDITY + index * MAILBOXES_PER_USER);
      for (const login of [user.username, ...(user.aliases ?? [])]) {
        this.logins.set(login.toLowerCase(), account);
      }
    }
    this.faults = new FaultState((bye) => this.dropAll(bye));
    this.context = {
      faults: this.faults,
      capabilities: new Set(
        [...CAPABILITIES, ...(whose ? ['AUTH=XOAUTH2'] : [])].filter(
          (name) => !hidden.has(name.toUpperCase()),
        ),
      ),
      signIn: (username, password, session) => this.signIn(username, password, session),
      signInByToken: (username, token, session) => this.signInByToken(username, token, session),
      count: (command) => this.count(command),
      dropAll: () => this.dropAll(undefined),
    };
  }

  listen(port: number, host: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, host, () => {
        const address = this.server.address() as AddressInfo;
        this.host = host;
        this.port = address.port;
        resolve();
      });
    });
  }

  deliver(username: string, raw: Buffer | string, mailbox = 'INBOX'): number {
    return this.find(username, mailbox).add({ raw }).uid;
  }

  mailbox(username: string, path: string): SeenMessage[] {
    return this.find(username, path).messages.map(({ uid, flags, internalDate, raw }) => ({
      uid,
      flags: [...flags],
      internalDate,
      raw,
    }));
  }

  renewUidValidity(username: string, path: string): void {
    const account = this.account(username);
    const old = this.find(username, path);
    const renewed = account.create(old.path, old.specialUse);
    renewed.subscribed = old.subscribed;
    // The first uids are not given again, so that an old uid never names another message by luck.
    renewed.uidNext = old.uidNext;
    for (const { raw, flags, internalDate } of old.messages) {
      renewed.add({ raw, flags: [...flags], internalDate });
    }
    for (const session of this.sessions) if (session.selected?.mailbox === old) session.destroy();
  }

  stats(): DemoImapStats {
    return {
      connections: this.sockets.size,
      accepted: this.accepted,
      commands: this.commands,
      recent: [...this.recent],
    };
  }

  async close(): Promise<void> {
    this.dropAll(undefined);
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve());
    });
  }

  private accept(socket: Socket): void {
    this.accepted++;
    if (this.faults.isDown) {
      socket.resetAndDestroy();
      return;
    }
    this.sockets.add(socket);
    const session = new Session(socket, this.context);
    this.sessions.add(session);
    socket.once('close', () => {
      this.sockets.delete(socket);
      this.sessions.delete(session);
    });
  }

  private signIn(username: string, password: string, session: Session): Account | string {
    const account = this.logins.get(personOf(username));
    const isRight = isRightPassword({ login: username, password }, account?.password, this.masters);
    return account && isRight ? this.admit(account, session) : REFUSED;
  }

  private async signInByToken(
    username: string,
    token: string,
    session: Session,
  ): Promise<Account | string> {
    const owner = await this.whose?.(token);
    const account = this.logins.get(username.toLowerCase());
    // The token says whose mail it opens, whatever name comes with it.
    const isTheirs = owner !== undefined && this.logins.get(owner) === account;
    return account && isTheirs ? this.admit(account, session) : REFUSED;
  }

  private admit(account: Account, session: Session): Account | string {
    const others = [...this.sessions].filter((one) => one !== session && one.account === account);
    return others.length < this.limit ? account : '[LIMIT] too many connections';
  }

  private count(command: string): void {
    this.commands++;
    this.recent.push(command);
    if (this.recent.length > RECENT_COMMANDS) this.recent.shift();
  }

  private dropAll(bye: string | undefined): void {
    if (bye !== undefined) for (const session of this.sessions) session.bye(bye);
    else for (const socket of this.sockets) socket.destroySoon();
  }

  private account(username: string): Account {
    const account = this.logins.get(username.toLowerCase());
    if (!account) throw new Error(`no demo user ${username}`);
    return account;
  }

  private find(username: string, path: string): Mailbox {
    const mailbox = this.account(username).get(path);
    if (!mailbox) throw new Error(`no mailbox ${path} for ${username}`);
    return mailbox;
  }
}
