import { readFileSync } from 'node:fs';
import { ImapFlow, type ImapFlowOptions } from 'imapflow';
import { withDeadline } from '../base/async';
import { AppError, isAppError } from '../base/errors';
import { gs2Name, type MailCredential } from '../base/sasl';
import type { Uid, UidValidity } from '../base/types';
import { noAnswer, toImapError } from './errors';
import { breakIdle, demandMechanism, installTap, rememberPath } from './raw';
import { spareLog } from './spare-log';
import type { ImapServerAddress, MailboxEvent, OpenMailbox, Told } from './types';

// What a server may send at once (threats 49): a SORT of four million uids fits a line, a slice
// of a body part (512 kB) or a header block fits a literal with room.
const MAX_LINE_BYTES = 48 * 1024 * 1024;
const MAX_LITERAL_BYTES = 16 * 1024 * 1024;
const MAX_RESPONSE_BYTES = 64 * 1024 * 1024;
// Longer than any of our own deadlines and than the polls of an idling connection.
const SOCKET_TIMEOUT_MS = 150_000;

/** Where a connection goes, and as whom. */
export interface ConnectionAccess {
  readonly server: ImapServerAddress;
  readonly credential: MailCredential;
}

spareLog();

/** One IMAP connection: born with its listeners, closed on every failure. */
export class Connection {
  readonly #client: ImapFlow;
  readonly #onEvent: (event: MailboxEvent) => void;
  readonly #isOfService: boolean;
  #selected: string | undefined;
  #told: Told = { uidNext: 0 };
  /** Mailbox it was last taken for: selected, or about to be. */
  purpose: string | undefined;
  lastUsedAt = 0;

