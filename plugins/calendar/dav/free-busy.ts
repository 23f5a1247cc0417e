import { type DavElement, type DavResponse, davChild } from 'estafette/plugin';
import type { ShowAs } from '../ics/types';
import type { Calendar, Occurrence } from '../store';
import { toUtc, type Zone } from '../time/zone';
import { failing, TOO_MUCH } from './answers';
import { C } from './names';
import { type Call, siteZone } from './places';
import { momentText, type Range, rangeOf } from './range';

/** FBTYPE of what takes a person's time (RFC 5545 3.2.9); who works from home can be asked. */
const TYPES: Readonly<Partial<Record<ShowAs, string>>> = {
  busy: 'BUSY',
  tentative: 'BUSY-TENTATIVE',
  absent: 'BUSY-UNAVAILABLE',
  leave: 'BUSY-UNAVAILABLE',
};

interface Period extends Range {
  readonly type: string;
}

/** REPORT free-busy-query: when a calendar is taken, and nothing of what by (RFC 4791 7.10). */
export async function freeBusy(
  call: Call,
  calendar: Calendar,
  xml: DavElement,
): Promise<DavResponse> {
  const { store, person, context } = call;
  const time = davChild(xml, C('time-range'));
  const range = time && rangeOf(time, { isClosed: true });
  if (!range) return failing(403, C('valid-filter'));
  const zone = siteZone(call);
  const window = { ...range, zone: zone.id, calendars: [calendar.id] };
  const { occurrences, isCut } = await store.occurrences(person, window);
  if (isCut) return TOO_MUCH;
  const body = freeBusyText(periodsOf(occurrences, range, zone), {
    range,
    now: context.clock.now(),
  });
  return { status: 200, type: 'text/calendar; charset=utf-8', body };
}

/** When somebody is taken within a range, as one line each. */
export const periodsOf = (
  occurrences: readonly Occurrence[],
  range: Range,
  zone: Zone,
): readonly Period[] => merged(occurrences.flatMap((one) => periodOf(one, range, zone)));

/** A VFREEBUSY; with `reply` the answer to who asked for it (RFC 5546 3.3.3). */
export function freeBusyText(
  periods: readonly Period[],
  {
    range,
    now,
    reply,
  }: {
    readonly range: Range;
    readonly now: number;
    readonly reply?: {
      readonly uid: string;
      readonly organiser: string;
      readonly attendee: string;
    };
  },
): string {
  const line = (text: string): string => text.replace(/[\r\n]+/g, ' ');
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Estafette//calendar//FR',
    ...(reply ? ['METHOD:REPLY'] : []),
    'BEGIN:VFREEBUSY',
    `DTSTAMP:${momentText(now)}`,
    `DTSTART:${momentText(range.from)}`,
    `DTEND:${momentText(range.to)}`,
    ...(reply
      ? [
          `UID:${line(reply.uid)}`,
          `ORGANIZER:mailto:${line(reply.organiser)}`,
          `ATTENDEE:mailto:${line(reply.attendee)}`,
        ]
      : []),
    ...periods.map(
      ({ type, from, to }) => `FREEBUSY;FBTYPE=${type}:${momentText(from)}/${momentText(to)}`,
    ),
    'END:VFREEBUSY',
    'END:VCALENDAR',
    '',
  ];
  return lines.join('\r\n');
}

function periodOf(one: Occurrence, range: Range, zone: Zone): readonly Period[] {
  const type = one.isCancelled ? undefined : TYPES[one.showAs];
  if (type === undefined) return [];
  const at = (time: number): number => (one.isAllDay ? toUtc(zone, time) : time);
  const from = Math.max(at(one.start), range.from);
  const to = Math.min(at(one.end), range.to);
  return from < to ? [{ type, from, to }] : [];
}

/** Periods of a kind that touch are one. */
function merged(periods: readonly Period[]): readonly Period[] {
  const last = new Map<string, Period>();
  const done: Period[] = [];
  for (const period of [...periods].sort((a, b) => a.from - b.from)) {
    const before = last.get(period.type);
    if (before && period.from <= before.to) {
      last.set(period.type, { ...before, to: Math.max(before.to, period.to) });
      continue;
    }
    if (before) done.push(before);
    last.set(period.type, period);
  }
  return [...done, ...last.values()].sort((a, b) => a.from - b.from);
}
