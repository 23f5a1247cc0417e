import {
  type Component,
  parseCalendar,
  propertyOf,
  textOf,
  withProperty,
  writeCalendar,
} from '../ics/jcal';
import { partiesOf } from '../itip/people';
import type { Answer } from '../people/attendees';

const MICROSOFT = 'x-microsoft-cdo-busystatus';

/** How a meeting counts in the calendar of who answers it so. */
const SHOWN: Readonly<Partial<Record<Answer, readonly [own: string, microsoft: string]>>> = {
  'needs-action': ['TENTATIVE', 'TENTATIVE'],
  tentative: ['TENTATIVE', 'TENTATIVE'],
  declined: ['FREE', 'FREE'],
  delegated: ['FREE', 'FREE'],
};

/**
 * A copy of a meeting that counts as its attendee answered: Outlook invites as provisional, whatever
 * is answered, and others say nothing. A meeting that takes nobody's time does not either.
 */
export function withOwnStatus(text: string, own: readonly string[]): string {
  const [name, properties, components] = parseCalendar(text);
  const next = components.map((part): Component => {
    if (part[0] !== 'vevent') return part;
    const parties = partiesOf(part);
    const mine = own.map((mail) => parties.get(mail.toLowerCase())).find(Boolean);
    if (!mine) return part;
    const known = SHOWN[mine.partstat];
    const isFree = textOf(part, 'transp').toUpperCase() === 'TRANSPARENT';
    if (known) {
      const [shown, microsoft] = known;
      const told = withProperty(part, 'x-estafette-show-as', [
        'x-estafette-show-as',
        {},
        'unknown',
        shown,
      ]);
      return withProperty(told, MICROSOFT, [MICROSOFT, {}, 'unknown', microsoft]);
    }
    const chosen = textOf(part, 'x-estafette-show-as').toUpperCase();
    // Leave, or telework, is what the agent said of it themselves.
    if (chosen !== '' && chosen !== 'TENTATIVE' && chosen !== 'FREE') return part;
    const bare = withProperty(part, 'x-estafette-show-as', undefined);
    const intended = textOf(part, 'x-microsoft-cdo-intendedstatus').toUpperCase();
    if (!propertyOf(part, MICROSOFT)) return bare;
    const meant = intended === '' ? (isFree ? 'FREE' : 'BUSY') : intended;
    return withProperty(bare, MICROSOFT, [MICROSOFT, {}, 'unknown', meant]);
  });
  return writeCalendar([name, properties, next]);
}
