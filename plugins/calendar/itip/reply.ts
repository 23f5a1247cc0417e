import { eventFacts } from '../ics/facts';
import { type Component, propertiesOf, propertyOf } from '../ics/jcal';
import { recurrenceWall } from '../ics/times';
import { zonesOf } from '../ics/zones';
import { ANSWERS, type Answer } from '../people/attendees';
import { type Case, commentOf, speaker, trustOf } from './case';
import {
  factsOf,
  ItipError,
  nameOf,
  objectText,
  partAt,
  type Read,
  timesOf,
  versionOf,
  wallOfId,
} from './message';
import { organiserOf, type Party, partiesOf, partyOf, withAttendee } from './people';
import type { Outcome, Replied, Tally } from './types';

/** When the answer that is known was given, beside the attendee. */
const REPLIED = 'x-estafette-replied';

/** REPLY (RFC 5546 §3.2.3): what somebody who was asked says, put into the organiser's copy. */
export function replied(one: Case): Outcome {
  const { message, own, parts, sender, now } = one;
  const existing = ownMeeting(one.existing, own);
  const attendee = speaker(one);
  const copy = new Copy(existing);
  const crashed = new Copy(existing);
  const replies = parts.map((part): Replied => {
    const party = partiesOf(part).get(attendee.mail) ?? attendee;
    const occurrence = nameOf(part, message.calendar, copy.master);
    const wall =
      occurrence === '' || !copy.master ? undefined : wallOfId(part, message.calendar, copy.master);
    const result = copy.take(part, { party, occurrence, wall, calendar: message.calendar, now });
    crashed.take(part, {
      party,
      occurrence,
      wall,
      calendar: message.calendar,
      now,
      isLetIn: true,
    });
    return { attendee: party, occurrence, comment: commentOf([part]), result };
  });
  return {
    kind: 'reply',
    object: copy.text(),
    isChanged: copy.isChanged,
    withCrashers: replies.some(({ result }) => result === 'crasher') ? crashed.text() : undefined,
    replies,
    trust: trustOf(attendee, sender),
    tally: tallyOf(copy.partOfReply(replies[0]?.occurrence ?? '')),
  };
}

/** The meeting that I organise. Throws {@link ItipError}. */
export function ownMeeting(existing: Read | undefined, own: readonly string[]): Read {
  if (!existing) throw new ItipError('unknown');
  const head = organiserOf(existing.series ?? (existing.others[0] as Component));
  if (!head || !own.includes(head.mail)) throw new ItipError('not-organiser', head?.mail ?? '');
  return existing;
}

interface Taken {
  readonly party: Party;
  readonly occurrence: string;
  readonly wall: number | undefined;
  readonly calendar: Component;
  /** An answer of tomorrow is one of now: others that come after it are newer. */
  readonly now: number;
  /** Whoever was not asked is let in. */
  readonly isLetIn?: boolean;
}

/** The organiser's copy, while replies are put into it. */
class Copy {
  readonly master;
  isChanged = false;
  private series: Component | undefined;
  private readonly others = new Map<string, Component>();

  constructor(private readonly read: Read) {
    this.master = factsOf(read);
    this.series = read.series;
    for (const part of read.others) {
      this.others.set(nameOf(part, read.calendar, this.master), part);
    }
  }

  text(): string {
    const parts = [...(this.series ? [this.series] : []), ...this.others.values()];
    return objectText(this.read.calendar, parts);
  }

  take(part: Component, taken: Taken): Replied['result'] {
    const { occurrence } = taken;
    const there = this.partOf(taken);
    if (!there) return occurrence === '' ? 'out-of-date' : 'unknown-occurrence';
    const result = resultOf(part, there, taken, this.read.calendar);
    if (result !== 'applied' && !(result === 'crasher' && taken.isLetIn)) return result;
    this.isChanged = true;
    const before = partiesOf(there).get(taken.party.mail)?.partstat;
    const said = saidIn(there, part, taken.party, taken.now);
    if (occurrence === '') this.series = said;
    else this.others.set(occurrence, said);
    if (occurrence !== '') return result;
    // Occurrences of which they said nothing else are answered with the series.
    for (const [name, other] of this.others) {
      const known = partiesOf(other).get(taken.party.mail);
      if (known && known.partstat === before && stampOf(other, taken.party.mail) === 0) {
        this.others.set(name, saidIn(other, part, taken.party, undefined));
      }
    }
    return result;
  }

  /** What the answers are counted in. */
  partOfReply(occurrence: string): Component {
    const part = this.others.get(occurrence) ?? this.series ?? [...this.others.values()][0];
    return part ?? ['vevent', [], []];
  }

