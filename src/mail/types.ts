import type { Readable } from 'node:stream';
import type { AccountId, MessageRef, Uid, UidValidity } from '../base/types';
import type { ReceiptRequest, SigningOptions } from '../mime';
import type { Actor, SessionKey } from '../session/types';
import type { DeliveryReport } from './delivery-report';
import type { SearchEverywhere } from './everywhere/everywhere';
import type { MessageWarning, TrustAnswer } from './hooks';
import type { News, NewsPlace } from './news';
import type { Expected } from './prepare';
import type { Query } from './query';
import type { SenderCheck } from './sender-check';
import type { Transit } from './transit';
import type { WinmailFile } from './winmail';

/** Special use of a mailbox (RFC 6154), found by attribute or by fallback name. */
export type SpecialUse = 'inbox' | 'drafts' | 'sent' | 'junk' | 'trash' | 'archive' | 'templates';

export interface Mailbox {
  readonly path: string;
  /** Last segment of the path as the server names it. */
  readonly name: string;
  readonly delimiter: string;
  readonly parent: string | undefined;
  readonly specialUse: SpecialUse | undefined;
  /** False for `\Noselect`: a node of the tree only. */
  readonly isSelectable: boolean;
  readonly isSubscribed: boolean;
  readonly unseen: number;
  readonly total: number;
  readonly children: readonly Mailbox[];
}

export interface Account {
  readonly id: AccountId;
  readonly name: string;
  readonly mailboxes: readonly Mailbox[];
}

export interface Quota {
  readonly usedBytes: number;
  readonly limitBytes: number;
}

export interface Address {
  readonly name: string;
  readonly mail: string;
}

/** What a list line needs. */
export interface Row {
  readonly uid: Uid;
  readonly from: readonly Address[];
  readonly to: readonly Address[];
  readonly subject: string;
  /** Date header or arrival, ISO UTC. */
  readonly date: string;
  readonly sizeBytes: number;
  readonly hasAttachment: boolean;
  readonly hasInvitation: boolean;
  readonly isSeen: boolean;
  readonly isFlagged: boolean;
  readonly isAnswered: boolean;
  readonly isForwarded: boolean;
  readonly isDraft: boolean;
  readonly keywords: readonly string[];
  readonly messageId: string | undefined;
}

export type SortKey = 'date' | 'arrival' | 'from' | 'subject' | 'size';

/** Search in one mailbox; every given member must match. */
export interface Criteria {
  readonly text?: string;
  /** Where `text` is looked for; `all` = subject, senders and recipients, and body. */
  readonly in?: 'all' | 'subject' | 'from' | 'to' | 'body';
  readonly from?: string;
  readonly to?: string;
  readonly subject?: string;
  readonly unseen?: boolean;
  readonly flagged?: boolean;
  readonly unanswered?: boolean;
  readonly hasAttachment?: boolean;
  /** A keyword. */
  readonly label?: string;
  /** One of these addresses among the recipients: those of who asks, for what was sent to them. */
  readonly mine?: readonly string[];
  /** Calendar dates `YYYY-MM-DD`, `since` included, `before` excluded. */
  readonly since?: string;
  readonly before?: string;
  /** What was typed in the language of searches. */
  readonly query?: Query;
}

export interface ListQuery {
  readonly mailbox: string;
  /** From 1. A page past the end shows the last one. */
  readonly page: number;
  readonly sort: SortKey;
  readonly order: 'asc' | 'desc';
  readonly criteria: Criteria;
  /** A line for each conversation, not for each message. */
  readonly threads?: boolean;
}

/** Messages of a list that belong together. */
export interface Conversation {
  /** All of them, in the order of the list. */
  readonly uids: readonly Uid[];
  /** The first of them, as many as a line can tell of. */
  readonly rows: readonly Row[];
}

