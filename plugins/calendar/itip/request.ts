import { type EventFacts, eventFacts } from '../ics/facts';
import { type Component, propertiesOf, propertyOf, withProperty } from '../ics/jcal';
import { isStartOf } from '../ics/occurrences';
import { recurrenceWall } from '../ics/times';
import { zonesOf } from '../ics/zones';
import type { Answer } from '../people/attendees';
import { type Case, trustOfOrganiser } from './case';
import { type Difference, differencesOf, isOtherTime } from './differences';
import {
  compared,
  factsOf,
  nameOf,
  objectText,
  partAt,
  type Read,
  readEvents,
  received,
  versionOf,
  wallOfId,
  withId,
  zonesOfBoth,
} from './message';
import { partiesOf, withParams } from './people';
import type { Outcome } from './types';

/** What is each reader's own of a copy: it stays when the organiser sends it anew. */
const OWN = /^(?:categories|class|x-estafette-(?!received))/;

/** REQUEST (RFC 5546 §3.2.2): an invitation, or what changed of one. */
export function requested(one: Case): Outcome {
  const { message, existing, own, organiser } = one;
  if (organiser && own.includes(organiser.mail)) return { kind: 'own' };
  const me = meIn(one);
  const trust = trustOfOrganiser(one);
  const order = orderOf(one);
  if (order === 'older') return { kind: 'out-of-date', trust };
  const { object, differences, occurrences } = merged(one, me);
  const head = {
    object: order === 'same' && existing ? textOfRead(existing) : object,
    organiser: organiser ?? one.existingOrganiser,
    trust,
    me,
    answer: answerIn(order === 'same' && existing ? existing : readEvents(object), me, occurrences),
    occurrences: message.series ? [] : occurrences,
  };
  if (!existing) return { kind: 'invitation', ...head };
  if (order === 'same') return { kind: 'same', ...head };
  return {
    kind: 'update',
    ...head,
    differences,
    asksAgain: isOtherTime(differences) && head.answer === 'needs-action',
  };
}

const textOfRead = ({ calendar, series, others }: Read): string =>
  objectText(calendar, series ? [series, ...others] : others);

/** The address at which the message asks me. */
function meIn({ parts, own }: Case): string | undefined {
  for (const part of parts) {
    const parties = partiesOf(part);
    const mail = own.find((mine) => parties.has(mine));
    if (mail !== undefined) return mail;
  }
  return undefined;
}

function answerIn(read: Read, me: string | undefined, occurrences: readonly string[]): Answer {
  if (me === undefined) return 'needs-action';
  const master = factsOf(read);
  const [name] = occurrences;
  const other =
    name !== undefined && read.others.find((part) => nameOf(part, read.calendar, master) === name);
  const part = other || read.series || read.others[0];
  return (part && partiesOf(part).get(me)?.partstat) ?? 'needs-action';
}

/** Whether a message is older than what is known, the same, or newer, part by part. */
function orderOf({ message, existing, parts }: Case): 'older' | 'same' | 'newer' {
  if (!existing) return 'newer';
  const master = factsOf(existing);
  const known = new Map(
    existing.others.map((part) => [nameOf(part, existing.calendar, master), part]),
  );
  const orders = parts.map((part) => {
    const name = nameOf(part, message.calendar, master ?? factsOf(message));
    const there = name === '' ? existing.series : known.get(name);
    if (there) return Math.sign(compared(versionOf(part), versionOf(there)));
    // An occurrence as planned is as old as its series; a number alone is counted anew by some clients.
    const [fresh, old] = [versionOf(part), existing.series && versionOf(existing.series)];
    return old && name !== '' && fresh.sequence < old.sequence && fresh.stamp < old.stamp ? -1 : 1;
  });
  if (orders.includes(1)) return 'newer';
  return orders.includes(0) ? 'same' : 'older';
}

interface Merged {
  readonly object: string;
  readonly differences: readonly Difference[];
  /** Occurrences of which the message speaks. */
  readonly occurrences: readonly string[];
}

/** The copy with what the message says in it. */
function merged(one: Case, me: string | undefined): Merged {
  const { message, existing } = one;
  // Zones of the message come first where it has the whole, so that a name of its own means its own.
  const calendar = existing
    ? message.series
      ? zonesOfBoth(message.calendar, existing.calendar)
      : zonesOfBoth(existing.calendar, message.calendar)
    : message.calendar;
  const differences: Difference[] = [];
  const series = mergedSeries(one, me, differences);
  const master = series && eventFacts(series, zonesOf(calendar));
  const isSameTime = !isOtherTime(differences);
  const byName = new Map<string, Component>();
  for (const part of existing?.others ?? []) {
    const counted = master ?? factsOf(existing as Read);
    const name = nameOf(part, (existing as Read).calendar, counted);
    if (isKept(name, { message, existing, master, isSameTime })) byName.set(name, part);
  }
  const occurrences: string[] = [];
  for (const part of message.others) {
    const name = nameOf(part, message.calendar, master);
    occurrences.push(name);
    const known = byName.get(name) ?? plannedIn(existing, name);
    if (known && existing) {
      const placed = { part: known, calendar: existing.calendar };
      differences.push(...differencesOf(placed, { part, calendar: message.calendar }, name));
    }
    const wall = master && wallOfId(part, message.calendar, master);
    const named = master && wall !== undefined ? withId(part, master, wall) : part;
    const isAgain = differences.some((each) => each.what === 'time' && each.occurrence === name);
    byName.set(name, copyOf(named, known, me, isAgain));
  }
  // A start that was left out, and takes place after all.
  const back = series && master ? withStarts(series, master, occurrences) : series;
  return {
    object: objectText(calendar, [...(back ? [back] : []), ...byName.values()]),
    differences,
    occurrences,
  };
}

