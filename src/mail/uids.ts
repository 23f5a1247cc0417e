import { AppError } from '../base/errors';
import type { Uid } from '../base/types';
import { formatSet } from '../imap';

const MAX_PIECES = 2_000;
const MAX_UIDS = 10_000;

/** Uids as a sequence set, `3:7,9` (RFC 9051 9). */
export const formatUids = (uids: readonly Uid[]): string => formatSet(uids);

/** Uids of a sequence set that came back; throws `request/invalid`. */
export function parseUids(set: string): readonly Uid[] {
  const pieces = set.split(',');
  const uids: Uid[] = [];
  for (const piece of pieces) {
    const match = /^([1-9]\d{0,9})(?::([1-9]\d{0,9}))?$/.exec(piece);
    const from = Number(match?.[1]);
    const to = Number(match?.[2] ?? match?.[1]);
    const isTooMany = to - from >= MAX_UIDS - uids.length || pieces.length > MAX_PIECES;
    if (!match || to < from || to > 0xffff_ffff || isTooMany) throw new AppError('request/invalid');
    for (let uid = from; uid <= to; uid++) uids.push(uid as Uid);
  }
  return uids;
}
