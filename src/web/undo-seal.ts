import { sameSecret } from '../base/ids';
import type { UserId } from '../base/types';
import type { Selection } from '../mail';
import type { WebDeps } from './context';
import { signed } from './signing';

type Keys = Pick<WebDeps, 'signingKey'>;

/** A move that takes another one back: whose, of which messages, to which folder. */
export interface UndoMove {
  readonly user: UserId;
  readonly selection: Selection;
  readonly to: string;
}

/**
 * Binds an undo to exactly the messages that were moved: a page may hold the form of an older
 * notice, or a mixture of two, and must not move what the agent did not touch.
 */
export function sealUndo(keys: Keys, { user, selection, to }: UndoMove): string {
  const uids = [...selection.uids].sort((a, b) => a - b);
  const told = JSON.stringify([user, selection.mailbox, selection.uidValidity, uids, to]);
  return signed(keys, 'undo', told);
}

/** Whether `seal` was given for this very move. */
export const isSealedUndo = (keys: Keys, move: UndoMove, seal: string): boolean =>
  sameSecret(seal, sealUndo(keys, move));
