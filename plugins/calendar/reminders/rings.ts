import { zoneFactsOf } from '../ics/facts';
import {
  type Component,
  componentsOf,
  paramOf,
  parseCalendar,
  propertyOf,
  textOf,
} from '../ics/jcal';
import { eventsOf, partsOf } from '../ics/object';
import { occurrencesOf } from '../ics/occurrences';
import { durationOf, wallOf } from '../ics/times';
import { zoneOf, zonesOf } from '../ics/zones';
import { DAY_MS } from '../time/days';
import { toUtc, type Zone } from '../time/zone';

/** A moment at which something reminds of itself (VALARM, RFC 5545 3.6.6). */
export interface Ring {
  readonly at: number;
  /** ACTION:EMAIL; the screen otherwise. */
  readonly isMail: boolean;
  readonly recurrence: string;
  readonly summary: string;
  /** Moments; of whole days the midnight on the wall. */
  readonly start: number;
  readonly isAllDay: boolean;
}

interface Alarm {
  readonly isMail: boolean;
  /** From the start or the end, or a moment. */
  readonly from: 'start' | 'end' | 'moment';
  readonly ms: number;
  /** Dismissed until then, in another program (RFC 9074 6). */
  readonly acknowledged: number;
}

/** More of one event are of nobody. */
const ALARMS_MAX = 20;
const RINGS_MAX = 200;
/** How far ahead the next one is looked for: few look beyond the first. */
const HORIZONS = [40 * DAY_MS, 400 * DAY_MS, 4_000 * DAY_MS] as const;

/** What is no property of RFC 5545 stays as it was written. */
const WRITTEN = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/;

/** A moment in UTC; long ago for what is none. */
const momentOf = (component: Component, name: string): number => {
  const written = propertyOf(component, name)?.[3];
  const value = typeof written === 'string' ? written : '';
  const moment = Date.parse(value.replace(WRITTEN, '$1-$2-$3T$4:$5:$6Z'));
  return value.endsWith('Z') && Number.isFinite(moment) ? moment : Number.NEGATIVE_INFINITY;
};

function alarmOf(component: Component): Alarm | undefined {
  const action = textOf(component, 'action').toUpperCase();
  const trigger = propertyOf(component, 'trigger');
  if (!trigger || action === 'PROCEDURE' || action === 'NONE') return undefined;
  const acknowledged = momentOf(component, 'acknowledged');
  const isMail = action === 'EMAIL';
  try {
    if (trigger[2] === 'date-time') {
      const ms = momentOf(component, 'trigger');
      return Number.isFinite(ms) ? { isMail, from: 'moment', ms, acknowledged } : undefined;
    }
    const from = paramOf(trigger, 'related').toUpperCase() === 'END' ? 'end' : 'start';
    return { isMail, from, ms: durationOf(String(trigger[3])), acknowledged };
  } catch {
    return undefined;
  }
}

const alarmsOf = (part: Component): readonly Alarm[] => {
  // What Thunderbird dismissed is dismissed.
  const acknowledged = momentOf(part, 'x-moz-lastack');
  return componentsOf(part, 'valarm')
    .slice(0, ALARMS_MAX)
    .flatMap((component) => alarmOf(component) ?? [])
    .map((alarm) => ({ ...alarm, acknowledged: Math.max(alarm.acknowledged, acknowledged) }));
};

/** When alarms of a text ring in `(after, to]`, by time; `zone` is where whole days are. */
export function ringsOf(
  text: string,
  { after, to, zone }: { readonly after: number; readonly to: number; readonly zone: Zone },
): readonly Ring[] {
  return createRings(text)({ after, to, zone });
}

/** The next one after a moment. */
export function nextRing(text: string, after: number, zone: Zone): Ring | undefined {
  const rings = createRings(text);
  for (const horizon of HORIZONS) {
    const [first] = rings({ after, to: after + horizon, zone });
    if (first) return first;
  }
  return undefined;
}

interface Span {
  readonly after: number;
  readonly to: number;
  readonly zone: Zone;
}