  private partOf({ occurrence, wall }: Taken): Component | undefined {
    if (occurrence === '') return this.series;
    const known = this.others.get(occurrence);
    if (known) return known;
    const planned = wall ?? recurrenceWall(occurrence);
    if (!this.series || !this.master || planned === undefined) return undefined;
    const made = partAt(this.series, this.master, planned);
    // An answer to the series is none to this occurrence.
    return made && withoutStamps(made);
  }
}

function resultOf(
  part: Component,
  there: Component,
  { party, calendar, now }: Taken,
  own: Component,
): Replied['result'] {
  const known = partiesOf(there).get(party.mail);
  const version = versionOf(part);
  const { sequence } = versionOf(there);
  // A lower number is old only if it was about another time: any change of ours raises it.
  if (version.sequence < sequence && !isSameTime(part, calendar, there, own)) return 'out-of-date';
  if (!known) {
    // Who says that they come instead is believed where who was asked has said so.
    const isDelegate = party.delegatedFrom.some((mail) =>
      partiesOf(there).get(mail)?.delegatedTo.includes(party.mail),
    );
    return isDelegate ? 'applied' : 'crasher';
  }
  const last = stampOf(there, party.mail);
  const stamp = Math.min(version.stamp, now);
  if (stamp < last) return 'out-of-date';
  const isSame =
    known.partstat === party.partstat && known.delegatedTo.join() === party.delegatedTo.join();
  if (isSame && (stamp === last || last === 0)) return 'same';
  return 'applied';
}

/** Whether a reply is about the time that is known; one that does not say it is about its number. */
function isSameTime(
  part: Component,
  calendar: Component,
  there: Component,
  own: Component,
): boolean {
  if (!propertyOf(part, 'dtstart')) return false;
  const mine = timesOf(eventFacts(there, zonesOf(own)));
  return timesOf(eventFacts(part, zonesOf(calendar))).start === mine.start;
}

function stampOf(part: Component, mail: string): number {
  const property = propertiesOf(part, 'attendee').find((each) => partyOf(each)?.mail === mail);
  const stamp = Number(property?.[1][REPLIED] ?? 0);
  return Number.isSafeInteger(stamp) ? stamp : 0;
}

function withoutStamps(part: Component): Component {
  const properties = part[1].map((property) => {
    if (property[0] !== 'attendee' || !(REPLIED in property[1])) return property;
    const { [REPLIED]: _stamp, ...params } = property[1];
    return [property[0], params, ...property.slice(2)] as unknown as typeof property;
  });
  return [part[0], properties, part[2]];
}

/** A part with what somebody said of it, and with whom they send instead; stamped where `now` is told. */
function saidIn(
  part: Component,
  reply: Component,
  party: Party,
  now: number | undefined,
): Component {
  const stamp = now === undefined ? 0 : Math.min(versionOf(reply).stamp, now);
  const said = withAttendee(part, party, {
    partstat: party.partstat.toUpperCase(),
    rsvp: '',
    'delegated-to': party.delegatedTo.map((mail) => `mailto:${mail}`)[0] ?? '',
    ...(party.delegatedFrom[0] !== undefined && {
      'delegated-from': `mailto:${party.delegatedFrom[0]}`,
    }),
    ...(stamp > 0 && { [REPLIED]: String(stamp) }),
  });
  const cleaned: Component = [said[0], said[1].map(withoutEmpty), said[2]];
  if (party.partstat !== 'delegated') return cleaned;
  const named = partiesOf(reply);
  return party.delegatedTo.slice(0, 5).reduce((next, mail) => {
    if (partiesOf(next).has(mail)) return next;
    return withAttendee(
      next,
      { mail, name: named.get(mail)?.name ?? '' },
      {
        role: party.role,
        partstat: 'NEEDS-ACTION',
        rsvp: 'TRUE',
        'delegated-from': `mailto:${party.mail}`,
      },
    );
  }, cleaned);
}

function withoutEmpty(property: Component[1][number]): Component[1][number] {
  const left = Object.entries(property[1]).filter(([, value]) => value !== '');
  return [property[0], Object.fromEntries(left), property[2], ...property.slice(3)];
}

/** How many of those who are asked gave which answer, rooms and the organiser aside. */
export function tallyOf(part: Component): Tally {
  const organiser = organiserOf(part)?.mail;
  const counts = Object.fromEntries(ANSWERS.map((one) => [one, 0])) as Record<Answer, number>;
  let total = 0;
  for (const { mail, kind, partstat } of partiesOf(part).values()) {
    if (mail === organiser || kind === 'room' || kind === 'resource') continue;
    counts[partstat] += 1;
    total += 1;
  }
  return { ...counts, total };
}