export interface ListPage {
  readonly account: AccountId;
  readonly mailbox: string;
  readonly uidValidity: UidValidity;
  readonly rows: readonly Row[];
  /** Those of the rows that the agent moved or copied here a short time ago: no new mail. */
  readonly placed: readonly Uid[];
  /** Of the whole result. */
  readonly total: number;
  readonly unseen: number;
  readonly page: number;
  readonly pages: number;
  readonly pageSize: number;
  /** The server cannot sort and the mailbox is too large: arrival order was used instead. */
  readonly sortFellBack: boolean;
  /** By the uid of its row, those of more than one message; `total` and `pages` count lines. */
  readonly conversations?: ReadonlyMap<Uid, Conversation>;
  /** The server cannot thread: only the newest messages were put together. */
  readonly threadsFellBack?: boolean;
}

export interface AttachmentInfo {
  /** IMAP part path. */
  readonly part: string;
  readonly filename: string;
  readonly type: string;
  readonly sizeBytes: number;
  readonly contentId: string | undefined;
  /** message/rfc822: can be opened as a message. */
  readonly isMessage: boolean;
  /** Type family for the tile: `pdf`, `image`, `text`, `sheet`, `archive`, … */
  readonly family: string;
}

/** A conversation as its page shows it. */
export interface ConversationView {
  /** Oldest first, the opened message among them. */
  readonly messages: readonly {
    readonly mailbox: string;
    readonly uidValidity: UidValidity;
    readonly row: Row;
  }[];
  /** Older messages that are left out. */
  readonly more: number;
  /** A mailbox that could not be searched: something may be missing. */
  readonly isPartial: boolean;
}

/** Everything the message page shows but the body. */
export interface MessageView {
  readonly ref: MessageRef;
  readonly subject: string;
  readonly from: readonly Address[];
  readonly sender: Address | undefined;
  readonly replyTo: readonly Address[];
  readonly to: readonly Address[];
  readonly cc: readonly Address[];
  readonly bcc: readonly Address[];
  /** There are more recipients than could be read: what is above is only the beginning. */
  readonly recipientsCut?: boolean;
  readonly date: string;
  readonly internalDate: string;
  readonly messageId: string | undefined;
  readonly references: readonly string[];
  readonly sizeBytes: number;
  readonly row: Row;
  readonly attachments: readonly AttachmentInfo[];
  /** Images that the HTML may show by `cid:`; a reply or a restored draft takes them along. */
  readonly inline: readonly AttachmentInfo[];
  /** Parts that make the body, in order. Empty: nothing to show. */
  readonly bodies: readonly { readonly kind: 'text' | 'html'; readonly part: string }[];
  /** Both kinds exist, so the agent may switch. */
  readonly hasAlternative: boolean;
  /** Structure beyond our caps: offer the original as a download. */
  readonly tooComplex: boolean;
  /** Several From mailboxes, controls in names, look-alike domain…: codes for `message.warning.*`. */
  readonly warnings: readonly string[];
  /** Sender outside the site's mail domains. */
  readonly isOutside: boolean;
}

/** The framed document's content: safe to serve under the frame's CSP, or without it. */
export interface MessageBody {
  readonly html: string;
  /** Remote images that were not let through. */
  readonly blockedRemote: number;
  /** Those that were. */
  readonly shownRemote: number;
  readonly truncated: boolean;
  readonly hasQuoted: boolean;
  /** Web addresses that it links to. */
  readonly links: readonly string[];
}

export interface BodyOptions {
  /** Show the plain text even when HTML exists. */
  readonly prefer?: 'text' | 'html';
  readonly remote: 'block' | 'proxy';
  /** Prefix of a message/rfc822 part to show that inner message. */
  readonly inside?: string;
  /** Made by the web floor: the signed image proxy. */
  readonly urls: BodyUrls;
}

/**
 * Contract change: no URL for `cid:` parts. The frame has an opaque origin, so its image requests
 * carry no cookie and could not open the sealed IMAP credential: inline images that a `cid:` names
 * are fetched with the body (one FETCH, at most 20 images, 2 MB each, 6 MB in all; png, jpeg, gif,
 * webp by magic) and stand in the HTML as `data:` URIs, put there by the sanitiser's own walk.
 * Larger ones stay attachments.
 */
