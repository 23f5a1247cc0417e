import type { SiteId, TextKey } from '../base/types';
import type { SendOutcome } from '../compose';
import type {
  DirectoryAnswer,
  DirectoryFilter,
  DirectoryPicture,
  DirectoryQuery,
  DirectoryQuestion,
  DirectoryRecord,
} from '../directory';
import type { HookEmitter, PersonRef } from '../kernel/hook-types';
import type { Locale } from '../kernel/i18n-types';
import type { Criteria, ListPage, MessageView, SortKey } from '../mail';

export type {
  DirectoryAnswer,
  DirectoryFilter,
  DirectoryPicture,
  DirectoryQuery,
  DirectoryQuestion,
  DirectoryRecord,
};

/** One message, as hooks, slots and lists name it; `account` is there for other accounts to come. */
export interface PluginMessageRef {
  readonly account?: string;
  readonly mailbox: string;
  readonly uidValidity: number;
  readonly uid: number;
}

/** Messages of one mailbox. */
export interface PluginSelection {
  readonly mailbox: string;
  readonly uidValidity: number;
  readonly uids: readonly number[];
}

/** What a list shows: the first page by date, newest first, unless told. */
export interface PluginListQuery {
  readonly mailbox: string;
  readonly page?: number;
  readonly sort?: SortKey;
  readonly order?: 'asc' | 'desc';
  readonly criteria?: Criteria;
}

export interface PluginAttachment {
  readonly filename: string;
  /** As declared, lower case, without parameters. */
  readonly type: string;
  readonly content: Buffer;
}

/** The mail of one person who is there, with their rights and no others'. */
export interface PluginMail {
  /** A message without its body; it stays unread. Needs `mail.read`. */
  message(ref: PluginMessageRef): Promise<MessageView>;
  /** One page of a mailbox, as lists show it. Needs `mail.read`. */
  rows(query: PluginListQuery): Promise<ListPage>;
  /** The body as plain text, made from the HTML where there is no other; 200,000 characters at most. Needs `mail.read`. */
  text(ref: PluginMessageRef): Promise<{ readonly text: string; readonly truncated: boolean }>;
  /** Decoded header fields of these names, in order; 100 fields of 4,000 characters at most. Needs `mail.read`. */
  headers(
    ref: PluginMessageRef,
    names: readonly string[],
  ): Promise<readonly { readonly name: string; readonly value: string }[]>;
  /** One part, decoded, in memory: 5 MB unless told, 25 MB at most; `request/too-large` beyond. Needs `mail.read`. */
  attachment(
    ref: PluginMessageRef,
    part: string,
    options?: { readonly maxBytes?: number },
  ): Promise<PluginAttachment>;
  /** Sets or takes away a flag; how many messages it touched. Needs `mail.write`. */
  flag(on: PluginSelection, flag: 'seen' | 'flagged' | 'answered', value: boolean): Promise<number>;
  /** Moves messages to another mailbox, through the guards of `message:changing`; how many. Needs `mail.write`. */
  move(from: PluginSelection, to: string): Promise<number>;
  /** Adds a message (RFC 5322 source) to a mailbox, seen unless told; where it is, when the server says. Needs `mail.write`. */
  append(
    mailbox: string,
    source: Buffer | string,
    options?: { readonly seen?: boolean },
  ): Promise<PluginMessageRef | undefined>;
}

/** A message as a plugin writes it; the text is plain unless `html` is given. */
export interface PluginMessage {
  /** Addresses, as typed in a field: `Camille Durand <camille@x.example>`. */
  readonly to: readonly string[];
  readonly cc?: readonly string[];
  readonly bcc?: readonly string[];
  readonly subject: string;
  readonly text: string;
  /** Cleaned like what a person pastes. */
  readonly html?: string;
  /** Address of one of the person's own identities, those that `identity:list` adds (a shared mailbox) included; their first one unless told. */
  readonly identity?: string;
  readonly attachments?: readonly {
    readonly filename: string;
    readonly type: string;
    readonly content: Buffer;
  }[];
  /**
   * An iTIP message (RFC 5546) for the calendars of those who receive it: beside the text as
   * `text/calendar` with its method, and attached as `invite.ics` (RFC 6047). 1,000,000 characters
   * at most; `METHOD` of the object is the method given.
   * @since 1.0
   */
  readonly calendar?: { readonly method: CalendarMethod; readonly text: string };
  /**
   * A word of the plugin's for this message, 200 characters at most: a second call with it, for the
   * same person, within 30 days, sends nothing and answers what the first one did, through a crash
   * too. What was `deferred`, `denied`, `invalid` or `rejected` has not left: it is tried again, and
   * no draft is kept of it. A hundred messages a request then, not ten.
   * @since 1.0
   */
  readonly key?: string;
}

