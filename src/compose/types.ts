import type { Readable } from 'node:stream';
import type { MessageRef } from '../base/types';
import type { Denial } from '../kernel/hook-types';
import type { Address } from '../mail/types';
import type { Actor } from '../session/types';
import type { SmtpRefused } from '../smtp';
import type { CorrespondentPage, CorrespondentQuestion } from './correspondent-store';

export type ComposeMode =
  | 'new'
  | 'reply'
  | 'reply-all'
  | 'forward'
  | 'forward-attached'
  | 'edit'
  /** A new message as another one is: with its recipients, words and files. */
  | 'again';

export interface Identity {
  readonly id: string;
  readonly name: string;
  readonly mail: string;
  readonly isDefault: boolean;
  /** Plain text, without the `-- ` line. */
  readonly signature: string;
}

/** An identity with what its agent said of it; an address alone has none of that. */
export interface OwnIdentity extends Identity {
  readonly label?: string;
  /** Sanitised; absent or `''`: `signature` alone. */
  readonly signatureHtml?: string;
  readonly replyTo?: string;
  /** Address list of hidden copies of each message. */
  readonly bcc?: string;
  /** Where copies of sent messages go; absent or `''`: Sent. */
  readonly sentMailbox?: string;
}

export interface DraftAttachment {
  readonly id: string;
  readonly filename: string;
  readonly type: string;
  readonly sizeBytes: number;
  /** Inline image of the HTML body: its content id. */
  readonly contentId: string | undefined;
}

/** The fields of the form, exactly as typed: invalid addresses are kept. */
export interface DraftFields {
  readonly identity: string;
  readonly to: string;
  readonly cc: string;
  readonly bcc: string;
  readonly subject: string;
  readonly format: 'plain' | 'html';
  readonly text: string;
  /** Set when `format` is `html`; sanitised when stored. */
  readonly html: string;
  /** Importance (RFC 2156 5.3.4, RFC 4021); ordinary unless told. */
  readonly priority?: 'high' | 'low' | undefined;
  /** Asks who reads it to say so (RFC 8098). */
  readonly receipt?: boolean | undefined;
  /** Asks mail servers to report its delivery, delays and failures (RFC 3461). */
  readonly report?: boolean | undefined;
  /** Language of the text (RFC 3282, BCP 47), for readers and for spelling; unsaid unless told. */
  readonly language?: string | undefined;
}

export interface Draft extends DraftFields {
  readonly id: string;
  readonly mode: ComposeMode;
  /** Grows by one at each save; the idempotency key of a sending is `id:revision`. */
  readonly revision: number;
  readonly savedAt: string;
  readonly inReplyTo: string | undefined;
  readonly references: readonly string[];
  readonly original: MessageRef | undefined;
  readonly attachments: readonly DraftAttachment[];
  /** Outbox state when it was sent or tried; `undefined` while being written. */
  readonly sending: OutboxState | undefined;
}

export type OutboxState = 'held' | 'sending' | 'sent' | 'failed' | 'unknown';

export interface SaveResult {
  readonly draft: Draft;
  /** Another tab saved since `baseRevision`: both texts are kept, the other one as a new draft. */
  readonly conflictWith: string | undefined;
  /** False when the Drafts mailbox could not be written: the text is safe in our store. */
  readonly savedOnServer: boolean;
}

