import { sameSecret } from '../../base/ids';
import type { UserId } from '../../base/types';
import { type ActionResult, formatUids, parseUids, type Selection } from '../../mail';
import type { WebDeps } from '../context';
import type { FlashNote } from '../flash';
import { asUidValidity } from '../message-path';
import type { OpenCall } from '../route';
import { signed } from '../signing';

/** A move across mailboxes that was made: from where, and where its messages are now. */
export interface Made {
  readonly from: string;
  readonly result: ActionResult;
}

/** Messages where they are now, and the mailbox that they go back to. */
interface Back {
  readonly selection: Selection;
  readonly to: string;
}

const seal = (deps: Pick<WebDeps, 'signingKey'>, user: UserId, moves: string): string =>
  signed(deps, 'undo-all', JSON.stringify([user, moves]));

/** The form that takes moves back; none where a server did not say where its messages are now. */
export function undoAllForm(
  { deps, actor }: Pick<OpenCall, 'deps' | 'actor'>,
  made: readonly Made[],
  back: string,
): FlashNote['undo'] {
  const moves: [string, string, string, string][] = [];
  for (const { from, result } of made) {
    const { moved, count } = result;
    if (!moved && count === 0) continue;
    if (moved?.uidValidity === undefined || moved.uids.length === 0) return undefined;
    moves.push([moved.mailbox, String(moved.uidValidity), formatUids(moved.uids), from]);
  }
  if (moves.length === 0) return undefined;
  const text = JSON.stringify(moves);
  return {
    action: '/search/undo',
    fields: [
      { name: 'undo', value: seal(deps, actor.user.id, text) },
      { name: 'moves', value: text },
      { name: 'back', value: back },
    ],
  };
}

/** What such a form takes back; undefined for one that was not made here, for this agent. */
export function readUndoAll(
  { deps, actor }: Pick<OpenCall, 'deps' | 'actor'>,
  { moves, undo }: { readonly moves: string; readonly undo: string },
): readonly Back[] | undefined {
  if (!sameSecret(undo, seal(deps, actor.user.id, moves))) return undefined;
  // Sealed: it is what was written above.
  const read = JSON.parse(moves) as [string, string, string, string][];
  return read.flatMap(([mailbox, validity, uids, to]) => {
    const uidValidity = asUidValidity(validity);
    return uidValidity === undefined
      ? []
      : [{ selection: { mailbox, uidValidity, uids: parseUids(uids) }, to }];
  });
}