export interface BodyUrls {
  /** What the worker needs to sign remote image URLs itself; see `mime/signed-url`. */
  readonly proxy: {
    readonly prefix: string;
    readonly key: string;
    readonly sessionTag: string;
    readonly expires: number;
  };
  /** Signs the page between a message and what it links to; links are direct without. */
  readonly leave?: SigningOptions;
}

export interface PartStream {
  readonly filename: string;
  /** Declared type, lower case, without parameters. */
  readonly type: string;
  readonly charset: string | undefined;
  /** Of the encoded part; the decoded one may be smaller. */
  readonly sizeBytes: number;
  /** Decoded bytes. Destroying it frees the connection. */
  readonly stream: Readable;
}

/** How the archive is arranged. */
export type FiledBy = 'one' | 'year' | 'month' | 'sender';

export interface ActionResult {
  readonly count: number;
  /** Where the messages went, for undo: mailbox, its UIDVALIDITY and the new uids (COPYUID). */
  readonly moved?: {
    readonly mailbox: string;
    readonly uidValidity: UidValidity | undefined;
    readonly uids: readonly Uid[];
  };
}

/** Where a mailbox is to be: below another one, or at the top where `parent` is `''`. */
export interface MailboxPlace {
  readonly parent: string;
  /** As somebody typed it. */
  readonly name: string;
}

/** Messages of one mailbox that an action is about. */
export interface Selection {
  readonly mailbox: string;
  readonly uidValidity: UidValidity;
  readonly uids: readonly Uid[];
}

/** Messages of a mailbox as it is now. */
export interface FoundMessages {
  readonly uidValidity: UidValidity;
  readonly uids: readonly Uid[];
}

export type FlagName = 'seen' | 'flagged' | 'answered' | 'forwarded' | 'deleted';

/** Something changed in a watched mailbox. */
export interface MailChange {
  readonly mailbox: string;
  readonly kind: 'arrived' | 'changed' | 'removed' | 'down' | 'reconnected';
}

