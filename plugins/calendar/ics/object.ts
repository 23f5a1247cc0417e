import type { EventFacts } from './facts';
import { eventFacts } from './facts';
import {
  type Component,
  componentsOf,
  parseCalendar,
  propertiesOf,
  propertyOf,
  textOf,
} from './jcal';
import { boundsOf } from './occurrences';
import { IcsError } from './types';
import { zonesOf } from './zones';

/** What is kept of a calendar object beside its text. */
export interface ObjectFacts {
  readonly uid: string;
  readonly component: 'VEVENT' | 'VTODO' | 'VJOURNAL';
  readonly summary: string;
  /** Words of titles, places, notes and categories. */
  readonly words: string;
  /** Of a VEVENT alone. */
  readonly events: readonly EventFacts[];
  readonly first: number;
  readonly last: number;
}

const KINDS = ['vevent', 'vtodo', 'vjournal'] as const;
const UID_CHARS = 255;
const WORDS_CHARS = 8_000;
/** Beyond it nobody looks; tasks and notes are found by their own rules. */
const EVER = 8_640_000_000_000_000;

/** The components of an object: one event, task or note, and what replaces its occurrences. */
export function partsOf(calendar: Component): readonly Component[] {
  const kinds = KINDS.filter((kind) => componentsOf(calendar, kind).length > 0);
  const [kind, ...others] = kinds;
  if (!kind) throw new IcsError('nothing');
  if (others.length > 0) throw new IcsError('several', others.join());
  return componentsOf(calendar, kind);
}

/** Reads a calendar object resource (RFC 4791 §4.1). Throws {@link IcsError}. */
export function readObject(text: string): ObjectFacts {
  const calendar = parseCalendar(text);
  if (propertyOf(calendar, 'method')) throw new IcsError('several', 'METHOD');
  return factsOf(calendar);
}

/** The same of a calendar that was read; a METHOD is of no matter. */
export function factsOf(calendar: Component): ObjectFacts {
  const parts = partsOf(calendar);
  const uid = textOf(parts[0] as Component, 'uid').trim();
  if (uid === '' || uid.length > UID_CHARS) throw new IcsError('no-uid');
  if (parts.some((part) => textOf(part, 'uid').trim() !== uid))
    throw new IcsError('several', 'UID');
  const masters = parts.filter((part) => !propertyOf(part, 'recurrence-id'));
  if (masters.length > 1) throw new IcsError('several', 'VEVENT');
  const master = masters[0] ?? (parts[0] as Component);
  const component = (master[0] as string).toUpperCase() as ObjectFacts['component'];
  const events = component === 'VEVENT' ? eventsOf(calendar, parts) : [];
  const bounds = component === 'VEVENT' ? boundsOf(events) : { first: -EVER, last: EVER };
  return {
    uid,
    component,
    summary: textOf(master, 'summary').slice(0, 500),
    words: parts
      .flatMap((part) => [
        ...['summary', 'location', 'description'].map((name) => textOf(part, name)),
        ...propertiesOf(part, 'categories').flatMap((one) =>
          one.slice(3).filter((text) => typeof text === 'string'),
        ),
      ])
      .join('\n')
      .slice(0, WORDS_CHARS),
    events,
    ...bounds,
  };
}

/** Facts of every event of an object, the series first. */
export function eventsOf(
  calendar: Component,
  parts: readonly Component[] = partsOf(calendar),
): readonly EventFacts[] {
  const zones = zonesOf(calendar);
  const series = parts.find((part) => !propertyOf(part, 'recurrence-id'));
  const master = series && eventFacts(series, zones);
  // Of two that replace one occurrence the later one counts.
  const replaced = new Map<string, EventFacts>();
  for (const part of parts) {
    if (part === series) continue;
    const facts = eventFacts(part, zones, master ?? eventFacts(part, zones));
    replaced.set(facts.recurrence, facts);
  }
  return [...(master ? [master] : []), ...replaced.values()];
}

/** Whether an event, or the occurrence `at` of it, is off (STATUS:CANCELLED, RFC 5545 3.8.1.11). */
export function isCancelled(text: string, at: string): boolean {
  const { events } = readObject(text);
  const one = events.find(({ recurrence }) => recurrence === at);
  return (one ?? events.find(({ recurrence }) => recurrence === ''))?.isCancelled === true;
}
