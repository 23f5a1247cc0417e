import { MINUTE_MS } from '../time/days';
import { type EventFacts, showAsOf, visibilityOf } from './facts';
import {
  type Component,
  type Property,
  parseCalendar,
  propertiesOf,
  propertyOf,
  textOf,
} from './jcal';
import { eventsOf, partsOf } from './object';
import { isStartOf } from './occurrences';
import { durationOf, recurrenceWall } from './times';
import type { EventFields } from './types';

/** An event as a form shows it. */
export interface EventForm {
  readonly fields: EventFields;
  /** Whether it repeats, so that a change may be for one occurrence. */
  readonly isSeries: boolean;
}

/**
 * Fields of an event, or of one occurrence by its name; undefined where there is none of that name,
 * and for what is no event. Throws `IcsError` for a text that cannot be read.
 */
export function fieldsOf(text: string, recurrence = ''): EventForm | undefined {
  const calendar = parseCalendar(text);
  const events = eventsOf(calendar);
  const master = events.find((facts) => facts.recurrence === '');
  const chosen = events.find((facts) => facts.recurrence === recurrence);
  const parts = partsOf(calendar);
  if (chosen && (recurrence !== '' || !master?.repeats)) {
    const part = parts[partIndex(parts, events, chosen)];
    return part && { fields: read(part, chosen, master), isSeries: chosen.recurrence !== '' };
  }
  const series = parts.find((part) => !propertyOf(part, 'recurrence-id'));
  if (!master || !series) return undefined;
  if (recurrence === '') return { fields: read(series, master, master), isSeries: true };
  const wall = recurrenceWall(recurrence);
  if (wall === undefined || !isStartOf(master, wall)) return undefined;
  return { fields: read(series, { ...master, start: wall }, master), isSeries: true };
}

/** The component of facts: those of `eventsOf` are in the order of the parts, the series first. */
export function partIndex(
  parts: readonly Component[],
  events: readonly EventFacts[],
  facts: EventFacts,
): number {
  if (facts.recurrence === '') return parts.findIndex((part) => !propertyOf(part, 'recurrence-id'));
  const others = events.filter(({ recurrence }) => recurrence !== '');
  const place = others.indexOf(facts);
  const indexes = parts.flatMap((part, index) =>
    propertyOf(part, 'recurrence-id') ? [index] : [],
  );
  return indexes[place] ?? -1;
}

/** Fields of one component. */
export function read(
  event: Component,
  facts: EventFacts,
  master: EventFacts | undefined,
): EventFields {
  return {
    summary: textOf(event, 'summary'),
    location: textOf(event, 'location'),
    description: textOf(event, 'description'),
    url: textOf(event, 'url'),
    isAllDay: facts.isAllDay,
    start: facts.start,
    end: facts.start + facts.length,
    zone: facts.isAllDay ? '' : facts.zone.id,
    rule: master?.repeats?.rule ?? '',
    showAs: showAsOf(event),
    visibility: visibilityOf(event),
    categories: propertiesOf(event, 'categories').flatMap(wordsOf),
    alarms: alarmsOf(event),
  };
}

const wordsOf = (property: Property): readonly string[] =>
  property.slice(3).filter((word) => typeof word === 'string') as string[];

/** Minutes before the start of reminders that a form can say. */
export function alarmsOf(event: Component): readonly number[] {
  const minutes = event[2].flatMap((alarm) => {
    const before = minutesBefore(alarm);
    return before === undefined ? [] : [before];
  });
  return [...new Set(minutes)].sort((a, b) => a - b);
}

/** Of a reminder on the screen that is counted from the start; undefined for any other. */
export function minutesBefore(alarm: Component): number | undefined {
  const trigger = propertyOf(alarm, 'trigger');
  const action = textOf(alarm, 'action').toUpperCase();
  if (alarm[0] !== 'valarm' || !trigger || trigger[2] !== 'duration') return undefined;
  if (action === 'EMAIL' || action === 'PROCEDURE' || trigger[1]['related'] === 'END')
    return undefined;
  try {
    const length = durationOf(String(trigger[3]));
    return length > 0 ? undefined : Math.round(-length / MINUTE_MS);
  } catch {
    return undefined;
  }
}