/** What happened to a sending; each case has its own honest sentence. */
export type SendOutcome =
  /** `sentCopy`: false while the copy in Sent is being retried. */
  | {
      readonly kind: 'sent';
      readonly messageId: string;
      readonly sentCopy: boolean;
      readonly repeated: boolean;
      /** False: reports of its delivery were wanted, and the server makes none. */
      readonly isReported?: boolean;
    }
  /** Accepted for some recipients only; sent once to `accepted`. */
  | {
      readonly kind: 'partial';
      readonly accepted: readonly string[];
      readonly rejected: readonly { readonly mail: string; readonly code: number }[];
      readonly sentCopy: boolean;
    }
  /** Plugins ask the person; send again with `confirmed` holding these `plugin:code`. */
  | {
      readonly kind: 'confirm';
      readonly denials: readonly (Denial & { readonly plugin: string })[];
    }
  | { readonly kind: 'denied'; readonly denials: readonly (Denial & { readonly plugin: string })[] }
  /** Fields to correct: field → text key and values. Nothing left the machine. */
  | {
      readonly kind: 'invalid';
      readonly errors: readonly {
        readonly field: 'to' | 'cc' | 'bcc' | 'subject' | 'attachments' | 'identity';
        readonly textKey: string;
        readonly values: Readonly<Record<string, string | number>>;
      }[];
    }
  /** Refused by the server for good (5xx), for what `refused` says; the draft is kept. */
  | {
      readonly kind: 'rejected';
      readonly refused: SmtpRefused;
      readonly rejected: readonly { readonly mail: string; readonly code: number }[];
    }
  /** Temporary failure (4xx, connection refused): nothing was sent; the draft is kept. */
  | { readonly kind: 'deferred'; readonly reason: 'unreachable' | 'temporary' | 'timeout' }
  /** A plugin took charge of it (`message:deliver`): it waits in the outbox as `held`. */
  | { readonly kind: 'queued'; readonly messageId: string; readonly by: string }
  /** Put off: it leaves at `at`, in milliseconds since 1970, unless it is called back. */
  | { readonly kind: 'scheduled'; readonly messageId: string; readonly at: number }
  /** DATA was under way when the answer was lost: it may or may not have left. */
  | { readonly kind: 'unknown'; readonly messageId: string };

export interface Upload {
  readonly filename: string;
  readonly declaredType: string;
  readonly stream: Readable;
  /** Inline image pasted into the HTML body. */
  readonly inline?: boolean;
}

/** Somebody, or a list of people, for an address field. */
export interface Suggestion {
  readonly name: string;
  /** `''` for a list that has no address of its own: its members are written to. */
  readonly mail: string;
  readonly source: string;
  readonly score: number;
  /** Who stands behind it, when it is a list; asked for apart, once somebody wants them. */
  readonly list?: SuggestedList;
}

export interface SuggestedList {
  /** Whatever its plugin knows it by, given back to it in `contact:expand`; here `plugin:id`. */
  readonly id: string;
  readonly kind: 'list' | 'group';
  /** How many members are known. */
  readonly count: number;
}

/** The members of a list that can be written to, as far as the person may see them. */
export interface ExpandedList {
  readonly members: readonly Address[];
  /** There are more than a message takes from a list. */
  readonly isCut: boolean;
}

/** What suggestions are for: recipients, somebody to share with, somebody to invite. */
export type SuggestionPurpose = 'to' | 'share' | 'attendee';

/** A sent message whose copy could not be filed in Sent. */
export interface LateCopy {
  readonly draft: string;
  readonly subject: string;
  /** When that was last tried. */
  readonly triedAt: string;
}

/** What an agent chooses for it: once more, the copy in Drafts instead, or no more word of it. */
export type CopyPlace = 'sent' | 'drafts' | 'hidden';

/** A message that leaves later. */
export interface PutOff {
  readonly draft: string;
  readonly subject: string;
  readonly recipients: readonly Address[];
  /** Milliseconds since 1970. */
  readonly at: number;
  /**
   * `waiting`: leaves by itself. `visit`: leaves when the agent is here at that time or comes back.
   * `leaving`: right now. `failed`: refused, and a draft again. `unknown`: may or may not have left.
   */
  readonly state: 'waiting' | 'visit' | 'leaving' | 'failed' | 'unknown';
}

/** What a new composition starts from; comes back with the first POST of its form. */
export interface DraftInit {
  readonly mode: ComposeMode;
  readonly original?: {
    readonly mailbox: string;
    readonly uid: number;
    readonly uidValidity?: number;
  };
  /** From a `mailto:` link or `?to=`. */
  readonly prefill?: Partial<DraftFields>;
  /** An iTIP message to send along; never from a form. */
  readonly calendar?: { readonly method: string; readonly text: string };
}

