import type { DavElement, DavName } from 'estafette/plugin';
import { davChildren } from 'estafette/plugin';
import { componentsOf, parseCalendar } from '../ics/jcal';
import { IcsError } from '../ics/types';
import { nearestColour } from './colours';
import { APPLE, C } from './names';

/** Components that a calendar may be for. */
export const COMPONENTS = ['VEVENT', 'VTODO'] as const;

/** A property of calendars that programs write, and are given as they wrote it. */
export interface KeptProperty {
  readonly name: DavName;
  /** What is kept of an element; undefined where it cannot be meant. */
  readonly read: (element: DavElement) => string | undefined;
  /** Only said when the calendar is made. */
  readonly isFixed?: boolean;
}

const MAX_CHARS = 10_000;
const textIn = ({ text, children }: DavElement): string | undefined =>
  children.length === 0 && text.length <= MAX_CHARS ? text : undefined;

function zoneIn(element: DavElement): string | undefined {
  if (element.text.length > 10 * MAX_CHARS) return undefined;
  try {
    return componentsOf(parseCalendar(element.text.trim()), 'vtimezone').length === 1
      ? element.text
      : undefined;
  } catch (error) {
    if (error instanceof IcsError) return undefined;
    throw error;
  }
}

function componentsIn(element: DavElement): string | undefined {
  const names = davChildren(element, C('comp')).map(({ attributes }) => attributes['name'] ?? '');
  const known = COMPONENTS.filter((name) => names.some((one) => one.toUpperCase() === name));
  return known.length > 0 ? known.join(' ') : undefined;
}

/** By the name under which the store keeps them. */
export const KEPT: Readonly<Record<string, KeptProperty>> = {
  colour: {
    name: APPLE('calendar-color'),
    read: (element) => (nearestColour(element.text) ? element.text.trim() : undefined),
  },
  order: {
    name: APPLE('calendar-order'),
    read: ({ text }) => (/^\s*-?\d{1,9}\s*$/.test(text) ? text.trim() : undefined),
  },
  description: { name: C('calendar-description'), read: textIn },
  zone: { name: C('calendar-timezone'), read: zoneIn },
  components: {
    name: C('supported-calendar-component-set'),
    read: componentsIn,
    isFixed: true,
  },
};

/** What a calendar is for, by what was said when it was made. */
export const componentsFor = (kept: ReadonlyMap<string, string> | undefined): readonly string[] =>
  kept?.get('components')?.split(' ') ?? COMPONENTS;
