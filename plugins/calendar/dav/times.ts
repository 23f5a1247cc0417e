import { zoneFactsOf } from '../ics/facts';
import { type Component, type Property, propertyOf, textOf } from '../ics/jcal';
import { durationOf, wallOf } from '../ics/times';
import { zoneOf, zonesOf } from '../ics/zones';
import { DAY_MS } from '../time/days';
import { toUtc, type Zone } from '../time/zone';
import { EVER, type Range } from './range';
import { momentsOf, type Part, takesPlace, takingsIn } from './taking';

/** What times are read by. */
export interface Reading {
  readonly calendar: Component;
  /** Where whole days and times without zone are. */
  readonly zone: Zone;
  /** Components of the object with a start. */
  readonly parts: readonly Part[];
}

/** The moment of a property's first value. */
export function momentIn(property: Property | undefined, reading: Reading): number | undefined {
  if (!property) return undefined;
  const { wall } = wallOf(property[3]);
  const facts = zoneFactsOf(property, zonesOf(reading.calendar));
  return toUtc(zoneOf(facts, reading.zone), wall);
}

/** Whether a component is in a range, by its kind (RFC 4791 9.9). */
export function isInRange(
  component: Component,
  range: Range,
  reading: Reading,
  parent?: Component,
): boolean {
  switch (component[0]) {
    case 'vevent':
      return takesPlace(own(component, reading), range, reading.zone);
    case 'vtodo':
      return isTaskIn(component, range, reading);
    case 'valarm':
      return isAlarmIn(component, range, reading, parent);
    default:
      return false;
  }
}

/** A series with what replaces its occurrences; of an occurrence that stands for itself, that one. */
function own(component: Component, { parts }: Reading): readonly Part[] {
  const isSeries = !propertyOf(component, 'recurrence-id');
  if (!isSeries) return parts.filter((part) => part.component === component);
  // A time that was moved is none of the series.
  const moved = parts.filter((part) => part.component !== component);
  return [
    ...parts.filter((part) => part.component === component),
    ...moved.map((part) => ({ ...part, facts: { ...part.facts, start: EVER / 2, length: 0 } })),
  ];
}

/** The table of tasks of RFC 4791 9.9. */
function isTaskIn(component: Component, range: Range, reading: Reading): boolean {
  const { from, to } = range;
  const at = (name: string): number | undefined => momentIn(propertyOf(component, name), reading);
  const [start, due, completed, created] = ['dtstart', 'due', 'completed', 'created'].map(at);
  if (start !== undefined && propertyOf(component, 'rrule')) {
    return takesPlace(own(component, reading), range, reading.zone);
  }
  const duration = textOf(component, 'duration');
  if (start !== undefined && duration !== '') {
    const end = start + Math.max(durationOf(duration), 0);
    return from <= end && (to > start || to >= end);
  }
  if (start !== undefined && due !== undefined) {
    return (from < due || from <= start) && (to > start || to >= due);
  }
  if (start !== undefined) return from <= start && to > start;
  if (due !== undefined) return from < due && to >= due;
  if (completed !== undefined && created !== undefined) {
    return (from <= created || from <= completed) && (to >= created || to >= completed);
  }
  if (completed !== undefined) return from <= completed && to >= completed;
  return created === undefined || to > created;
}

const MOST = 5_000;

/** Whether an alarm goes off in a range, for any time at which its event takes place. */
function isAlarmIn(alarm: Component, range: Range, reading: Reading, parent?: Component): boolean {
  const trigger = propertyOf(alarm, 'trigger');
  if (!trigger || !parent) return false;
  if (trigger[2] !== 'duration') {
    const moment = momentIn(trigger, reading);
    return moment !== undefined && moment >= range.from && moment < range.to;
  }
  const before = durationOf(String(trigger[3]));
  const atEnd = String(trigger[1]['related'] ?? '').toUpperCase() === 'END';
  const parts = own(parent, reading);
  const [part] = parts;
  if (!part) return false;
  // What is reminded of is as far from the range as the alarm is from it.
  const away = atEnd ? part.facts.length + before : before;
  const window = { from: range.from - away - DAY_MS, to: range.to - away + DAY_MS };
  const found = takingsIn(parts, window, { zone: reading.zone, limit: MOST });
  const isHere = found.takings.some((taking) => {
    const times = momentsOf(taking, reading.zone);
    const moment = (atEnd ? times.end : times.start) + before;
    return moment >= range.from && moment < range.to;
  });
  return isHere || found.isCut;
}
