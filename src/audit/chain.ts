import { timingSafeEqual } from 'node:crypto';
import type { AuditKeys } from './keys';

/** A line as the table holds it: unchecked, for a line that was tampered with may hold anything. */
export interface RawLine {
  readonly id: unknown;
  readonly seq: unknown;
  readonly prev: unknown;
  readonly hash: unknown;
  readonly key_id: unknown;
  readonly at: unknown;
  readonly site: unknown;
  readonly actor_login: unknown;
  readonly event: unknown;
  readonly target: unknown;
  readonly remote: unknown;
  readonly details: unknown;
}

/** The end of a chain: number and hash of its last line. */
export interface Link {
  readonly seq: number;
  readonly hash: string;
}

/**
 * Why a line does not hold. `altered`: not what was written; `inserted`: nobody with the key wrote
 * it; `missing`: lines before it are gone; `truncated`: the end of the log is gone; `rewritten`: not
 * the line that is known elsewhere; `unknown-key`: sealed by a key that is not given here; `anchor`:
 * what a purge left was altered; `purged`: the purge removed lines that did not hold; `damaged`: the
 * lines hold, but an index by which they are found does not agree with them.
 */
export type FaultReason =
  | 'altered'
  | 'inserted'
  | 'missing'
  | 'truncated'
  | 'rewritten'
  | 'unknown-key'
  | 'anchor'
  | 'purged'
  | 'damaged';

export interface ChainFault {
  readonly reason: FaultReason;
  /** The chain: a site, or `*`. */
  readonly site: string;
  /** Number of the line; absent where the line is gone. */
  readonly id?: number;
  /** Number in the chain; where lines are gone, the first one. */
  readonly seq?: number;
  readonly details?: string;
}

/** Before the first line of a chain. */
export const GENESIS: Link = { seq: 0, hash: '' };

// JSON of a list, so that no two different lines give the same text, and so that a number is not
// the text of its digits. The version comes first: a later form never reads as this one.
const canonical = (line: RawLine): string =>
  JSON.stringify([
    'estafette-audit-1',
    line.key_id,
    line.site,
    line.seq,
    line.prev,
    line.id,
    line.at,
    line.actor_login,
    line.event,
    line.target,
    line.remote,
    line.details,
  ]);

/** The hash of a line by the key that it names; `undefined` when that key is not known. */
export const hashOf = (keys: AuditKeys, line: RawLine): string | undefined =>
  typeof line.key_id === 'string' ? keys.mac(line.key_id, canonical(line)) : undefined;

/** Whether two hashes are the same, in the time that their length takes. */
export function isSameHash(one: unknown, other: string): boolean {
  if (typeof one !== 'string') return false;
  const [left, right] = [Buffer.from(one), Buffer.from(other)];
  return left.length === right.length && timingSafeEqual(left, right);
}

/** What a purge leaves of the lines that it removes. */
export interface Anchor extends Link {
  readonly site: string;
  /** How many lines were removed. */
  readonly lines: number;
  /** They were older than this. */
  readonly before: string;
  readonly at: string;
  /** What was wrong with them already: `altered 12`. */
  readonly fault: string | null;
  readonly keyId: string;
}

/** The signature of an anchor; `undefined` when its key is not known. */
export const anchorMac = (keys: AuditKeys, anchor: Anchor): string | undefined => {
  const { keyId, site, seq, hash, lines, before, at, fault } = anchor;
  const text = ['estafette-audit-anchor-1', keyId, site, seq, hash, lines, before, at, fault];
  return keys.mac(keyId, JSON.stringify(text));
};