/** The mail domain: every function talks to the server of truth and throws AppError only. */
export interface Mail {
  /** Tree with counters; cached for seconds, refreshed by events. Creates missing special-use mailboxes once. */
  account(actor: Actor, options?: { readonly fresh?: boolean }): Promise<Account>;
  /** Path of a special-use mailbox, created when missing. */
  special(actor: Actor, use: Exclude<SpecialUse, 'inbox'>): Promise<string>;
  /** Unread messages of the inbox by the last tree in memory; 0 before there is one. Asks nobody. */
  unseen(actor: Actor): number;
  quota(actor: Actor): Promise<Quota | undefined>;
  list(actor: Actor, query: ListQuery): Promise<ListPage>;
  /** Searches several mailboxes, telling of each as soon as it has answered. */
  readonly search: SearchEverywhere;
  /** Messages of a whole list, 10,000 at most, whatever its page. */
  selectAll(actor: Actor, query: ListQuery, uidValidity: UidValidity): Promise<readonly Uid[]>;
  /** Uids before and after `uid` in the list's order, for next/previous. */
  neighbours(
    actor: Actor,
    query: Omit<ListQuery, 'page'>,
    at: Pick<MessageRef, 'uid' | 'uidValidity'>,
  ): Promise<{ readonly newer: Uid | undefined; readonly older: Uid | undefined }>;
  /** Messages of the conversation of each of these, in its mailbox: those themselves among them. */
  conversationUids(actor: Actor, on: Selection): Promise<readonly Uid[]>;
  /** The conversation of a message, with what belongs to it in Sent, Archive and the inbox. */
  conversation(actor: Actor, view: MessageView): Promise<ConversationView>;
  /** Marks as read unless told; 404 when gone. `uidValidity` undefined accepts the current one. */
  message(
    actor: Actor,
    at: { readonly mailbox: string; readonly uid: Uid; readonly uidValidity?: UidValidity },
    options?: {
      readonly markSeen?: boolean;
      readonly inside?: string;
      /** The body that is asked for next: read in the same command where that can be. */
      readonly prefer?: 'text' | 'html';
      /**
       * Whoever asks needs what never changes: a message read a moment ago is not asked for again,
       * its flags may be old, and one that is gone may still be shown.
       */
      readonly contentOnly?: boolean;
      /** The message as it is, for a plugin that reads it: nobody opens it, no other plugin is asked. */
      readonly asItIs?: boolean;
    },
  ): Promise<MessageView>;
  /**
   * A person opened the message: tells plugins, and sets `\Seen` behind the answer; lists asked for
   * later know it.
   */
  markRead(actor: Actor, view: MessageView): void;
  body(actor: Actor, view: MessageView, options: BodyOptions): Promise<MessageBody>;
  /**
   * Marks as read, once, what came into a mailbox and answers one of these Message-IDs: conversations
   * that the agent muted. How many there were.
   */
  quietMuted(actor: Actor, mailbox: string, ids: readonly string[]): Promise<number>;
  /** Says on a conversation, by `$muted`, that it is muted, or no more. */
  markMuted(actor: Actor, on: Selection, value: boolean): Promise<void>;
  /** What came into mailboxes since `known`: see {@link News}. Nothing is marked as read. */
  news(actor: Actor, mailboxes: readonly string[], known: readonly NewsPlace[]): Promise<News>;
  /** Reads a message that will probably be opened next, in a quiet moment; nobody is told. */
  prepare(actor: Actor, expected: Expected): void;
  /** What plugins warn of, from the header and the links of the body shown. */
  warnings(
    actor: Actor,
    view: MessageView,
    links: readonly string[],
  ): Promise<readonly (MessageWarning & { readonly plugin: string })[]>;
  /** What plugins say of the sender's remote content; `ask` when none does. */
  trust(actor: Actor, view: MessageView): Promise<TrustAnswer>;
  /** What the site's servers found about the sender; `undefined` where the site trusts none. */
  senderCheck(actor: Actor, view: MessageView): Promise<SenderCheck | undefined>;
  /** What a report of delivery or reading tells; `undefined` of a message that is none. */
  deliveryReport(actor: Actor, ref: MessageRef): Promise<DeliveryReport | undefined>;
  /** What the sender asks to be told, where the agent may still answer. */
  receipt(
    actor: Actor,
    view: Pick<MessageView, 'ref' | 'row' | 'from'>,
  ): Promise<ReceiptRequest | undefined>;
  /** Marks the question as settled on the server (`$MDNSent`), or as open again. */
  settleReceipt(actor: Actor, ref: MessageRef, isDone: boolean): Promise<void>;
  /** Who sent a message, when and through which servers. */
  transit(actor: Actor, ref: MessageRef): Promise<Transit>;
  /** Plain text and safe HTML of the body for quoting in a reply or restoring a draft. */
  quotable(
    actor: Actor,
    view: Pick<MessageView, 'ref'>,
  ): Promise<{ readonly text: string; readonly html: string | undefined }>;
  part(actor: Actor, ref: MessageRef, part: string): Promise<PartStream>;
  /** Files that Outlook wrapped into a part; none where it cannot be read. */
  winmail(actor: Actor, ref: MessageRef, part: string): Promise<readonly WinmailFile[]>;
  /** One of them. */
  winmailFile(
    actor: Actor,
    ref: MessageRef,
    at: { readonly part: string; readonly index: number },
  ): Promise<{ readonly filename: string; readonly type: string; readonly content: Uint8Array }>;
  /** Raw bytes of the message, streamed (`source`, `.eml`). */
  source(
    actor: Actor,
    ref: MessageRef,
    options?: { readonly maxBytes?: number },
  ): Promise<PartStream>;
  /** Decoded header lines in order, capped. */
  headers(
    actor: Actor,
    ref: MessageRef,
  ): Promise<readonly { readonly name: string; readonly value: string }[]>;

