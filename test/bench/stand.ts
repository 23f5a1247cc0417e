import type { Browser } from './browser';
import type { ImapClient, ImapServer } from './imap-client';
import type { Pair } from './mailboxes';

/** Everything a measure of one mailbox size works with; both sides are signed in and warm. */
export interface Stand {
  readonly pair: Pair;
  readonly browser: Browser;
  readonly imap: ImapServer;
  /** Kept connection, INBOX of the pair's second person selected. */
  readonly client: ImapClient;
  /** Puts a new message into an inbox, through the mail server as a delivery does. */
  readonly deliver: (username: string) => Promise<void>;
  /** Fewer rounds. */
  readonly quick: boolean;
}

export const PAGE_SIZE = 50;
/** What a list line needs (RFC 9051 6.4.5). */
export const ROW_ITEMS = '(UID FLAGS ENVELOPE BODYSTRUCTURE INTERNALDATE RFC822.SIZE)';

export const rowsCommand = (first: number): string =>
  `UID FETCH ${Math.max(1, first)}:${Math.max(1, first) + PAGE_SIZE - 1} ${ROW_ITEMS}`;

/** Uid where the rows of a page begin, counted from the newest; messages were generated in order. */
export const firstUidOf = ({ size }: Pair, page: number): number => size - page * PAGE_SIZE + 1;

/** A page far down: the 1,000th of a large mailbox. */
export const farPage = ({ size }: Pair): number => Math.min(1_000, Math.floor(size / PAGE_SIZE));
