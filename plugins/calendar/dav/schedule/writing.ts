import type { DavResponse } from 'estafette/plugin';
import { changesFor } from '../../itip';
import type { Telling } from '../../store';
import { digestOf } from '../../store/digest';
import { failing } from '../answers';
import { C } from '../names';
import { declineFor, isForbidden, repliesFor, withoutForce } from './attendee';
import { meetingIn } from './meeting';
import { withAnswers, withStatus } from './organiser';
import { scheduleTagOf } from './tag';

/** What a write of a program is, as far as others are told of it. */
export interface Scheduled {
  readonly text: string;
  readonly telling?: Telling | undefined;
  readonly refusal?: DavResponse;
}

const forbidden = failing(403, C('allowed-attendee-scheduling-object-change'));
const torn = failing(403, C('same-organizer-in-all-components'));

/**
 * Makes of a PUT what is written and what is told (RFC 6638 3.2): those who are asked by who organises
 * are mailed, who organises is mailed what an attendee answers. `isMerged`: the program knows the
 * meeting by its Schedule-Tag, and not the answers that came since.
 */
export function scheduledPut(
  text: string,
  old: string | undefined,
  {
    own,
    now,
    isMerged,
  }: { readonly own: readonly string[]; readonly now: number; readonly isMerged: boolean },
): Scheduled {
  const [before, after] = [meetingIn(old), meetingIn(text)];
  if (!after) {
    // Nobody is asked any more: those who were are told, where it was ours to ask them.
    const isOurs = before !== undefined && own.includes(before.organiser.mail);
    if (isOurs) return { text, telling: { organisers: own, isDeclined: true } };
    // Who is asked takes it away, which says that they do not come; they do not make it their own.
    return before?.organiser.agent === 'server' ? { text, refusal: forbidden } : { text };
  }
  if (after.isTorn) return { text, refusal: torn };
  // A calendar that moves here from elsewhere asks nobody to what is over; what others have ends for them too.
  const ends = [text, ...(old === undefined ? [] : [old])].map((one) => digestOf(one)?.last_ms);
  const isOver = ends.every((last) => last !== undefined && last < now);
  if (own.includes(after.organiser.mail)) {
    if (before && !own.includes(before.organiser.mail)) return { text, refusal: forbidden };
    if (isOver) return { text, telling: { organisers: own, isDeclined: true, isSilent: true } };
    const merged = before && isMerged ? withAnswers(after, before, own) : text;
    const told = new Set(
      changesFor(old, merged, own).flatMap(({ to, method }) =>
        method === 'REQUEST' ? to.map((one) => one.mail) : [],
      ),
    );
    const read = meetingIn(merged);
    const kept = told.size > 0 && read ? withStatus(read, told) : merged;
    return { text: kept, telling: { organisers: own, isDeclined: true } };
  }
  if (before && isForbidden(before, after, own)) return { text, refusal: forbidden };
  const kept = withoutForce(text, after);
  if (isOver) return { text: kept };
  const mails = repliesFor({ text, after }, { text: old ?? '', before }, { own, now });
  return mails.length > 0 ? { text: kept, telling: { organisers: own, mails } } : { text: kept };
}

/** What a DELETE tells, unless the program says not to (`Schedule-Reply: F`, RFC 6638 8.1). */
export function scheduledRemoval(
  old: string,
  {
    own,
    now,
    isSilent,
  }: { readonly own: readonly string[]; readonly now: number; readonly isSilent: boolean },
): Telling | undefined {
  const meeting = meetingIn(old);
  if (!meeting) return undefined;
  if (own.includes(meeting.organiser.mail)) return { organisers: own };
  const mails = isSilent ? [] : declineFor(old, meeting, { own, now });
  return mails.length > 0 ? { organisers: own, mails } : undefined;
}

/** Whether what a program knows of a meeting is what is there; `undefined` where it does not say. */
export function isTagged(header: string | undefined, old: string | undefined): boolean | undefined {
  if (header === undefined) return undefined;
  return old !== undefined && header.trim() === scheduleTagOf(old);
}
