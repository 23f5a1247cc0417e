import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePorts } from '../../base/ports';
import type { DemoImapUser } from '../imap/types';
import { createCertificate } from './certificate';
import { dovecotConfig, oauth2Config, type PasswordlessAccess } from './dovecot-config';
import { generateMessages } from './generate';
import { createMaildir, deliverToMaildir, MaildirWriter, type Owner } from './maildir';
import { findBinary, inNewDirectory, runCommand, startPrivateServer } from './process';

export interface DovecotOptions {
  readonly users: readonly DemoImapUser[];
  readonly quotaMegabytes?: number;
  /** 200 unless told. */
  readonly maxConnectionsPerUser?: number;
  readonly withoutPassword?: PasswordlessAccess;
  /** Takes messages too, and hands them on to the server at this port of the machine. */
  readonly submissionTo?: number;
  /** Keeps filters too. */
  readonly sieve?: boolean;
  /** Announced to who signed in, in place of all that it can: `IMAP4rev1 UIDPLUS`. */
  readonly capabilities?: string;
}

/** A Dovecot of our own: plain and TLS listeners on loopback, mail in a temporary directory. */
export interface PrivateDovecot {
  readonly host: string;
  readonly port: number;
  readonly tlsPort: number;
  /** Where messages are taken; 0 when they are not. */
  readonly submissionPort: number;
  /** Where filters are kept; 0 when they are not. */
  readonly sievePort: number;
  /** PEM of the authority that signed the certificate of `tlsPort` (and of STARTTLS on `port`). */
  readonly caFile: string;
  readonly directory: string;
  readonly pid: number;
  readonly logFile: string;
  /** Puts a message into a mailbox (INBOX unless told); connections in IDLE hear of it. */
  deliver(username: string, raw: Buffer | string, mailbox?: string): void;
  /**
   * Fills an empty mailbox with `count` varied messages over several years and indexes it.
   * Throws when the mailbox has been opened or filled before.
   */
  generateMailbox(username: string, count: number, mailbox?: string): Promise<void>;
  /** Runs doveadm against this server and returns what it prints. */
  doveadm(...args: string[]): Promise<string>;
  close(): Promise<void>;
}

const NOBODY = 65_534; // the unprivileged user of Debian: Dovecot refuses to serve mail as root
const FIRST_UID_VALIDITY = 1_700_000_000;
const DEFAULT_QUOTA_MEGABYTES = 5 * 1024;
const DEFAULT_MAX_CONNECTIONS = 200;

/** Starts it; rejects with Dovecot's own words when it does not start or is not installed. */
export const startDovecot = (options: DovecotOptions): Promise<PrivateDovecot> =>
  inNewDirectory('dovecot', (directory) => start(directory, options));