  /** A mailbox as an mbox file (RFC 4155), read as it is asked for. */
  exportMailbox(
    actor: Actor,
    mailbox: string,
  ): Promise<{ readonly count: number; readonly pieces: AsyncGenerator<Buffer> }>;

  flag(actor: Actor, on: Selection, flag: FlagName, value: boolean): Promise<ActionResult>;
  /** Puts a keyword on messages, or takes it off; `mailbox/forbidden` where the mailbox keeps none. */
  label(actor: Actor, on: Selection, keyword: string, value: boolean): Promise<ActionResult>;
  /** Removes several keywords at once. */
  unlabel(actor: Actor, on: Selection, keywords: readonly string[]): Promise<ActionResult>;
  move(actor: Actor, from: Selection, to: string): Promise<ActionResult>;
  copy(actor: Actor, from: Selection, to: string): Promise<ActionResult>;
  /** To Trash; for good in Trash (and in Junk when `forGood`). */
  remove(
    actor: Actor,
    from: Selection,
    options?: { readonly forGood?: boolean },
  ): Promise<ActionResult>;
  /** To the archive; below it, by year, month or sender, where that is asked. */
  archive(actor: Actor, from: Selection, by?: FiledBy): Promise<ActionResult>;
  /** To Junk with `$Junk`, or back to the inbox with `$NotJunk`. */
  junk(actor: Actor, from: Selection, isJunk: boolean): Promise<ActionResult>;
  /** Everything in the mailbox goes for good; Trash and Junk only. */
  empty(actor: Actor, mailbox: string, uidValidity: UidValidity): Promise<ActionResult>;

  /** Marks every unread message of the mailbox as read. */
  readAll(actor: Actor, mailbox: string): Promise<ActionResult>;

  /** Makes a mailbox; its path. Throws `mailbox/name` (`details.problem`), `mailbox/exists`. */
  newMailbox(actor: Actor, place: MailboxPlace): Promise<string>;
  /** Renames or moves a mailbox with those below it; its path. Throws the same. */
  placeMailbox(actor: Actor, path: string, place: MailboxPlace): Promise<string>;
  /** To the Trash, with those below it: where it is then; from the Trash for good: `undefined`. */
  discardMailbox(actor: Actor, path: string): Promise<string | undefined>;
  /** Whether programs list it; `mailbox/forbidden` for one of special use. */
  subscribeMailbox(actor: Actor, path: string, on: boolean): Promise<void>;
  /** Bytes by path; `undefined` where the server cannot say (RFC 8438). Asked anew each time. */
  sizes(actor: Actor): Promise<ReadonlyMap<string, number> | undefined>;
  createMailbox(actor: Actor, path: string): Promise<void>;
  renameMailbox(actor: Actor, from: string, to: string): Promise<void>;
  deleteMailbox(actor: Actor, path: string): Promise<void>;

  /** Appends a message from a file; returns where it is now when the server says (UIDPLUS). */
  append(
    actor: Actor,
    mailbox: string,
    file: { readonly path: string; readonly sizeBytes: number },
    options: {
      readonly flags: readonly string[];
      readonly purpose: 'draft' | 'sent' | 'import';
      /** INTERNALDATE; now unless told. */
      readonly arrivedAt?: Date;
    },
  ): Promise<{ readonly uidValidity: UidValidity; readonly uid: Uid } | undefined>;
  /** Finds a message by its Message-ID; used to avoid a second Sent copy and to replace drafts. */
  findByMessageId(actor: Actor, mailbox: string, messageId: string): Promise<FoundMessages>;
  /** Deletes for good, whatever the mailbox: superseded drafts. */
  expunge(actor: Actor, from: Selection): Promise<void>;

  /** Changes of a mailbox until the remover is called. */
  watch(actor: Actor, mailbox: string, listener: (change: MailChange) => void): () => void;
  /** Drops caches and connections of a session's user (sign-out). */
  release(session: SessionKey): void;
}
