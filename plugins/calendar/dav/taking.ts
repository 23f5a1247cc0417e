import { type EventFacts, eventFacts } from '../ics/facts';
import { type Component, propertyOf } from '../ics/jcal';
import { partsOf } from '../ics/object';
import { occurrencesOf, type Taking } from '../ics/occurrences';
import { zonesOf } from '../ics/zones';
import { toUtc, type Zone } from '../time/zone';
import type { Range } from './range';

/** A component with what is known of its times. */
export interface Part {
  readonly component: Component;
  readonly facts: EventFacts;
}

/** Tasks are due where events end. */
const asEvent = (component: Component): Component =>
  component[0] === 'vtodo'
    ? [
        component[0],
        component[1].map((property) =>
          property[0] === 'due'
            ? (['dtend', ...property.slice(1)] as unknown as typeof property)
            : property,
        ),
        component[2],
      ]
    : component;

/** The components of an object that have a start, the series first. */
export function partsIn(calendar: Component): readonly Part[] {
  const zones = zonesOf(calendar);
  const dated = partsOf(calendar).filter((part) => propertyOf(part, 'dtstart'));
  const series = dated.find((part) => !propertyOf(part, 'recurrence-id'));
  const master = series && eventFacts(asEvent(series), zones);
  // Of two that replace one occurrence the later one counts.
  const replaced = new Map<string, Part>();
  for (const part of dated) {
    if (part === series) continue;
    const event = asEvent(part);
    const facts = eventFacts(event, zones, master ?? eventFacts(event, zones));
    replaced.set(facts.recurrence, { component: part, facts });
  }
  return [
    ...(series && master ? [{ component: series, facts: master }] : []),
    ...replaced.values(),
  ];
}

/** Midnight of a whole day is where its clocks show it. */
export const momentsOf = (
  { facts, start, end }: Taking,
  zone: Zone,
): { readonly start: number; readonly end: number } =>
  facts.isAllDay ? { start: toUtc(zone, start), end: toUtc(zone, end) } : { start, end };

/** Times of an object in a window. */
export const takingsIn = (
  parts: readonly Part[],
  { from, to }: Range,
  { zone, limit }: { readonly zone: Zone; readonly limit: number },
) =>
  occurrencesOf(
    parts.map(({ facts }) => facts),
    { from, to, zone, limit },
  );

const FEW = 200;
const MANY = 5_000;

/** Whether an object takes place in a window; in doubt, where it repeats by the second, it does. */
export function takesPlace(parts: readonly Part[], range: Range, zone: Zone): boolean {
  const found = takingsIn(parts, range, { zone, limit: FEW });
  if (found.takings.length > 0 || !found.isCut) return found.takings.length > 0;
  const more = takingsIn(parts, range, { zone, limit: MANY });
  return more.takings.length > 0 || more.isCut;
}
