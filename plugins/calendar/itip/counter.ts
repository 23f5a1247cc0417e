import { touched } from '../ics/apply';
import { eventFacts } from '../ics/facts';
import { type Component, propertyOf, withProperty } from '../ics/jcal';
import { zonesOf } from '../ics/zones';
import { type Case, commentOf, speaker, trustOf, trustOfOrganiser } from './case';
import { differencesOf } from './differences';
import {
  factsOf,
  ItipError,
  messageText,
  movedTo,
  nameOf,
  objectText,
  partAt,
  stampProperty,
  timesOf,
  versionOf,
  wallOfId,
} from './message';
import { partiesOf, withEach } from './people';
import { ownMeeting } from './reply';
import type { Outcome } from './types';

/** COUNTER (RFC 5546 §3.2.7): somebody who is asked wishes another time or place. */
export function countered(one: Case): Outcome {
  const { message, own, sender, now } = one;
  const existing = ownMeeting(one.existing, own);
  const part = message.series ?? (message.others[0] as Component);
  const attendee = whoCounters(one);
  const master = factsOf(existing);
  const occurrence = nameOf(part, message.calendar, master);
  const there =
    occurrence === ''
      ? existing.series
      : (existing.others.find((each) => nameOf(each, existing.calendar, master) === occurrence) ??
        (existing.series && master
          ? partAt(existing.series, master, wallOfId(part, message.calendar, master))
          : undefined));
  if (!there) throw new ItipError('unknown', occurrence);
  const hasTime = propertyOf(part, 'dtstart') !== undefined;
  const placed = { part: there, calendar: existing.calendar };
  const wished = hasTime ? wishedOf(part, message.calendar, placed) : there;
  const differences = differencesOf(
    placed,
    { part: wished, calendar: existing.calendar },
    occurrence,
  );
  // Everybody is asked again, but who wished it.
  const asked = withEach(touched(wished, now), ({ mail }) => {
    if (own.includes(mail)) return undefined;
    if (mail === attendee.mail) return { partstat: 'ACCEPTED', rsvp: '' };
    return { partstat: 'NEEDS-ACTION', rsvp: 'TRUE' };
  });
  const all = existing.series ? [existing.series, ...existing.others] : existing.others;
  const isThere = all.includes(there);
  const next = isThere ? all.map((each) => (each === there ? asked : each)) : [...all, asked];
  // A series with occurrences of their own, or left out: to be moved by hand, where one sees them all.
  const isTangled =
    occurrence === '' &&
    master?.repeats !== undefined &&
    (existing.others.length > 0 || propertyOf(there, 'exdate') !== undefined);
  const isOutOfDate = versionOf(part).sequence < versionOf(there).sequence;
  const declined = withProperty(there, 'dtstamp', stampProperty(now));
  return {
    kind: 'counter',
    attendee,
    occurrence,
    comment: commentOf([part]),
    differences,
    isOutOfDate,
    object: differences.length > 0 && !isTangled ? objectText(existing.calendar, next) : undefined,
    decline: {
      method: 'DECLINECOUNTER',
      to: [{ mail: attendee.mail, name: attendee.name }],
      text: messageText('DECLINECOUNTER', existing.calendar, [declined]),
    },
    trust: trustOf(attendee, sender),
  };
}

/** Who wishes it: the whole meeting is sent, with all who are asked, so the sender says it. */
function whoCounters(one: Case) {
  const { parts, sender } = one;
  const all = new Map(parts.flatMap((part) => [...partiesOf(part)]));
  const known = all.get(sender);
  return known ?? speaker(one);
}

/** The part of ours at the time and place that another wishes; the rest of theirs is not taken. */
function wishedOf(
  part: Component,
  calendar: Component,
  there: { readonly part: Component; readonly calendar: Component },
): Component {
  const wanted = eventFacts(part, zonesOf(calendar));
  const facts = eventFacts(there.part, zonesOf(there.calendar));
  // Whole days instead of hours, and the other way round, are a meeting to be made anew.
  if (wanted.isAllDay !== facts.isAllDay) return there.part;
  const moved = movedTo(there.part, facts, timesOf(wanted));
  const place = propertyOf(part, 'location');
  return place ? withProperty(moved, 'location', place) : moved;
}

/** DECLINECOUNTER (RFC 5546 §3.2.8). */
export const counterDeclined = (one: Case): Outcome => ({
  kind: 'counter-declined',
  comment: commentOf(one.parts),
  trust: trustOfOrganiser(one),
});

/** REFRESH (RFC 5546 §3.2.6): somebody asks for the meeting as it is now. */
export function refreshed(one: Case): Outcome {
  const existing = ownMeeting(one.existing, one.own);
  const from = speaker(one);
  const all = existing.series ? [existing.series, ...existing.others] : existing.others;
  const theirs = all.filter((part) => partiesOf(part).has(from.mail));
  const stamped = theirs.map((part) => withProperty(part, 'dtstamp', stampProperty(one.now)));
  return {
    kind: 'refresh',
    from,
    trust: trustOf(from, one.sender),
    message:
      theirs.length === 0
        ? undefined
        : {
            method: 'REQUEST',
            to: [{ mail: from.mail, name: from.name }],
            text: messageText('REQUEST', existing.calendar, stamped),
          },
  };
}