async function start(directory: string, options: DovecotOptions): Promise<PrivateDovecot> {
  const binary = await findBinary(
    ['/usr/sbin/dovecot', '/usr/local/sbin/dovecot'],
    'dovecot-imapd',
  );
  const doveadmBinary = await findBinary(
    ['/usr/bin/doveadm', '/usr/local/bin/doveadm'],
    'dovecot-core',
  );
  const certificate = await createCertificate(directory);
  const isRoot = process.getuid?.() === 0;
  const owner: Owner = isRoot
    ? { uid: NOBODY, gid: NOBODY }
    : { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  const store = new MailStore(join(directory, 'mail'), owner);
  await mkdir(join(directory, 'mail'), { mode: 0o755 });
  await Promise.all(['run', 'state'].map((name) => mkdir(join(directory, name))));
  store.seed(options.users);
  await writeFile(join(directory, 'users'), passwdFile(options.users), { mode: 0o644 });
  await writePasswordless(directory, options.withoutPassword ?? {});
  const [port = 0, tlsPort = 0, submissionPort = 0, sievePort = 0] = await freePorts(4);
  const { submissionTo, sieve = false } = options;
  const configFile = join(directory, 'dovecot.conf');
  const config = dovecotConfig({
    directory,
    port,
    tlsPort,
    certificate,
    owner,
    isRoot,
    ...(options.capabilities !== undefined && { capabilities: options.capabilities }),
    quotaMegabytes: options.quotaMegabytes ?? DEFAULT_QUOTA_MEGABYTES,
    mailboxes: options.users[0]?.mailboxes.filter(({ path }) => path !== 'INBOX') ?? [],
    maxConnectionsPerUser: options.maxConnectionsPerUser ?? DEFAULT_MAX_CONNECTIONS,
    ...(options.withoutPassword && { withoutPassword: options.withoutPassword }),
    ...(sieve && { sievePort }),
    ...(submissionTo !== undefined && {
      submission: { port: submissionPort, relayPort: submissionTo },
    }),
  });
  await writeFile(configFile, config);
  const logFile = join(directory, 'dovecot.log');
  const args = ['-F', '-c', configFile];
  const server = await startPrivateServer({ file: binary, args, port, directory, logFile });
  const doveadm = (...rest: string[]): Promise<string> =>
    runCommand(doveadmBinary, ['-c', configFile, ...rest]);
  return {
    host: '127.0.0.1',
    port,
    tlsPort,
    submissionPort: submissionTo === undefined ? 0 : submissionPort,
    sievePort: sieve ? sievePort : 0,
    caFile: certificate.caFile,
    directory,
    pid: server.pid,
    logFile,
    deliver: (username, raw, mailbox = 'INBOX') => store.deliver(username, raw, mailbox),
    generateMailbox: async (username, count, mailbox = 'INBOX') => {
      await store.generate(username, count, mailbox);
      await doveadm('index', '-u', username, mailbox);
    },
    doveadm,
    close: () => server.stop(),
  };
}

async function writePasswordless(
  directory: string,
  { introspectionUrl, master }: PasswordlessAccess,
): Promise<void> {
  if (introspectionUrl !== undefined) {
    await writeFile(join(directory, 'oauth2.conf'), oauth2Config(introspectionUrl), {
      mode: 0o644,
    });
  }
  if (master) {
    const line = `${master.user}:{PLAIN}${master.password}\n`;
    await writeFile(join(directory, 'masters'), line, { mode: 0o644 });
  }
}

/** One line a login; an alias leads to the mailboxes of its user. */
function passwdFile(users: readonly DemoImapUser[]): string {
  const line = (login: string, { username, password }: DemoImapUser): string =>
    `${login}:{PLAIN}${password}::::::user=${username}\n`;
  return users
    .flatMap((user) => [user.username, ...(user.aliases ?? [])].map((login) => line(login, user)))
    .join('');
}

/** The Maildirs, written behind Dovecot's back: far quicker than APPEND for many messages. */
class MailStore {
  private delivered = 0;
  private validity = FIRST_UID_VALIDITY;

  constructor(
    private readonly directory: string,
    private readonly owner: Owner,
  ) {}

  seed(users: readonly DemoImapUser[]): void {
    for (const { username, mailboxes } of users) {
      for (const path of new Set(['INBOX', ...mailboxes.map((mailbox) => mailbox.path)])) {
        const messages = mailboxes.find((mailbox) => mailbox.path === path)?.messages ?? [];
        const directory = createMaildir(this.rootOf(username), path, this.owner);
        if (messages.length === 0) continue;
        const writer = new MaildirWriter(directory, this.owner, this.validity++);
        for (const { raw, flags = [], internalDate = new Date() } of messages) {
          writer.add({ raw: toBuffer(raw), flags, internalDate });
        }
        writer.end();
      }
    }
  }

  deliver(username: string, raw: Buffer | string, path: string): void {
    const directory = createMaildir(this.rootOf(username), path, this.owner);
    const unique = `M${Date.now() % 1000}P${process.pid}Q${++this.delivered}`;
    deliverToMaildir(directory, toBuffer(raw), this.owner, unique);
  }

  async generate(username: string, count: number, path: string): Promise<void> {
    const directory = createMaildir(this.rootOf(username), path, this.owner);
    const writer = new MaildirWriter(directory, this.owner, this.validity++);
    await generateMessages(username, count, (message) => writer.add(message));
    writer.end();
  }

  private rootOf(username: string): string {
    if (!/^[\w.@-]+$/.test(username)) throw new Error('unexpected user name');
    return join(this.directory, username);
  }
}

const toBuffer = (raw: Buffer | string): Buffer =>
  typeof raw === 'string' ? Buffer.from(raw) : raw;