/** Reads a text once for several windows. */
function createRings(text: string): (span: Span) => readonly Ring[] {
  const calendar = parseCalendar(text);
  const parts = partsOf(calendar);
  if (parts[0]?.[0] === 'vtodo') return (span) => taskRings(calendar, parts, span);
  if (parts[0]?.[0] !== 'vevent') return () => [];
  const events = eventsOf(calendar, parts);
  const series = parts.find((part) => !propertyOf(part, 'recurrence-id'));
  const others = parts.filter((part) => part !== series);
  const named = events.filter(({ recurrence }) => recurrence !== '');
  const alarms = new Map<string, readonly Alarm[]>();
  if (series) alarms.set('', alarmsOf(series));
  others.forEach((part, index) => {
    const facts = named[index];
    if (facts) alarms.set(facts.recurrence, alarmsOf(part));
  });
  const all = [...alarms.values()].flat();
  if (all.length === 0) return () => [];
  const longest = Math.max(0, ...events.map(({ length }) => length));
  const early = Math.max(0, ...all.map(({ from, ms }) => (from === 'moment' ? 0 : -ms)));
  const late = Math.max(0, ...all.map(({ from, ms }) => (from === 'moment' ? 0 : ms)));
  return ({ after, to, zone }) => {
    const { takings } = occurrencesOf(events, {
      from: after - late - longest - DAY_MS,
      to: to + early + DAY_MS,
      zone,
      limit: RINGS_MAX,
    });
    const rings: Ring[] = [];
    for (const { facts, recurrence, start, end } of takings) {
      if (facts.isCancelled) continue;
      const utc = (moment: number): number => (facts.isAllDay ? toUtc(zone, moment) : moment);
      for (const alarm of alarms.get(facts.recurrence) ?? []) {
        const at =
          alarm.from === 'moment' ? alarm.ms : utc(alarm.from === 'end' ? end : start) + alarm.ms;
        if (at <= after || at > to || at <= alarm.acknowledged) continue;
        // One that names its moment rings once, whatever repeats.
        if (alarm.from === 'moment' && rings.some((ring) => ring.at === at)) continue;
        rings.push({
          at,
          isMail: alarm.isMail,
          recurrence,
          summary: facts.summary,
          start,
          isAllDay: facts.isAllDay,
        });
      }
    }
    return rings.sort((a, b) => a.at - b.at);
  };
}

/** Those of a task, from when it begins or is due; one that is done reminds of nothing. */
function taskRings(calendar: Component, parts: readonly Component[], { after, to, zone }: Span) {
  const zones = zonesOf(calendar);
  const moment = (part: Component, name: string) => {
    const property = propertyOf(part, name);
    if (!property) return undefined;
    const { wall, isDate } = wallOf(property[3]);
    const of = zoneFactsOf(property, zones);
    return { isDate, wall, utc: toUtc(zoneOf(of, zone), wall) };
  };
  const rings: Ring[] = [];
  for (const part of parts) {
    if (['COMPLETED', 'CANCELLED'].includes(textOf(part, 'status').toUpperCase())) continue;
    const due = moment(part, 'due');
    const begin = moment(part, 'dtstart') ?? due;
    for (const alarm of alarmsOf(part)) {
      // Without a beginning what is counted is the time that it is due (RFC 5545 3.8.6.3).
      const from = alarm.from === 'end' ? (due ?? begin) : begin;
      if (!from && alarm.from !== 'moment') continue;
      const at = alarm.from === 'moment' ? alarm.ms : (from?.utc ?? 0) + alarm.ms;
      if (at <= after || at > to || at <= alarm.acknowledged) continue;
      const shown = due ?? begin;
      rings.push({
        at,
        isMail: alarm.isMail,
        recurrence: '',
        summary: textOf(part, 'summary').slice(0, 500),
        start: shown ? (shown.isDate ? shown.wall : shown.utc) : at,
        isAllDay: shown?.isDate ?? false,
      });
    }
  }
  return rings.sort((a, b) => a.at - b.at);
}
