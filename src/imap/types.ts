import type { FetchMessageObject, ImapFlow, MessageStructureObject } from 'imapflow';
import type { MailCredential } from '../base/sasl';
import type { Uid, UidValidity } from '../base/types';

/** Which account on which server, and how to sign in to it. */
export interface ImapAccess {
  /** Pool key: `site:user:account`; two sites or users never share a connection. */
  readonly key: string;
  readonly server: ImapServerAddress;
  /** In place of `server`, asked each time that a connection is opened. */
  serverNow?(): Promise<ImapServerAddress>;
  /** Asked only when a connection is opened, for the server that it is opened to. */
  credential(server: ImapServerAddress): MailCredential | Promise<MailCredential>;
}

export interface ImapServerAddress {
  readonly host: string;
  readonly port: number;
  readonly security: 'tls' | 'starttls' | 'none';
  readonly caFile?: string;
  readonly servername?: string;
}

/**
 * Up to which uid a session knows the messages of what it has selected. imapflow's own `uidNext`
 * cannot say: a STATUS raises it, which announces nothing (RFC 9051 6.3.11).
 */
export interface Told {
  uidNext: number;
}

/** A selected mailbox inside {@link ImapPool.withMailbox}; never leaves the callback. */
export interface OpenMailbox {
  readonly client: ImapFlow;
  readonly path: string;
  readonly uidValidity: UidValidity;
  /** Shared by all who use the mailbox while it stays selected. */
  readonly told: Told;
  readonly exists: number;
  /** Undefined without CONDSTORE (RFC 7162). */
  readonly highestModseq: bigint | undefined;
  readonly readOnly: boolean;
  readonly permanentFlags: ReadonlySet<string>;
  /** Upper-case capability names of the connection. */
  readonly capabilities: ReadonlySet<string>;
}

export interface UseOptions {
  /** `read` retries once on a new connection after a dropped one; `write` never does. */
  readonly kind: 'read' | 'write';
  /** For the whole callback; 10 s unless told. */
  readonly deadlineMs?: number;
}

/** A change seen by the account's IDLE connection. */
export interface MailboxEvent {
  readonly path: string;
  readonly kind: 'exists' | 'expunge' | 'flags' | 'reconnected' | 'down';
  readonly uid?: Uid;
  readonly count?: number;
  readonly prevCount?: number;
}

/** The one door to IMAP connections. */
export interface ImapPool {
  /** Runs `fn` with `path` selected. Throws `mailbox/not-found`, `imap/*`. */
  withMailbox<T>(
    access: ImapAccess,
    path: string,
    options: UseOptions,
    fn: (mailbox: OpenMailbox) => Promise<T>,
  ): Promise<T>;
  /** Runs `fn` on a connection, whatever is selected (LIST, STATUS, CREATE, APPEND). */
  withConnection<T>(
    access: ImapAccess,
    options: UseOptions,
    fn: (client: ImapFlow) => Promise<T>,
  ): Promise<T>;
  /** Opens and closes one connection to check a credential; throws `imap/credentials` when refused. */
  verify(access: ImapAccess, timeoutMs?: number): Promise<void>;
  /** IDLE events of `path` until the remover is called; one connection per account serves all. */
  watch(access: ImapAccess, path: string, listener: (event: MailboxEvent) => void): () => void;
  /** Closes every connection of the keys that start with `keyPrefix` (sign-out). */
  close(keyPrefix: string): void;
  closeAll(): Promise<void>;
  stats(): { readonly accounts: number; readonly connections: number; readonly waiting: number };
}

export type { FetchMessageObject, ImapFlow, MessageStructureObject };
