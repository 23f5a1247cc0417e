import type { Address } from './address';

/** Bytes to attach: a file on our disk (read by streaming) or content at hand. */
export type OutgoingSource =
  | { readonly path: string }
  | { readonly content: Uint8Array }
  | { readonly open: () => NodeJS.ReadableStream };

export interface OutgoingFile {
  readonly filename: string;
  /** Media type; `message/rfc822` is attached as a message. */
  readonly type: string;
  readonly source: OutgoingSource;
}

export interface OutgoingInline extends OutgoingFile {
  /** Without brackets; the HTML refers to it by `cid:`. */
  readonly contentId: string;
}

/** An iCalendar object that is meant for a calendar, with the method of its `METHOD` (RFC 5546). */
export interface OutgoingCalendar {
  readonly method: string;
  readonly text: string;
}

/** A message frozen for sending. Hidden recipients are in its envelope alone, not here. */
export interface Outgoing {
  readonly from: Address;
  /** Where answers go when that is not the sender. */
  readonly replyTo?: Address;
  readonly to: readonly Address[];
  readonly cc: readonly Address[];
  readonly subject: string;
  readonly text: string;
  /** Already sanitised by `sanitizeComposed`. */
  readonly html?: string;
  readonly inline?: readonly OutgoingInline[];
  readonly attachments?: readonly OutgoingFile[];
  /** An iTIP message (RFC 6047): beside the text for programs that read it there, and attached. */
  readonly calendar?: OutgoingCalendar;
  readonly date: Date;
  /** With brackets; generated from the sender's domain when absent. */
  readonly messageId?: string;
  readonly inReplyTo?: string;
  readonly references?: readonly string[];
  /** Further fields (Importance, Disposition-Notification-To…); names are checked. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface BuiltMessage {
  readonly messageId: string;
  readonly sizeBytes: number;
}