function mergedSeries(
  { message, existing }: Case,
  me: string | undefined,
  differences: Difference[],
): Component | undefined {
  const { series } = message;
  if (!series) return existing?.series;
  const before = existing?.series;
  if (!before || !existing) return copyOf(series, undefined, me, true);
  const found = differencesOf(
    { part: before, calendar: existing.calendar },
    { part: series, calendar: message.calendar },
  );
  differences.push(...found);
  return copyOf(series, before, me, isOtherTime(found));
}

/** Whether an occurrence of the copy that the message does not speak of stays as it is. */
function isKept(
  name: string,
  {
    message,
    existing,
    master,
    isSameTime,
  }: {
    readonly message: Read;
    readonly existing: Read | undefined;
    readonly master: EventFacts | undefined;
    readonly isSameTime: boolean;
  },
): boolean {
  if (!message.series || !master) return true;
  const wall = recurrenceWall(name);
  const isPlanned = wall !== undefined && isStartOf(master, wall);
  // Those that came before their series, and those of a series that is as it was.
  return isPlanned && (!existing?.series || isSameTime);
}

/** An occurrence of the copy as planned, to compare with. */
function plannedIn(existing: Read | undefined, name: string): Component | undefined {
  const master = existing && factsOf(existing);
  const wall = recurrenceWall(name);
  if (!existing?.series || !master || wall === undefined) return undefined;
  return partAt(existing.series, master, wall);
}

/** A part as it is kept: reminders of others left out, and what is one's own taken over. */
function copyOf(
  part: Component,
  before: Component | undefined,
  me: string | undefined,
  isAgain: boolean,
): Component {
  const own = before ? before[1].filter(([name]) => OWN.test(name)) : [];
  const names = new Set(own.map(([name]) => name));
  const theirs = part[1].filter(
    ([name]) => !names.has(name) && !name.startsWith('x-estafette-') && name !== 'request-status',
  );
  const alarms = before ? before[2].filter(([kind]) => kind === 'valarm') : [];
  const copy = received([part[0], [...theirs, ...own], alarms]);
  const mine = me !== undefined && before ? partiesOf(before).get(me) : undefined;
  // What I said counts until it takes place at another time; then what the organiser knows of me.
  if (me === undefined || !mine || isAgain || mine.partstat === 'needs-action') return copy;
  return withParams(copy, me, { partstat: mine.partstat.toUpperCase(), rsvp: '' });
}

/** A series in which these starts are not left out. */
function withStarts(series: Component, master: EventFacts, names: readonly string[]): Component {
  const walls = new Set(names.map(recurrenceWall));
  if (!master.repeats?.without.some((wall) => walls.has(wall))) return series;
  const kept = propertiesOf(series, 'exdate').flatMap((property) => {
    const values = property.slice(3).filter((value) => {
      const digits = String(value).replace(/[-:]/g, '');
      return !names.includes(digits);
    });
    return values.length === 0
      ? []
      : [[property[0], property[1], property[2], ...values] as typeof property];
  });
  return [series[0], [...series[1].filter(([name]) => name !== 'exdate'), ...kept], series[2]];
}

/** PUBLISH (RFC 5546 §3.2.1): for information, nobody is asked. */
export function published(one: Case): Outcome {
  const trust = trustOfOrganiser(one);
  if (one.existing && orderOf(one) === 'older') return { kind: 'out-of-date', trust };
  const { object, differences } = merged(one, undefined);
  return {
    kind: 'published',
    object,
    organiser: one.organiser,
    differences,
    trust,
    isKnown: one.existing !== undefined,
  };
}

/** ADD (RFC 5546 §3.2.4): one more occurrence of a meeting that is known. */
export function added(one: Case): Outcome {
  const { message, existing } = one;
  const part = message.series;
  const master = existing && factsOf(existing);
  if (!existing?.series || !master || !part) {
    return { kind: 'refused', reason: 'unknown', detail: message.uid.slice(0, 80) };
  }
  const start = propertyOf(part, 'dtstart');
  const asId = start && withProperty(part, 'recurrence-id', ['recurrence-id', ...tail(start)]);
  if (!asId) return { kind: 'refused', reason: 'content', detail: 'DTSTART' };
  const wall = wallOfId(asId, message.calendar, master);
  const me = meIn(one);
  const trust = trustOfOrganiser(one);
  const name = nameOf(asId, message.calendar, master);
  const head = {
    organiser: one.organiser,
    trust,
    me,
    occurrences: [name],
  };
  if (isStartOf(master, wall)) {
    const answer = answerIn(existing, me, [name]);
    return { kind: 'same', ...head, object: textOfRead(existing), answer };
  }
  const other = withId(asId, master, wall);
  const date = propertyOf(other, 'recurrence-id');
  const { series } = existing;
  const dated: Component = date
    ? [series[0], [...series[1], ['rdate', ...tail(date)]], series[2]]
    : series;
  const bare = withProperty(other, 'rrule', undefined);
  const differences = differencesOf(
    { part: series, calendar: existing.calendar },
    { part: dated, calendar: existing.calendar },
  );
  const object = objectText(zonesOfBoth(existing.calendar, message.calendar), [
    dated,
    ...existing.others,
    copyOf(bare, undefined, me, true),
  ]);
  const answer = answerIn(readEvents(object), me, [name]);
  return { kind: 'update', ...head, object, answer, differences, asksAgain: true };
}

const tail = ([, params, type, ...values]: Component[1][number]) =>
  [params, type, ...values] as const;
