import { type DavAsked, type DavElement, davChild, davChildren, davIs } from 'estafette/plugin';
import {
  type Component,
  type Property,
  parseCalendar,
  propertyOf,
  withProperty,
  writeCalendar,
} from '../ics/jcal';
import type { Taking } from '../ics/occurrences';
import { recurrenceWall, writtenOf } from '../ics/times';
import { IcsError } from '../ics/types';
import { zoneOf } from '../ics/zones';
import { toUtc, type Zone } from '../time/zone';
import { C } from './names';
import { type Call, siteZone } from './places';
import { type Range, rangeOf } from './range';
import { type Part, partsIn, takingsIn } from './taking';

const dataIn = ({ names }: DavAsked): DavElement | undefined =>
  names?.find((name) => davIs(name, C('calendar-data')));

/** Whether a program asks for objects in a shape that there is none of (RFC 4791 9.6). */
export function isUnknownData(asked: DavAsked): boolean {
  const { 'content-type': type = 'text/calendar', version = '2.0' } =
    dataIn(asked)?.attributes ?? {};
  return type.toLowerCase() !== 'text/calendar' || version !== '2.0';
}

const WINDOWS = [C('expand'), C('limit-recurrence-set'), C('limit-freebusy-set')];

/** Whether a window of `calendar-data` says no window. */
export function isBadWindow(asked: DavAsked): boolean {
  return WINDOWS.some((name) => {
    const window = davChild(dataIn(asked), name);
    return window !== undefined && rangeOf(window, { isClosed: true }) === undefined;
  });
}

/** More than an answer holds: one event with all its times. */
export class TooLarge extends Error {}

/** A text as a program asks for it; as it was put unless it does. Throws {@link TooLarge}. */
export function dataOf(text: string, wanted: DavElement, call: Call): string {
  if (wanted.children.length === 0) return text;
  const range = (name: string): Range | undefined => {
    const window = davChild(wanted, C(name));
    return window && rangeOf(window, { isClosed: true });
  };
  const [expand, limit] = [range('expand'), range('limit-recurrence-set')];
  const selection = davChild(wanted, C('comp'));
  if (!expand && !limit && !selection) return text;
  try {
    const calendar = parseCalendar(text);
    const windowed = expand
      ? expanded(calendar, expand, siteZone(call), text.length)
      : limit
        ? limited(calendar, limit, siteZone(call))
        : calendar;
    return writeCalendar(selection ? selected(windowed, selection) : windowed);
  } catch (error) {
    if (error instanceof IcsError) return text;
    throw error;
  }
}

const MOST = 5_000;
const MAX_CHARS = 16_000_000;
const REPEATING: ReadonlySet<string> = new Set(['rrule', 'rdate', 'exdate', 'exrule']);

/** Every time in a window as an event of its own, in UTC (RFC 4791 9.6.5). */
function expanded(calendar: Component, range: Range, zone: Zone, chars: number): Component {
  const parts = partsIn(calendar);
  const master = parts.find(({ facts }) => facts.recurrence === '');
  const { takings, isCut } = takingsIn(parts, range, { zone, limit: MOST });
  // Ten thousand people at a meeting of each day would be written thousands of times.
  if (isCut || takings.length * chars > MAX_CHARS) throw new TooLarge();
  const events = takings.map((taking) => {
    const part = parts.find(({ facts }) => facts === taking.facts) as Part;
    return instanceOf(part, taking, { master: master ?? part, zone });
  });
  const kept = calendar[2].filter(([kind]) => !['vtimezone', 'vevent'].includes(kind));
  // Tasks are given as they are.
  return [calendar[0], calendar[1], [...kept, ...events.filter(([kind]) => kind === 'vevent')]];
}

function instanceOf(
  { component, facts }: Part,
  taking: Taking,
  { master, zone }: { readonly master: Part; readonly zone: Zone },
): Component {
  const time = (name: string, at: number, isDate: boolean): Property => [
    name,
    {},
    isDate ? 'date' : 'date-time',
    writtenOf(at, { isDate, isUtc: !isDate }),
  ];
  let event: Component = [
    component[0],
    component[1].filter(([name]) => !REPEATING.has(name)),
    component[2],
  ];
  event = withProperty(event, 'dtstart', time('dtstart', taking.start, facts.isAllDay));
  if (propertyOf(event, 'dtend')) {
    event = withProperty(event, 'dtend', time('dtend', taking.end, facts.isAllDay));
  }
  if (!taking.isRecurring) return event;
  const { isAllDay, zone: counted } = master.facts;
  const wall = recurrenceWall(taking.recurrence);
  if (wall === undefined) return event;
  const at = isAllDay ? wall : toUtc(zoneOf(counted, zone), wall);
  return withProperty(event, 'recurrence-id', time('recurrence-id', at, isAllDay));
}

/** The series, and what replaces occurrences in a window (RFC 4791 9.6.6). */
function limited(calendar: Component, range: Range, zone: Zone): Component {
  const parts = partsIn(calendar);
  const master = parts.find(({ facts }) => facts.recurrence === '');
  if (!master) return calendar;
  const isKept = ({ facts }: Part): boolean => {
    const wall = recurrenceWall(facts.recurrence);
    const planned = wall === undefined ? undefined : toUtc(zoneOf(master.facts.zone, zone), wall);
    const length = master.facts.length;
    const wasThere = planned !== undefined && planned < range.to && planned + length > range.from;
    return (
      wasThere || takingsIn([{ ...master, facts }], range, { zone, limit: 1 }).takings.length > 0
    );
  };
  const left = new Set(
    parts.filter((part) => part !== master && !isKept(part)).map(({ component }) => component),
  );
  return [calendar[0], calendar[1], calendar[2].filter((component) => !left.has(component))];
}

/** Components and properties that are asked for by name (RFC 4791 9.6.1). */
function selected(component: Component, wanted: DavElement): Component {
  const name = (element: DavElement): string => (element.attributes['name'] ?? '').toLowerCase();
  const props = davChildren(wanted, C('prop'));
  const comps = davChildren(wanted, C('comp'));
  const properties = davChild(wanted, C('allprop'))
    ? component[1]
    : component[1].filter((property) => props.some((prop) => name(prop) === property[0]));
  const components = davChild(wanted, C('allcomp'))
    ? component[2]
    : component[2].flatMap((inner) => {
        const asked = comps.find((comp) => name(comp) === inner[0]);
        return asked ? [selected(inner, asked)] : [];
      });
  return [component[0], properties, components];
}
