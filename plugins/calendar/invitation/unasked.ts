import type { Outcome } from '../itip';
import { withOwnStatus } from './status';

/**
 * The copy that a message makes when it is believed unasked: a meeting that is in the calendar and that
 * its organiser changed, what its attendees answered, what is off. `undefined` where nothing changes,
 * or the person has to say.
 */
export function takenUnasked(
  outcome: Outcome,
  existing: string | undefined,
  own: readonly string[],
): string | undefined {
  if (existing === undefined || !('trust' in outcome)) return undefined;
  if (outcome.trust === 'other' || outcome.trust === 'changed') return undefined;
  switch (outcome.kind) {
    case 'update':
      return withOwnStatus(outcome.object, own);
    case 'reply':
      return outcome.isChanged ? outcome.object : undefined;
    case 'cancel':
      return outcome.kept === existing ? undefined : outcome.kept;
    default:
      return undefined;
  }
}
