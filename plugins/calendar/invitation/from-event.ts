import type { PluginResponse } from 'estafette/plugin';
import { IcsError } from '../ics';
import { componentsOf, parseCalendar, propertyOf, textOf } from '../ics/jcal';
import { type Answered, answer, ItipError } from '../itip';
import { mailWaiting } from '../outgoing/page';
import { type Desk, hrefOf, oneOf } from '../pages/common';
import { eventHref, mayChange, type Opened, openEvent } from '../pages/opened';
import { type Answer, type People, peopleIn } from '../people/attendees';
import { organisersOf } from '../people/page';
import { NOTE_MAX } from '../people/typed';
import { canDelete, type Telling } from '../store';
import { keepSaid } from './answers';
import { withOwnStatus } from './status';

const ANSWERS = ['accepted', 'tentative', 'declined'] as const;

/** The answer that the page of an event offers to who is asked to it; undefined for anybody else. */
export function answerOffer(
  { person, context }: Pick<Desk, 'person' | 'context'>,
  event: Pick<Opened, 'calendar' | 'stored'>,
  people: People,
): { readonly current: Answer; readonly action: string; readonly behalf: string } | undefined {
  const own = organisersOf({ person }, event.calendar);
  const me = people.attendees.find(({ mail }) => own.includes(mail));
  const isTheirs = people.organiser !== undefined && !own.includes(people.organiser.mail);
  if (!me || !isTheirs || !mayChange(event)) return undefined;
  // Who may write in somebody's calendar answers for them, and signs it.
  const behalf = event.calendar.isOwn ? '' : me.name === '' ? me.mail : me.name;
  return { current: me.answer, action: hrefOf(context, 'event/answer'), behalf };
}

/** An answer from the page of an event: of the occurrence that it shows, or of all of them. */
export async function answerEvent(desk: Desk): Promise<PluginResponse> {
  const { request, person, context, store } = desk;
  const { body } = request;
  const event = await openEvent(desk, body);
  const said = oneOf(ANSWERS, body['answer']);
  if (!event || !said) return { status: 404 };
  const { stored, calendar, at } = event;
  if (!mayChange(event)) return { status: 403 };
  const own = organisersOf(desk, calendar);
  // Whoever organises it does not answer themselves.
  if (!answerOffer(desk, event, peopleIn(stored.text, at))) return { status: 404 };
  const changed = { redirect: eventHref(desk, stored.id, { at, failed: 'changed' }) };
  if (body['etag'] !== stored.etag) return changed;
  const note = (body['note'] ?? '').trim().slice(0, NOTE_MAX);
  const now = context.clock.now();
  const answered = answerOf(stored.text, own, {
    partstat: said,
    now,
    ...(note !== '' && { comment: note }),
    ...(at !== '' && { occurrence: at }),
  });
  if (!answered) return changed;
  const telling: Telling = { organisers: own, note, mails: answered.messages };
  const when = { ifMatch: stored.etag, telling };
  // As in the message: what is declined as a whole is not in the calendar.
  const isOut = said === 'declined' && at === '' && canDelete(calendar);
  const text = withOwnStatus(answered.object, own);
  const leaving = { ...when, telling: { ...telling, left: text } };
  const isKept = isOut
    ? (await store.remove(person, calendar.id, stored.uri, leaving)) === 'removed'
    : (await store.put(person, calendar.id, stored.uri, text, when)).kind === 'updated';
  if (!isKept) return changed;
  if (calendar.isOwn)
    await keepSaid((name) => context.db.table(name), person, {
      uid: stored.uid,
      recurrence: at,
      answer: said,
      sequence: sequenceOf(stored.text),
      at: now,
    });
  await mailWaiting(desk, telling);
  if (isOut) return { redirect: hrefOf(context, '', { done: 'answered', restore: stored.id }) };
  return { redirect: eventHref(desk, stored.id, { at, done: 'answered' }) };
}

function answerOf(...asked: Parameters<typeof answer>): Answered | undefined {
  try {
    return answer(...asked);
  } catch (error) {
    if (error instanceof IcsError || error instanceof ItipError) return undefined;
    throw error;
  }
}

/** SEQUENCE of the whole (RFC 5545 §3.8.7.4). */
function sequenceOf(text: string): number {
  const parts = componentsOf(parseCalendar(text), 'vevent');
  const part = parts.find((one) => textOf(one, 'recurrence-id') === '') ?? parts[0];
  const value = part && propertyOf(part, 'sequence')?.[3];
  return typeof value === 'number' ? value : 0;
}
