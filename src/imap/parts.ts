import type { FetchMessageObject, ImapFlow } from 'imapflow';
import { AppError } from '../base/errors';
import { noAnswer } from './errors';

/** A slice of a part: `key` as in BODY[key], '' for the whole message. */
export interface Slice {
  readonly key: string;
  readonly start: number;
  readonly length: number;
}

/** IMAP section of a part (RFC 9051 6.4.5): digits and dots, with HEADER, MIME or TEXT at the end. */
const isSection = (key: string): boolean =>
  /^(?:[1-9]\d{0,4}(?:\.[1-9]\d{0,4}){0,100}(?:\.(?:HEADER|TEXT|MIME))?|HEADER|TEXT)$/i.test(key);

/** Bytes of one slice; fewer than asked at the end of the part. Throws `message/not-found`. */
export async function fetchSlice(client: ImapFlow, uid: number, slice: Slice): Promise<Buffer> {
  if (slice.key === '') return fetchSource(client, uid, slice);
  if (!isSection(slice.key))
    throw new AppError('request/invalid', { details: { part: 'malformed' } });
  const bodyParts = [{ key: slice.key, start: slice.start, maxLength: slice.length }];
  const message = await fetchMessage(client, uid, { bodyParts });
  return firstPart(message, slice.length);
}

async function fetchSource(client: ImapFlow, uid: number, slice: Slice): Promise<Buffer> {
  const source = { start: slice.start, maxLength: slice.length };
  const message = await fetchMessage(client, uid, { source });
  return (message.source ?? Buffer.alloc(0)).subarray(0, slice.length);
}

/** A server that ignores the range sends everything: only what was asked for is used. */
function firstPart(message: FetchMessageObject, length: number): Buffer {
  const found = message.headers ?? [...(message.bodyParts?.values() ?? [])][0];
  return (found ?? Buffer.alloc(0)).subarray(0, length);
}

/** Several small parts in one FETCH, each cut at `maxBytes`; by section, those the server gave. */
export async function fetchParts(
  client: ImapFlow,
  uid: number,
  keys: readonly string[],
  maxBytes: number,
): Promise<ReadonlyMap<string, Buffer>> {
  const bodyParts = keys.filter(isSection).map((key) => ({ key, maxLength: maxBytes }));
  const message = await fetchMessage(client, uid, { bodyParts });
  return message.bodyParts ?? new Map();
}

/** One message by uid; `message/not-found` when it is gone. */
export async function fetchMessage(
  client: ImapFlow,
  uid: number,
  query: Parameters<ImapFlow['fetchOne']>[1],
): Promise<FetchMessageObject> {
  // Dovecot answers a FETCH of an expunged uid with OK and nothing.
  const messages = await fetchMessages(client, String(uid), query);
  const message = messages.find((one) => one.uid === uid);
  if (!message) throw new AppError('message/not-found');
  return message;
}

/** Messages by uid, those that still exist, in no particular order. */
export async function fetchMessages(
  client: ImapFlow,
  set: string,
  query: Parameters<ImapFlow['fetchAll']>[1],
  changedSince?: bigint,
): Promise<readonly FetchMessageObject[]> {
  const options = changedSince === undefined ? { uid: true } : { uid: true, changedSince };
  const messages = await client.fetchAll(set, query, options);
  if (!Array.isArray(messages)) throw noAnswer('FETCH');
  for (const message of messages) if (message.uid === undefined) announce(client, message);
  return messages.filter(({ uid }) => uid !== undefined);
}

/**
 * A change of flags that the server tells among the answers (RFC 9051 7.5.2): without UID, which
 * every answer to a UID FETCH has. The library takes it for one of them, and tells nobody.
 */
function announce(client: ImapFlow, { seq, flags }: FetchMessageObject): void {
  if (client.mailbox && flags) client.emit('flags', { path: client.mailbox.path, seq, flags });
}
