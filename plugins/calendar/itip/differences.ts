import { type EventFacts, eventFacts } from '../ics/facts';
import { type Component, textOf } from '../ics/jcal';
import { recurrenceName } from '../ics/times';
import { zonesOf } from '../ics/zones';
import { timesOf } from './message';
import { organiserOf, type Party, partiesOf } from './people';

/** When something takes place: moments, for whole days midnights in UTC. */
export interface When {
  readonly start: number;
  readonly end: number;
  readonly isAllDay: boolean;
  readonly zone: string;
}

/** One thing that is another than before, as a reader would say it. */
export type Difference = { readonly occurrence: string } & (
  | { readonly what: 'time'; readonly from: When; readonly to: When }
  | {
      readonly what: 'title' | 'place' | 'notes' | 'recurrence' | 'status' | 'organiser';
      readonly from: string;
      readonly to: string;
    }
  | {
      /** Starts of the series that take place after all, and that do not any more, by their names. */
      readonly what: 'occurrences';
      readonly added: readonly string[];
      readonly removed: readonly string[];
    }
  | {
      readonly what: 'attendees';
      readonly added: readonly Party[];
      readonly removed: readonly Party[];
    }
);

/** One part of a calendar that defines its zones. */
export interface Placed {
  readonly part: Component;
  readonly calendar: Component;
}

const TEXTS = [
  ['title', 'summary'],
  ['place', 'location'],
  ['notes', 'description'],
] as const;

const shown = (text: string): string => text.replace(/\s+/g, ' ').trim();

/** What is another in the second of two parts. Throws `IcsError`. */
export function differencesOf(
  before: Placed,
  after: Placed,
  occurrence = '',
): readonly Difference[] {
  const differences: Difference[] = [];
  const [from, to] = [placedFacts(before), placedFacts(after)];
  const [old, now] = [whenOf(from), whenOf(to)];
  if (old.start !== now.start || old.end !== now.end || old.isAllDay !== now.isAllDay) {
    differences.push({ what: 'time', occurrence, from: old, to: now });
  }
  for (const [what, name] of TEXTS) {
    const texts = [textOf(before.part, name), textOf(after.part, name)] as const;
    // Clients fold and space notes anew each time.
    if (shown(texts[0]) === shown(texts[1])) continue;
    differences.push({ what, occurrence, from: texts[0], to: texts[1] });
  }
  const rules = [repetition(from), repetition(to)] as const;
  if (rules[0] !== rules[1]) {
    const [was, is] = [from.repeats?.rule ?? '', to.repeats?.rule ?? ''];
    differences.push({ what: 'recurrence', occurrence, from: was, to: is });
  }
  const [out, left] = [leftOut(from), leftOut(to)];
  const back = [...out].filter((name) => !left.has(name));
  const off = [...left].filter((name) => !out.has(name));
  // Those of a series that begins at another hour are other starts all of them.
  if (rules[0] === rules[1] && old.start === now.start && back.length + off.length > 0) {
    differences.push({ what: 'occurrences', occurrence, added: back, removed: off });
  }
  const states = [stateOf(before.part), stateOf(after.part)] as const;
  if (states[0] !== states[1]) {
    differences.push({ what: 'status', occurrence, from: states[0], to: states[1] });
  }
  const heads = [
    organiserOf(before.part)?.mail ?? '',
    organiserOf(after.part)?.mail ?? '',
  ] as const;
  if (heads[0] !== heads[1]) {
    differences.push({ what: 'organiser', occurrence, from: heads[0], to: heads[1] });
  }
  const [had, has] = [partiesOf(before.part), partiesOf(after.part)];
  const added = [...has.values()].filter(({ mail }) => !had.has(mail));
  const removed = [...had.values()].filter(({ mail }) => !has.has(mail));
  if (added.length > 0 || removed.length > 0) {
    differences.push({ what: 'attendees', occurrence, added, removed });
  }
  return differences;
}

/** Whether somebody who had accepted must look again (RFC 5546 §2.1.4). */
export const isOtherTime = (differences: readonly Difference[]): boolean =>
  differences.some(
    (one) =>
      one.what === 'time' ||
      one.what === 'recurrence' ||
      (one.what === 'occurrences' && one.added.length > 0),
  );

const placedFacts = ({ part, calendar }: Placed): EventFacts => eventFacts(part, zonesOf(calendar));

const whenOf = (facts: EventFacts): When => ({
  ...timesOf(facts),
  isAllDay: facts.isAllDay,
  zone: facts.zone.id,
});

/** Rules are the same whatever order their parts are written in. */
function repetition({ repeats }: EventFacts): string {
  if (!repeats) return '';
  const rule = repeats.rule
    .toUpperCase()
    .split(';')
    .filter((part) => part !== 'INTERVAL=1' && !part.startsWith('WKST='))
    .sort();
  return JSON.stringify([rule, [...repeats.dates].sort((a, b) => a - b)]);
}

/** Starts that are left out, by their names. */
const leftOut = ({ repeats, isAllDay }: EventFacts): ReadonlySet<string> =>
  new Set([
    ...(repeats?.without ?? []).map((wall) => recurrenceName(wall, isAllDay)),
    ...(repeats?.withoutDays ?? []).map((wall) => recurrenceName(wall, true)),
  ]);

const stateOf = (part: Component): string => textOf(part, 'status').toUpperCase() || 'CONFIRMED';