/** An address from which somebody may write. @since 1.0 */
export interface PluginIdentity {
  /** As it stands before the address. */
  readonly name: string;
  /** As it is written, not lower case. */
  readonly mail: string;
  /** Their address or an alias of it; false of what `identity:list` adds. */
  readonly isOwn: boolean;
}

/** A mail of the site in words of a plugin, with nobody there. @since 1.0 */
export interface PluginPost {
  /** Addresses, as typed in a field: 100 at most, who all see each other. */
  readonly to: readonly string[];
  /** Whom it is written for: « Camille Durand » is shown as « Camille Durand via » and the site's title. No `@`. */
  readonly fromName?: string;
  /** Where answers go; what the site says otherwise. */
  readonly replyTo?: string;
  /** One line. */
  readonly subject: string;
  /** 60,000 characters at most. */
  readonly text: string;
  /** An iTIP message, as in a `PluginMessage`. */
  readonly calendar?: { readonly method: CalendarMethod; readonly text: string };
  /**
   * A word of the plugin's for this mail on this site, 200 characters at most: one mail leaves,
   * whoever asks how often, for 30 days; asking again tells what became of it.
   */
  readonly key?: string;
}

/**
 * `waiting`: kept, sent soon, tried again for three days. `sent`: the server took it, but for
 * `rejected`. `given-up`: refused for good, or never taken. `unknown`: the answer was lost, it may
 * have left, and is not sent again. `refused`: nothing is kept; the site has no sender (`no-sender`),
 * or the plugin wrote enough this hour (`hour`), or to one of these today (`recipient`).
 */
export type PluginPostResult =
  | {
      readonly state: 'waiting' | 'sent' | 'unknown' | 'given-up';
      readonly rejected: readonly string[];
    }
  | { readonly state: 'refused'; readonly reason: 'no-sender' | 'hour' | 'recipient' };

/** Methods of iTIP (RFC 5546 1.4). */
export type CalendarMethod =
  | 'PUBLISH'
  | 'REQUEST'
  | 'REPLY'
  | 'ADD'
  | 'CANCEL'
  | 'REFRESH'
  | 'COUNTER'
  | 'DECLINECOUNTER';

/** What happened, as the composer tells it; a draft that was kept is at `draftUrl`, for the person to finish. */
export interface PluginSendResult {
  readonly outcome: SendOutcome;
  readonly draftUrl?: string;
}

/** Whom one person wrote to or met, as the platform remembers it for suggestions. */
export interface PluginCorrespondents {
  /** Most used first, then the latest: 50 unless told, 200 at most. */
  list(question?: {
    readonly query?: string;
    readonly offset?: number;
    readonly limit?: number;
  }): Promise<{
    readonly people: readonly {
      readonly name: string;
      readonly mail: string;
      /** 0 for who was only met in a message. */
      readonly uses: number;
      /** Milliseconds since 1970. */
      readonly lastUsed: number;
    }[];
    /** Of all pages. */
    readonly total: number;
  }>;
  /** Forgets these addresses, 200 at most, or everybody without; how many there were. */
  forget(mails?: readonly string[]): Promise<number>;
}

/** One directory of one site. */
export interface PluginDirectory {
  /** `sign-in`: the one that people sign in with; others as the site's file calls them. */
  readonly id: string;
  /** Name of the branch below which everything is; `''` where a plugin provides the directory. */
  readonly base: string;
  /** Entries whose name, address or login has every word of the text (2 to 100 characters). */
  search(text: string, query?: DirectoryQuery): Promise<readonly DirectoryRecord[]>;
  /** Entries of these addresses, 200 at most, by address in lower case; unknown ones are absent. */
  byMail(mails: readonly string[]): Promise<ReadonlyMap<string, DirectoryRecord>>;
  /** The entry of a name below the site's base. */
  entry(dn: string): Promise<DirectoryRecord | undefined>;
  /**
   * Entries that answer a question, as the directory orders them. A base that does not exist, or is
   * not below the directory's, has none; `request/invalid` for a question that is made wrong.
   * @since 1.0
   * @example const { entries, isCut } = await directory.find({ where: { attribute: 'telephoneNumber', contains: ['01', '99', '00'] } });
   */
  find(question: DirectoryQuestion): Promise<DirectoryAnswer>;
  /**
   * The picture of an entry, typed by its bytes (JPEG, PNG, WebP, GIF), 500 kB at most; `undefined`
   * when there is none. Of `jpegPhoto`, `thumbnailPhoto` or `photo`, unless told.
   * @since 1.0
   */
  photo(dn: string, attribute?: string): Promise<DirectoryPicture | undefined>;
  /**
   * Replaces attributes of the person's own entry, bound as they are, with their own rights: what they
   * may change is for the server to say. None left: `[]`. Of the sign-in directory alone. Throws
   * `directory/refused` when the server says no, `directory/no-password` for who came by a provider.
   * Needs `directory.write`.
   * @since 1.0
   * @example await directory.changeOwn(as, { telephoneNumber: ['+33 1 99 00 12 34'] });
   */
  changeOwn(
    as: PersonRef,
    changes: Readonly<Record<string, readonly (string | Buffer)[]>>,
  ): Promise<void>;
}