  constructor(
    access: ConnectionAccess,
    hooks: {
      readonly onEvent: (event: MailboxEvent) => void;
      readonly onClose: (connection: Connection) => void;
    },
  ) {
    this.#onEvent = hooks.onEvent;
    this.#client = new ImapFlow(clientOptions(access));
    const { credential } = access;
    this.#isOfService = 'password' in credential && credential.ofService === true;
    installTap(this.#client);
    const mechanism = demandedMechanism(credential);
    if (mechanism) demandMechanism(this.#client, mechanism);
    // Without an error listener a lost socket ends the process.
    this.#client.on('error', () => this.close());
    this.#client.once('close', () => hooks.onClose(this));
    this.#listen();
  }

  get client(): ImapFlow {
    return this.#client;
  }
  get isUsable(): boolean {
    return this.#client.usable && !this.#client.isClosed;
  }
  /** Path selected now, as it was asked for. */
  get selected(): string | undefined {
    return this.#client.mailbox ? this.#selected : undefined;
  }
  get isIdling(): boolean {
    return this.#client.idling;
  }

  /** Connects and signs in within `ms`; a failure of any kind closes the socket. */
  async open(ms: number): Promise<void> {
    try {
      await withDeadline(this.#connect(), ms, () => timeout('CONNECT'));
    } catch (error) {
      this.close();
      throw error;
    }
  }

  async #connect(): Promise<void> {
    try {
      await this.#client.connect();
    } catch (error) {
      const failure = toImapError(error);
      if (!this.#isOfService || !isAppError(failure, 'imap/credentials')) throw failure;
      // Nothing that the person could type would help, and asking them again would not end.
      const details = { setting: 'mailAccess', reason: 'service-refused' };
      throw new AppError('session/mail-access', { cause: failure, details });
    }
  }

  /** Selects `path` unless it is. */
  async select(path: string): Promise<OpenMailbox> {
    if (this.selected !== path) {
      await breakIdle(this.#client);
      rememberPath(this.#client, path);
      this.#selected = undefined;
      const { uidNext } = await this.#client.mailboxOpen(path);
      this.#selected = path;
      this.#told = { uidNext: uidNext ?? 0 };
    }
    return this.#view(path);
  }

  #view(path: string): OpenMailbox {
    const mailbox = this.#client.mailbox;
    if (!mailbox) throw noAnswer('SELECT');
    const hasModseq = this.#client.enabled.has('CONDSTORE') && mailbox.noModseq !== true;
    return {
      client: this.#client,
      path,
      uidValidity: Number(mailbox.uidValidity) as UidValidity,
      told: this.#told,
      exists: mailbox.exists ?? 0,
      highestModseq: hasModseq ? mailbox.highestModseq : undefined,
      readOnly: mailbox.readOnly === true,
      permanentFlags: mailbox.permanentFlags ?? new Set(),
      capabilities: upperKeys(this.#client.capabilities),
    };
  }

  /** Starts IDLE on what is selected and returns; ends with the next command or the connection. */
  startIdle(): void {
    if (!this.isUsable || this.isIdling) return;
    // Resolves when IDLE ends; a failure has closed the connection, which is told by `close`.
    this.#client.idle().catch(() => this.close());
  }

  close(): void {
    this.#client.close();
  }

  /** LOGOUT, then close; for a stop that has time. */
  async logout(ms: number): Promise<void> {
    try {
      await withDeadline(this.#client.logout(), ms, () => timeout('LOGOUT'));
    } catch {
      // The connection is closed below whatever the server made of it.
    }
    this.close();
  }

  #listen(): void {
    const emit = (event: Omit<MailboxEvent, 'path'>): void => {
      const path = this.selected;
      if (path !== undefined) this.#onEvent({ path, ...event });
    };
    this.#client.on('exists', ({ count, prevCount }) => emit({ kind: 'exists', count, prevCount }));
    this.#client.on('expunge', ({ uid }) =>
      emit(uid === undefined ? { kind: 'expunge' } : { kind: 'expunge', uid: uid as Uid }),
    );
    this.#client.on('flags', ({ uid }) =>
      emit(uid === undefined ? { kind: 'flags' } : { kind: 'flags', uid: uid as Uid }),
    );
  }
}

const timeout = (command: string): AppError =>
  new AppError('imap/timeout', { details: { command } });

const upperKeys = (map: ReadonlyMap<string, unknown>): ReadonlySet<string> =>
  new Set([...map.keys()].map((key) => key.toUpperCase()));

/** The one that a server must announce; undefined where the library may choose. */
function demandedMechanism(credential: MailCredential): string | undefined {
  if ('accessToken' in credential) return credential.mechanism;
  // Without PLAIN the library would leave the other name out, and open the mailbox of the service.
  return credential.authzid === undefined ? undefined : 'PLAIN';
}

function authOf(credential: MailCredential): NonNullable<ImapFlowOptions['auth']> {
  if ('accessToken' in credential) {
    const { username, accessToken, mechanism } = credential;
    // The library writes the name into the GS2 header as it is.
    const user = mechanism === 'OAUTHBEARER' ? gs2Name(username) : username;
    return { user, accessToken };
  }
  const { username, password, authzid } = credential;
  if (authzid === undefined) return { user: username, pass: password };
  return { user: username, pass: password, authzid, loginMethod: 'AUTH=PLAIN' };
}

function clientOptions({ server, credential }: ConnectionAccess): ImapFlowOptions {
  return {
    host: server.host,
    port: server.port,
    secure: server.security === 'tls',
    // `false` keeps the connection plain even when STARTTLS is announced; `true` demands it.
    doSTARTTLS:
      server.security === 'starttls' ? true : server.security === 'none' ? false : undefined,
    ...(server.servername === undefined ? {} : { servername: server.servername }),
    ...(server.caFile === undefined ? {} : { tls: { ca: readFileSync(server.caFile) } }),
    auth: authOf(credential),
    clientInfo: { name: 'Estafette', version: false, vendor: false, 'support-url': false },
    // Its log lines carry commands, and so search texts and addresses.
    logger: false,
    disableAutoIdle: true,
    missingIdleCommand: 'NOOP',
    // Compression costs more CPU than a local network saves, and memory for each connection.
    disableCompression: true,
    // Rev2 mode changes SEARCH answers and flags for no gain here.
    disableIMAP4rev2: true,
    maxLineLength: MAX_LINE_BYTES,
    maxLiteralSize: MAX_LITERAL_BYTES,
    maxResponseSize: MAX_RESPONSE_BYTES,
    socketTimeout: SOCKET_TIMEOUT_MS,
    maxLockHoldTime: false,
  };
}