/** Writing and sending. */
export interface Compose {
  identities(actor: Actor): Promise<readonly OwnIdentity[]>;
  /**
   * Contract change (GET is safe: a prefetched or crawled link must create nothing): what the form
   * of a new composition shows, with a fresh random id and revision 0. Writes nothing at all.
   * Attachments that a forward or an edit will bring are listed by name with ids `pending:<part>`.
   * For `edit` of one of our own living drafts (header `X-Estafette-Draft`) answers that draft as stored.
   */
  prepare(actor: Actor, init: DraftInit): Promise<Draft>;
  /**
   * The draft `id` of this actor; made from `init` when it does not exist yet (attachments of the
   * original are copied then). Idempotent: two concurrent calls make one draft. 404 when the id is
   * another agent's.
   */
  ensure(actor: Actor, id: string, init: DraftInit): Promise<Draft>;
  /** 404 for another agent's draft, same as unknown. */
  load(actor: Actor, id: string): Promise<Draft>;
  /** Drafts of our store not yet sent, newest first: what a crash or an expiry left. */
  unfinished(actor: Actor): Promise<readonly Draft[]>;
  save(
    actor: Actor,
    id: string,
    fields: DraftFields,
    options: { readonly baseRevision: number; readonly toServer: boolean },
  ): Promise<SaveResult>;
  attach(actor: Actor, id: string, upload: Upload): Promise<DraftAttachment>;
  detach(actor: Actor, id: string, attachment: string): Promise<void>;
  attachment(
    actor: Actor,
    id: string,
    attachment: string,
  ): Promise<{ readonly info: DraftAttachment; readonly stream: Readable }>;
  /** Deletes the draft, its uploads and its copy in Drafts. */
  discard(actor: Actor, id: string): Promise<void>;
  /** Idempotent per composition: a repeated call answers what the first one did. */
  send(
    actor: Actor,
    id: string,
    options: {
      readonly confirmed: readonly string[];
      /** Leaves then, in milliseconds since 1970; now unless told. */
      readonly at?: number | undefined;
    },
  ): Promise<SendOutcome>;
  /** Messages of this agent that were put off and have not left, the earliest first. */
  putOff(actor: Actor): Promise<readonly PutOff[]>;
  /** How many they are. */
  countPutOff(actor: Actor): Promise<number>;
  /** Calls a message back: a draft again, as it was; false when it has left or is leaving. */
  callBack(actor: Actor, id: string): Promise<boolean>;
  /** Another time for it; false when it has left or is leaving. */
  putOffTo(actor: Actor, id: string, at: number): Promise<boolean>;
  /** After an `unknown`, only on the person's word: same Message-ID, never by itself. */
  resend(actor: Actor, id: string): Promise<SendOutcome>;
  suggest(
    actor: Actor,
    query: string,
    purpose: SuggestionPurpose,
    options?: { readonly only?: 'lists' | undefined },
  ): Promise<readonly Suggestion[]>;
  /** Who stands behind a list that was suggested; `request/not-found` for all that is not theirs. */
  expand(actor: Actor, list: string): Promise<ExpandedList>;
  /** People of a message that was opened, to be suggested below those written to. */
  meet(actor: Actor, people: readonly Address[]): Promise<void>;
  /** Whom the person wrote to, and met, most used first. */
  correspondents(actor: Actor, question?: CorrespondentQuestion): Promise<CorrespondentPage>;
  /** Forgets addresses, or everybody; how many there were. */
  forgetCorrespondents(actor: Actor, mails?: readonly string[]): Promise<number>;
  /** Work left by a stopped process: rows in `sending` become `unknown`, Sent copies are retried. */
  recover(): Promise<{ readonly unknown: number }>;
}
