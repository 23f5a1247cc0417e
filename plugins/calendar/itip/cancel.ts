import { timeLike } from '../ics/edit';
import type { EventFacts } from '../ics/facts';
import { type Component, type Property, textOf, withProperty } from '../ics/jcal';
import { eventsOf } from '../ics/object';
import { isStartOf, occurrencesOf } from '../ics/occurrences';
import { recurrenceWall } from '../ics/times';
import { UTC } from '../time/zone';
import { type Case, commentOf, trustOfOrganiser } from './case';
import { differencesOf } from './differences';
import {
  compared,
  factsOf,
  nameOf,
  objectText,
  partAt,
  type Read,
  received,
  versionOf,
  wallOfId,
  withId,
} from './message';
import { partiesOf } from './people';
import type { Outcome } from './types';

/** Half of what a moment can be: no zone reaches beyond it. */
const EVER = 4_320_000_000_000_000;

/** CANCEL (RFC 5546 §3.2.5): of all, of some occurrences, or of some people. */
export function cancelled(one: Case): Outcome {
  const { message, existing, parts, own, existingOrganiser } = one;
  // Nobody calls off what I organise but me.
  if (existingOrganiser && own.includes(existingOrganiser.mail)) return { kind: 'own' };
  const trust = trustOfOrganiser(one);
  const comment = commentOf(parts);
  const master = existing && factsOf(existing);
  const occurrences = message.others.map((part) => nameOf(part, message.calendar, master));
  const head = { comment, trust, occurrences };
  if (!existing) {
    return { kind: 'cancel', scope: 'unknown', ...head, kept: undefined, removed: undefined };
  }
  if (message.series) return ofAll(one, existing, head);
  return ofSome(one, existing, head);
}

type Head = Pick<Extract<Outcome, { kind: 'cancel' }>, 'comment' | 'trust' | 'occurrences'>;

function ofAll(one: Case, existing: Read, head: Head): Outcome {
  const series = one.message.series as Component;
  const all = existing.series ? [existing.series, ...existing.others] : existing.others;
  const known = existing.series ?? (existing.others[0] as Component);
  if (isOlder(series, known)) return { kind: 'out-of-date', trust: head.trust };
  const left = othersLeft(one, known);
  if (left) return withoutPeople(one, existing, head, left);
  const kept = objectText(
    existing.calendar,
    all.map((part) => off(part, part === known ? series : undefined)),
  );
  return { kind: 'cancel', scope: 'all', ...head, kept, removed: undefined };
}

/** The same number is meant, and a lower one is an old message; moments differ between servers. */
const isOlder = (part: Component, known: Component): boolean => {
  const [fresh, old] = [versionOf(part), versionOf(known)];
  return fresh.sequence < old.sequence && compared(fresh, old) < 0;
};

/** A part that is off, as the message's version of it. */
function off(part: Component, message: Component | undefined): Component {
  const marked = withProperty(part, 'status', ['status', {}, 'text', 'CANCELLED']);
  if (!message) return marked;
  const { sequence } = versionOf(message);
  const numbered = withProperty(marked, 'sequence', ['sequence', {}, 'integer', sequence]);
  const stamp = message[1].find(([name]) => name === 'dtstamp');
  return received(withProperty(numbered, 'dtstamp', stamp));
}

/** People whom a message takes out while the meeting stays, mine not among them; else undefined. */
function othersLeft({ message, own }: Case, known: Component): ReadonlySet<string> | undefined {
  const series = message.series as Component;
  if (textOf(series, 'status').toUpperCase() === 'CANCELLED') return undefined;
  const [named, there] = [partiesOf(series), partiesOf(known)];
  const isMine = (mail: string): boolean => own.includes(mail);
  if (named.size === 0 || [...named.keys()].some(isMine)) return undefined;
  return [...there.keys()].some(isMine) ? new Set(named.keys()) : undefined;
}