export interface PluginHttpOptions {
  /** Those after POST are of WebDAV; what is not a GET is led only elsewhere on the same origin, and a write nowhere. */
  readonly method?: 'GET' | 'POST' | 'OPTIONS' | 'PROPFIND' | 'REPORT' | 'PUT' | 'DELETE';
  /** `Accept`, `Accept-Language`, `Authorization`, `Content-Type`, `Depth`, `If-Match`, `If-None-Match`, `If-Modified-Since`, `Prefer` and `X-…`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Of a POST, PUT, PROPFIND or REPORT: 1 MB at most. */
  readonly body?: string | Buffer;
  /** Of the answer: 5 MB at most. */
  readonly maxBytes?: number;
  /** 8 s at most. */
  readonly timeoutMs?: number;
  /** `error`: an answer that leads elsewhere fails (`fetch/failed`); followed unless told, three times at most. */
  readonly redirect?: 'follow' | 'error';
}

/** A change of the page that the person has open: a Turbo Stream of one of the plugin's own views. */
export interface PluginStreamAction {
  readonly action: 'append' | 'prepend' | 'replace' | 'update' | 'remove' | 'before' | 'after';
  /** Id of an element of the plugin: `<plugin id>-…`. */
  readonly target: string;
  /** Not for `remove`. */
  readonly view?: string;
  readonly model?: Readonly<Record<string, unknown>>;
}

/** A mail of the platform to a person, in texts of the plugin. */
export interface PluginNotice {
  /** Keys of the plugin's own texts: `<id>:area.key`. */
  readonly subject: TextKey;
  readonly text: TextKey;
  /** Each one line of at most 300 characters. */
  readonly values?: Readonly<Record<string, string | number>>;
}

/** A line of the audit log: codes and names, never what a message says. */
export interface PluginAuditEvent {
  /** `[a-z][a-z0-9-]*`; stored as `<plugin id>:<event>`. */
  readonly event: string;
  /** The person who acted; or the site, when nobody did. */
  readonly as?: PersonRef;
  readonly site?: SiteId;
  /** What was acted on. */
  readonly target?: string;
  readonly details?: Readonly<Record<string, string | number | boolean | null>>;
}

/** One line: fields as codes and figures, then an event `area/word`; never what a message says. */
export interface PluginLogLine {
  (fields: object, event: string): void;
  (event: string): void;
}
export interface PluginLog {
  readonly debug: PluginLogLine;
  readonly info: PluginLogLine;
  readonly warn: PluginLogLine;
  readonly error: PluginLogLine;
}

/** Figures for operators. Names get the prefix `estafette_plugin_<id>_`; 20 metrics a plugin, 100 series each. */
export interface PluginMetrics {
  /** A count that only grows. */
  counter(name: string, help: string, labels?: readonly string[]): PluginCounter;
  /** A distribution: seconds for durations, bytes for sizes. */
  histogram(
    name: string,
    help: string,
    options?: { readonly labels?: readonly string[]; readonly buckets?: readonly number[] },
  ): PluginHistogram;
}
export interface PluginCounter {
  /** Adds one, or `by`; labels that were not declared are left out. */
  inc(labels?: Readonly<Record<string, string>>, by?: number): void;
}
export interface PluginHistogram {
  /** Adds one observation. */
  observe(value: number, labels?: Readonly<Record<string, string>>): void;
}

/** Emits hooks of the plugin's own, those of `contributes.hooks`; any other name is refused. */
export type PluginEmitter = HookEmitter;

/** For whom a view is made. */
export interface RenderTarget {
  readonly site: SiteId;
  readonly locale: Locale;
}
