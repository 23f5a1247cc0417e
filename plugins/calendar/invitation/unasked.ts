import { componentsOf, parseCalendar, propertiesOf } from '../ics/jcal';
import type { Outcome } from '../itip';
import { partyOf } from '../itip/people';
import { withOwnStatus } from './status';

/** Whether a copy names somebody already as writing for another: a message that does so itself proves nothing. */
const knowsHand = (text: string, sender: string): boolean =>
  sender !== '' &&
  componentsOf(parseCalendar(text), 'vevent').some((part) =>
    ['organizer', 'attendee'].some((name) =>
      propertiesOf(part, name).some((property) => partyOf(property)?.sentBy === sender),
    ),
  );

/**
 * The copy that a message makes when it is believed unasked: a meeting that is in the calendar and that
 * its organiser changed, what its attendees answered, what is off. `undefined` where nothing changes,
 * or the person has to say.
 */
export function takenUnasked(
  outcome: Outcome,
  existing: string | undefined,
  { own, sender }: { readonly own: readonly string[]; readonly sender: string },
): string | undefined {
  if (existing === undefined || !('trust' in outcome)) return undefined;
  if (outcome.trust === 'other' || outcome.trust === 'changed') return undefined;
  if (outcome.trust === 'behalf' && !knowsHand(existing, sender)) return undefined;
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
