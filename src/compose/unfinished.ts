import type { Actor } from '../session/types';
import { type ComposeContext, ownerOf } from './context';
import { listUnfinished, type OutboxRow } from './outbox-store';

const MAX_READ = 50;

/**
 * What earlier sendings of this agent left undone, oldest first. A page asks for it twice at the
 * same moment, to go on with it and to tell of it: those who ask meanwhile share one reading.
 */
export function readUnfinished(
  context: ComposeContext,
  actor: Actor,
): Promise<readonly OutboxRow[]> {
  const { user, site } = ownerOf(actor);
  return context.readings(`${site} ${user}`, () =>
    listUnfinished(context.db.knex, { user, site }, MAX_READ),
  );
}
