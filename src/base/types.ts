/** Branded identifiers: numbers and strings that must never be mixed up. */
declare const brand: unique symbol;
type Brand<T, B extends string> = T & { readonly [brand]: B };

/** Id of a site (one ministry's installation), `[a-z][a-z0-9-]*`. */
export type SiteId = Brand<string, 'SiteId'>;
/** Primary key of a row of `users`. */
export type UserId = Brand<number, 'UserId'>;
/** SHA-256 (hex) of a session's bearer id: what the database stores and logs may show. */
export type SessionId = Brand<string, 'SessionId'>;
/** `me`, or the id of a shared or functional account. First segment of mail URLs. */
export type AccountId = Brand<string, 'AccountId'>;
/** IMAP UID (RFC 9051 2.3.1.1): 1 to 2^32-1, meaningful only with its mailbox and UIDVALIDITY. */
export type Uid = Brand<number, 'Uid'>;
/** IMAP UIDVALIDITY. */
export type UidValidity = Brand<number, 'UidValidity'>;
/** HTML that is safe to print as it is: made by the renderer or the sanitiser, never by hand. */
export type SafeHtml = Brand<string, 'SafeHtml'>;
/** A header value without CR, LF or NUL; see `headerValue`. */
export type HeaderValue = Brand<string, 'HeaderValue'>;
/** A key of a text catalogue, `area.key` or `plugin:area.key`. */
export type TextKey = string;

export const OWN_ACCOUNT = 'me' as AccountId;

/** Names one message for good: a uid alone says nothing (RFC 9051 2.3.1.1). */
export interface MessageRef {
  readonly account: AccountId;
  readonly mailbox: string;
  readonly uidValidity: UidValidity;
  readonly uid: Uid;
}

/** End of a `switch` over a union: does not compile when a case is missing. */
export function assertNever(value: never): never {
  throw new Error(`unexpected value: ${String(value)}`);
}
