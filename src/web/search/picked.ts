import { AppError } from '../../base/errors';
import type { Uid } from '../../base/types';
import type { Selection } from '../../mail';
import { asUid, asUidValidity } from '../message-path';

/** A page of results, and no more: what is not seen is not acted upon. */
const MAX_PICKED = 1_000;

/** How a row of results names its message to a form: its mailbox comes last, whatever its letters. */
export const pickOf = (mailbox: string, uidValidity: string, uid: Uid): string =>
  `${uidValidity}.${uid}.${mailbox}`;

/**
 * What was picked, mailbox by mailbox in the order of their first message. Throws `request/invalid`
 * for what names no message.
 */
export function selectionsOf(picks: readonly string[]): readonly Selection[] {
  if (picks.length > MAX_PICKED) throw new AppError('request/invalid');
  const found = new Map<string, { selection: Omit<Selection, 'uids'>; uids: Set<Uid> }>();
  for (const pick of picks) {
    const [, validity = '', uid = '', mailbox = ''] = /^(\d+)\.(\d+)\.(.+)$/s.exec(pick) ?? [];
    const uidValidity = asUidValidity(validity);
    if (uidValidity === undefined || mailbox === '') throw new AppError('request/invalid');
    const key = `${validity}.${mailbox}`;
    const one = found.get(key) ?? { selection: { mailbox, uidValidity }, uids: new Set() };
    one.uids.add(asUid(uid));
    found.set(key, one);
  }
  return [...found.values()].map(({ selection, uids }) => ({ ...selection, uids: [...uids] }));
}
