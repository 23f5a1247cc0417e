import { DAY_MS } from '../time/days';
import { toUtc, UTC } from '../time/zone';
import { type Component, type Property, paramOf, propertyOf, textOf } from './jcal';
import { type RuleFacts, ruleFactsOf } from './rules';
import { durationOf, recurrenceName, wallOf } from './times';
import { IcsError, SHOW_AS, type ShowAs, VISIBILITIES, type Visibility } from './types';
import { type Counted, countedWall, FLOATING, type ZoneFacts, zoneOf } from './zones';

/** One VEVENT as far as lists and searches for free time need it: plain data, kept beside the text. */
export interface EventFacts {
  /** `''` for the event itself; the name of the occurrence that it replaces. */
  readonly recurrence: string;
  readonly isAllDay: boolean;
  /** Wall time in `zone`. */
  readonly start: number;
  /** Milliseconds, exact (RFC 5545 §3.8.5.3). */
  readonly length: number;
  readonly zone: ZoneFacts;
  readonly repeats?: RuleFacts;
  readonly summary: string;
  readonly location: string;
  readonly showAs: ShowAs;
  readonly visibility: Visibility;
  readonly isCancelled: boolean;
  readonly hasAlarm: boolean;
}

type ZoneNames = (tzid: string) => ZoneFacts;

const SHOWN_CHARS = 500;
/** Nobody's event; a file that has one means something else, and it would be in every window. */
const MAX_LENGTH = 3_660 * DAY_MS;

/** The zone of a property's times. */
export function zoneFactsOf(property: Property, zones: ZoneNames): ZoneFacts {
  const written = wallOf(property[3]);
  if (written.isUtc) return { id: 'UTC' };
  const tzid = paramOf(property, 'tzid');
  return tzid === '' || written.isDate ? FLOATING : zones(tzid);
}

/** Reads a VEVENT. Throws {@link IcsError}. */
export function eventFacts(event: Component, zones: ZoneNames, master?: EventFacts): EventFacts {
  const start = propertyOf(event, 'dtstart');
  if (!start) throw new IcsError('no-start', textOf(event, 'uid').slice(0, 80));
  const { wall, isDate } = wallOf(start[3]);
  const zone = zoneFactsOf(start, zones);
  const repeats = master ? undefined : ruleFactsOf(event, { isDate, zone, wall }, zones);
  return {
    recurrence: recurrenceOf(event, master ?? { isAllDay: isDate, zone }, zones),
    isAllDay: isDate,
    start: wall,
    length: lengthOf(event, { wall, isDate, zone }, zones),
    zone,
    ...(repeats && { repeats }),
    summary: textOf(event, 'summary').slice(0, SHOWN_CHARS),
    location: textOf(event, 'location').slice(0, SHOWN_CHARS),
    showAs: showAsOf(event),
    visibility: visibilityOf(event),
    isCancelled: textOf(event, 'status').toUpperCase() === 'CANCELLED',
    hasAlarm: event[2].some(([name]) => name === 'valarm'),
  };
}

/** The name of the occurrence that a RECURRENCE-ID means, in the zone in which the event is counted. */
function recurrenceOf(event: Component, counted: Counted, zones: ZoneNames): string {
  const id = propertyOf(event, 'recurrence-id');
  return id ? recurrenceName(countedWall(id, id[3], counted, zones), counted.isAllDay) : '';
}

function lengthOf(
  event: Component,
  {
    wall,
    isDate,
    zone,
  }: { readonly wall: number; readonly isDate: boolean; readonly zone: ZoneFacts },
  zones: ZoneNames,
): number {
  const end = propertyOf(event, 'dtend');
  const duration = textOf(event, 'duration');
  // "DTSTART as DATE, no end: one day; as DATE-TIME: ends where it begins" (RFC 5545 §3.6.1).
  let length = isDate ? DAY_MS : 0;
  if (end) {
    const written = wallOf(end[3]);
    const last = toUtc(zoneOf(zoneFactsOf(end, zones), UTC), written.wall);
    length = last - toUtc(zoneOf(zone, UTC), wall);
    if (isDate && written.isDate) length = written.wall - wall;
  } else if (duration !== '') length = durationOf(duration);
  // An end before its start is written by clients that do not look; the event stays where it is.
  const shown = Math.min(Math.max(length, 0), MAX_LENGTH);
  return isDate ? Math.max(Math.ceil(shown / DAY_MS) * DAY_MS, DAY_MS) : shown;
}

/** Outlook's four words beside TRANSP, and two of ours that no other program has. */
export const BUSY_STATUS: Readonly<Record<ShowAs, string>> = {
  busy: 'BUSY',
  tentative: 'TENTATIVE',
  free: 'FREE',
  absent: 'OOF',
  telework: 'WORKINGELSEWHERE',
  leave: 'OOF',
};

export function showAsOf(event: Component): ShowAs {
  const own = textOf(event, 'x-estafette-show-as').toLowerCase();
  const named = SHOW_AS.find((one) => one === own);
  const busy = textOf(event, 'x-microsoft-cdo-busystatus').toUpperCase();
  // What another program changed since counts.
  if (named && (busy === '' || BUSY_STATUS[named] === busy)) return named;
  const shown = SHOW_AS.find((one) => BUSY_STATUS[one] === busy);
  if (textOf(event, 'transp').toUpperCase() === 'TRANSPARENT') {
    return shown === 'telework' ? shown : 'free';
  }
  if (textOf(event, 'status').toUpperCase() === 'TENTATIVE') return 'tentative';
  return shown === 'free' ? 'busy' : (shown ?? 'busy');
}

export function visibilityOf(event: Component): Visibility {
  const word = textOf(event, 'class').toLowerCase();
  if (word === '') return 'public';
  // "Applications MUST treat values that they don't recognize as PRIVATE" (RFC 5545 §3.8.1.3).
  return VISIBILITIES.find((one) => one === word) ?? 'private';
}
