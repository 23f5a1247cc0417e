import { AppError } from '../base/errors';
import type { Uid } from '../base/types';

// A mailbox larger than this is outside what the product serves; a server that answers with more
// uids is broken or hostile (`1:4294967295` is 12 bytes).
export const MAX_UIDS = 4_000_000;
const MAX_UID = 0xffff_ffff; // RFC 9051 2.3.1.1

const tooMany = (): AppError => new AppError('imap/protocol', { details: { limit: MAX_UIDS } });

/** A growing list of uids without the eight bytes a number costs in an array. */
export class UidList {
  #items = new Uint32Array(1024);
  #length = 0;

  push(uid: number): void {
    if (this.#length >= MAX_UIDS) throw tooMany();
    if (this.#length === this.#items.length) {
      const larger = new Uint32Array(this.#items.length * 2);
      larger.set(this.#items);
      this.#items = larger;
    }
    this.#items[this.#length++] = uid;
  }

  pushRange(from: number, to: number): void {
    const [low, high] = from <= to ? [from, to] : [to, from];
    if (high - low >= MAX_UIDS - this.#length) throw tooMany();
    for (let uid = low; uid <= high; uid++) this.push(uid);
  }

  finish(): Uint32Array {
    return this.#items.slice(0, this.#length);
  }
}

/** Adds every number of `bytes` from `start`, separated by anything else: `* SORT 3 1 2`. */
export function scanNumbers(bytes: Buffer, start: number, into: UidList): void {
  let value = 0;
  let inNumber = false;
  for (let at = start; at < bytes.length; at++) {
    const digit = (bytes[at] ?? 0) - 48;
    if (digit >= 0 && digit <= 9) {
      value = value * 10 + digit;
      if (value > MAX_UID) throw new AppError('imap/protocol', { details: { uid: 'too large' } });
      inNumber = true;
    } else {
      if (inNumber && value > 0) into.push(value);
      value = 0;
      inNumber = false;
      // `(MODSEQ 917162500)` may end the line (RFC 7162 3.1.5): not a uid.
      if (digit === 40 - 48) return;
    }
  }
  if (inNumber && value > 0) into.push(value);
}

/** Adds the members of a sequence set in its order: `1:3,7`. */
export function scanSet(text: string, into: UidList): void {
  for (const piece of text.split(',')) {
    const match = /^(\d{1,10})(?::(\d{1,10}))?$/.exec(piece.trim());
    if (!match) throw new AppError('imap/protocol', { details: { set: 'malformed' } });
    const from = Number(match[1]);
    const to = match[2] === undefined ? from : Number(match[2]);
    if (from < 1 || to < 1 || from > MAX_UID || to > MAX_UID) {
      throw new AppError('imap/protocol', { details: { set: 'out of range' } });
    }
    into.pushRange(from, to);
  }
}

/** Uids as the shortest sequence set; consecutive ones become a range. Order is not kept. */
export function formatSet(uids: Iterable<number>): string {
  const sorted = Uint32Array.from(uids).sort();
  const pieces: string[] = [];
  for (let i = 0; i < sorted.length; ) {
    const from = sorted[i] ?? 0;
    let to = from;
    i++;
    while (i < sorted.length && (sorted[i] ?? 0) <= to + 1) to = sorted[i++] ?? to;
    pieces.push(from === to ? String(from) : `${from}:${to}`);
  }
  return pieces.join(',');
}

/** Slices of at most `size`, for commands whose line servers bound (Dovecot: 64 kB). */
export function chunks<T>(items: readonly T[], size: number): T[][] {
  const result: T[][] = [];
  for (let at = 0; at < items.length; at += size) result.push(items.slice(at, at + size));
  return result;
}

/** A number from outside as a uid; throws `request/invalid`. */
export function toUid(value: number): Uid {
  if (!Number.isInteger(value) || value < 1 || value > MAX_UID) {
    throw new AppError('request/invalid', { details: { uid: 'out of range' } });
  }
  return value as Uid;
}
