import { eventFacts, visibilityOf, zoneFactsOf } from '../ics/facts';
import {
  type Component,
  componentsOf,
  paramOf,
  parseCalendar,
  propertiesOf,
  propertyOf,
  textOf,
} from '../ics/jcal';
import { wallOf } from '../ics/times';
import { IcsError } from '../ics/types';
import { zoneOf, zonesOf } from '../ics/zones';
import { toUtc, UTC, type Zone } from '../time/zone';

/** When a task is due: a day, or a moment. */
export interface Due {
  readonly isAllDay: boolean;
  /** The wall time as it is written; of a day its UTC midnight. */
  readonly wall: number;
  /** `''` for days, and for times of whoever reads it. */
  readonly zone: string;
}

/** What a list shows of a task (RFC 5545 §3.6.2). */
export interface TaskFacts {
  readonly due: Due | undefined;
  readonly isDone: boolean;
  readonly isCancelled: boolean;
  /** 1 is the highest, 9 the lowest, 0 none (RFC 5545 §3.8.1.9). */
  readonly priority: number;
  readonly percent: number;
  readonly isRecurring: boolean;
  /** UID of the task that it is a part of; `''` for none. */
  readonly parent: string;
  readonly isPrivate: boolean;
  /** Moment (ms) at which it was done; 0 where nobody says. */
  readonly doneAt: number;
}

const numberOf = (part: Component, name: string, most: number): number => {
  const value = propertyOf(part, name)?.[3];
  return typeof value === 'number' ? Math.min(Math.max(Math.round(value), 0), most) : 0;
};

/** The task of an object, the series where it repeats. */
export const taskPart = (calendar: Component): Component | undefined => {
  const parts = componentsOf(calendar, 'vtodo');
  return parts.find((part) => !propertyOf(part, 'recurrence-id')) ?? parts[0];
};

/** What a list needs of the task of a text; undefined for what is none. Throws `IcsError`. */
export function taskFacts(text: string): TaskFacts | undefined {
  const calendar = parseCalendar(text);
  const part = taskPart(calendar);
  return part && factsOfPart(calendar, part);
}

/** The same of a part that was read. */
export function factsOfPart(calendar: Component, part: Component): TaskFacts {
  const status = textOf(part, 'status').toUpperCase();
  const done = propertyOf(part, 'completed');
  const parent = propertiesOf(part, 'related-to').find((one) => {
    const kind = paramOf(one, 'reltype').toUpperCase();
    return kind === '' || kind === 'PARENT';
  })?.[3];
  return {
    due: readable(() => dueOf(calendar, part)),
    isDone: status === 'COMPLETED' || (status === '' && done !== undefined),
    isCancelled: status === 'CANCELLED',
    priority: numberOf(part, 'priority', 9),
    percent: numberOf(part, 'percent-complete', 100),
    isRecurring: propertyOf(part, 'rrule') !== undefined,
    parent: typeof parent === 'string' ? parent.slice(0, 255) : '',
    isPrivate: visibilityOf(part) !== 'public',
    doneAt: done ? (readable(() => wallOf(done[3]).wall) ?? 0) : 0,
  };
}

/** What a program wrote that nobody can read is as if it were not there: the task still is. */
function readable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof IcsError) return undefined;
    throw error;
  }
}

/** DUE, or DTSTART with DURATION (RFC 5545 §3.8.2.3). */
function dueOf(calendar: Component, part: Component): Due | undefined {
  const due = propertyOf(part, 'due');
  if (due) {
    const { wall, isDate } = wallOf(due[3]);
    return { isAllDay: isDate, wall, zone: isDate ? '' : zoneFactsOf(due, zonesOf(calendar)).id };
  }
  if (!propertyOf(part, 'dtstart') || !propertyOf(part, 'duration')) return undefined;
  const facts = eventFacts(part, zonesOf(calendar));
  return {
    isAllDay: facts.isAllDay,
    wall: facts.start + facts.length,
    zone: facts.isAllDay ? '' : facts.zone.id,
  };
}

/** The moment at which a task is late: of a day when it is over, where `local` is. */
export function dueMoment({ isAllDay, wall, zone }: Due, local: Zone): number {
  if (isAllDay) return toUtc(local, wall + 86_400_000);
  return toUtc(zone === '' ? local : zoneOf({ id: zone }, UTC), wall);
}