function withoutPeople(one: Case, existing: Read, head: Head, left: ReadonlySet<string>): Outcome {
  const parts = existing.series ? [existing.series, ...existing.others] : existing.others;
  const next = parts.map((part): Component => {
    const there = [...partiesOf(part).keys()].filter((mail) => left.has(mail));
    const isLeft = (value: unknown): boolean =>
      there.some((mail) => String(value).toLowerCase() === `mailto:${mail}`);
    return [
      part[0],
      part[1].filter(([name, , , value]) => name !== 'attendee' || !isLeft(value)),
      part[2],
    ];
  });
  const { calendar } = existing;
  const [before, after] = [parts[0] as Component, next[0] as Component];
  const differences = differencesOf({ part: before, calendar }, { part: after, calendar });
  const me = one.own.find((mail) => partiesOf(before).has(mail));
  return {
    kind: 'update',
    object: objectText(calendar, next),
    organiser: one.organiser,
    trust: head.trust,
    me,
    answer: (me !== undefined && partiesOf(before).get(me)?.partstat) || 'needs-action',
    occurrences: [],
    differences,
    asksAgain: false,
  };
}

function ofSome(one: Case, existing: Read, head: Head): Outcome {
  const { message } = one;
  const master = factsOf(existing);
  const byName = new Map(
    existing.others.map((part) => [nameOf(part, existing.calendar, master), part]),
  );
  const gone: string[] = [];
  let isOld = false;
  for (const part of message.others) {
    const name = nameOf(part, message.calendar, master);
    const known = byName.get(name);
    const wall = master ? wallOfId(part, message.calendar, master) : recurrenceWall(name);
    const there =
      known ??
      (existing.series && master && wall !== undefined
        ? partAt(existing.series, master, wall)
        : undefined);
    // Left out already, or never planned.
    if (!there) continue;
    if (known && isOlder(part, known)) {
      isOld = true;
      continue;
    }
    const named = master && wall !== undefined ? withId(there, master, wall) : there;
    byName.set(name, off(named, part));
    gone.push(name);
  }
  if (gone.length === 0) {
    if (isOld) return { kind: 'out-of-date', trust: head.trust };
    return { kind: 'cancel', scope: 'unknown', ...head, kept: undefined, removed: undefined };
  }
  const all = [...(existing.series ? [existing.series] : []), ...byName.values()];
  const kept = objectText(existing.calendar, all);
  const removed = existing.series
    ? withoutAll(existing, master as EventFacts, byName, new Set(gone))
    : onlyOthers(existing, byName, gone);
  return { kind: 'cancel', scope: 'occurrences', ...head, occurrences: gone, kept, removed };
}

function onlyOthers(
  { calendar }: Read,
  byName: ReadonlyMap<string, Component>,
  gone: readonly string[],
): string | undefined {
  const left = [...byName].filter(([name]) => !gone.includes(name)).map(([, part]) => part);
  return left.length === 0 ? undefined : objectText(calendar, left);
}

/** The series with these starts left out, and without what replaces them; undefined when none is left. */
function withoutAll(
  { calendar, series }: Read,
  master: EventFacts,
  byName: ReadonlyMap<string, Component>,
  gone: ReadonlySet<string>,
): string | undefined {
  const walls = [...gone].flatMap((name) => recurrenceWall(name) ?? []).sort((a, b) => a - b);
  const planned = walls.filter((wall) => isStartOf(master, wall));
  const [first, ...more] = planned.map((wall) => timeLike(master, wall, 'exdate'));
  const whole = series as Component;
  const dates = first && [first[0], first[1], first[2], first[3], ...more.map((one) => one[3])];
  const left: Component = [
    whole[0],
    [...whole[1], ...(dates ? [dates as unknown as Property] : [])],
    whole[2],
  ];
  const parts = [left, ...[...byName].filter(([name]) => !gone.has(name)).map(([, part]) => part)];
  const window = { from: -EVER, to: EVER, zone: UTC, limit: 1 };
  const { takings } = occurrencesOf(eventsOf(calendar, parts), window);
  return takings.length === 0 ? undefined : objectText(calendar, parts);
}
