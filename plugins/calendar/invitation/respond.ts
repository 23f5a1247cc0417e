import type { PluginResponse } from 'estafette/plugin';
import { fieldsOf, IcsError } from '../ics';
import { type Answered, answer, ItipError } from '../itip';
import { mailWaiting } from '../outgoing/page';
import { type Desk, isWritable, oneOf } from '../pages/common';
import { parseClock, parseDay } from '../pages/dates';
import { ownMails } from '../people/own';
import { NOTE_MAX } from '../people/typed';
import { addressOf } from '../planning/groups';
import type { Put, Telling } from '../store';
import type { Tables } from '../store/tables';
import { DAY_MS } from '../time/days';
import { ianaZone, toUtc } from '../time/zone';
import { act } from './act';
import { keepSaid, saidOf } from './answers';
import { occurrenceOf, versionOf } from './card';
import { type Look, lookAt } from './look';
import { type MessagePart, messageHref } from './message';
import { type Opened, openedPage, openPart, REFUSED_TEXTS } from './page';
import { keepReply } from './reply-alone';
import { withOwnStatus } from './status';

const ANSWERS = ['accepted', 'tentative', 'declined', 'delegate', 'counter'] as const;
type Said = (typeof ANSWERS)[number];

/** An answer to an invitation, or what else its card offers. */
export async function respond(desk: Desk): Promise<PluginResponse> {
  const { body } = desk.request;
  const opened = await openPart(desk, body);
  if (!opened) return { status: 404 };
  const look = await lookAt(desk, opened, desk.store);
  const said = oneOf(ANSWERS, body['answer']);
  if (!said) return act(desk, opened, look);
  const { outcome } = look;
  if (outcome.kind !== 'invitation' && outcome.kind !== 'update' && outcome.kind !== 'same')
    return back(opened.source);
  return answerTo(desk, { opened, look, said, outcome });
}

export const back = ({ ref }: MessagePart): PluginResponse => ({ redirect: messageHref(ref) });

type Invited = Extract<Look['outcome'], { kind: 'invitation' | 'update' | 'same' }>;

async function answerTo(
  desk: Desk,
  {
    opened,
    look,
    said,
    outcome,
  }: {
    readonly opened: Opened;
    readonly look: Look;
    readonly said: Said;
    readonly outcome: Invited;
  },
): Promise<PluginResponse> {
  const { request, person, context, t } = desk;
  const { body } = request;
  const table: Tables = (name) => context.db.table(name);
  const only = occurrenceOf(look);
  const before = await saidOf(table, person, { uid: look.uid, recurrence: only });
  const refuse = (error: string) => openedPage(desk, opened, { error, fields: body });
  // Sent twice, or from a page that is older than what is there.
  if (body['version'] !== versionOf(look.existing, before)) {
    const isDone = (look.existing ? outcome.answer : before?.answer) === said;
    return isDone ? back(opened.source) : refuse(t('calendar:invitation.fault.changed'));
  }
  const more = moreOf(desk, said);
  if ('error' in more) return refuse(t(more.error));
  if ('counter' in more && isPlanned(outcome.object, only, more.counter))
    return refuse(t('calendar:invitation.fault.sameTime'));
  const note = (body['note'] ?? '').trim().slice(0, NOTE_MAX);
  const now = context.clock.now();
  let answered: Answered;
  try {
    answered = answer(outcome.object, ownMails(person), {
      partstat: said === 'delegate' ? 'declined' : said === 'counter' ? 'tentative' : said,
      now,
      name: request.user?.name ?? '',
      ...(note !== '' && { comment: note }),
      ...(only !== '' && { occurrence: only }),
      ...more,
    });
  } catch (error) {
    if (!(error instanceof IcsError || error instanceof ItipError)) throw error;
    return refuse(t('calendar:invitation.fault.unreadable'));
  }
  const telling: Telling = { organisers: ownMails(person), note, mails: answered.messages };
  // What is declined as a whole is not in the calendar; the message has it still.
  const isOut = only === '' && (said === 'declined' || said === 'delegate');
  const kept = isOut
    ? await leave(desk, {
        look,
        telling: { ...telling, left: withOwnStatus(answered.object, ownMails(person)) },
        version: opened.text,
      })
    : await store(desk, { look, telling, text: withOwnStatus(answered.object, ownMails(person)) });
  if (kept === 'conflict') {
    // The same form, sent twice at once.
    const there = await lookAt(desk, opened, desk.store);
    const now = 'answer' in there.outcome ? there.outcome.answer : undefined;
    if (there.existing ? now === said : isOut) return back(opened.source);
  }
  if (kept !== 'kept') return refuse(t(REFUSED_TEXTS[kept] ?? 'calendar:invitation.fault.full'));
  await keepSaid(table, person, {
    uid: look.uid,
    recurrence: only,
    answer: said === 'delegate' ? 'delegated' : said === 'counter' ? 'tentative' : said,
    sequence: look.sequence,
    at: now,
  });
  await mailWaiting(desk, telling);
  return back(opened.source);
}

type Kept = 'kept' | 'conflict' | Exclude<Extract<Put, { kind: 'refused' }>['reason'], never>;

/** Into the calendar that has it, the one that was chosen, or the usual one. */
async function store(
  desk: Desk,
  {
    look: { existing, uid },
    telling,
    text,
  }: { readonly look: Look; readonly telling: Telling; readonly text: string },
): Promise<Kept> {
  const { store: calendars, person, request, usual } = desk;
  if (existing) {
    const put = await calendars.put(person, existing.calendar, existing.uri, text, {
      ifMatch: existing.etag,
      telling,
    });
    return keptOf(put);
  }
  const writable = desk.calendars.filter(isWritable).map(({ id }) => id);
  const chosen = oneOf(writable, request.body['calendar']) ?? usual;
  const put = await calendars.put(person, chosen, `${nameOf(uid)}.ics`, text, {
    ifNoneMatch: true,
    telling,
  });
  return keptOf(put);
}

/** UIDs of others may be no names of files. */
const nameOf = (uid: string): string =>
  /^[A-Za-z0-9][A-Za-z0-9._@-]{0,200}$/.test(uid) ? uid : encodeURIComponent(uid).slice(0, 200);

const keptOf = (put: Put): Kept =>
  put.kind === 'created' || put.kind === 'updated'
    ? 'kept'
    : put.kind === 'refused'
      ? put.reason
      : 'conflict';

/** Out of the calendar, to the trash; where it is in none, the answer alone is written down. */
async function leave(
  { store: calendars, person, context }: Desk,
  {
    look: { existing },
    telling,
    version,
  }: { readonly look: Look; readonly telling: Telling; readonly version: string },
): Promise<Kept> {
  if (!existing) {
    await keepReply(context, person, { telling, version });
    return 'kept';
  }
  const removed = await calendars.remove(person, existing.calendar, existing.uri, {
    ifMatch: existing.etag,
    telling,
  });
  return removed === 'removed' ? 'kept' : removed;
}

/** Whether a time that is proposed is the one that is planned: nobody would know what to say to it. */
function isPlanned(
  object: string,
  occurrence: string,
  counter: { readonly start: number; readonly end: number } | undefined,
): boolean {
  const fields = fieldsOf(object, occurrence)?.fields;
  if (!fields || !counter) return false;
  const zone = ianaZone(fields.zone);
  const moment = (wall: number): number => (fields.isAllDay || !zone ? wall : toUtc(zone, wall));
  return moment(fields.start) === counter.start && moment(fields.end) === counter.end;
}

/** Who comes instead, or the time that is proposed, as they were typed. */
function moreOf(
  { request: { body }, zone, person }: Desk,
  said: Said,
):
  | { readonly error: string }
  | { readonly delegateTo?: { readonly mail: string; readonly name: string } }
  | { readonly counter?: { readonly start: number; readonly end: number } } {
  if (said === 'delegate') {
    const mail = addressOf((body['delegate'] ?? '').trim());
    if (mail === undefined || ownMails(person).includes(mail))
      return { error: 'calendar:invitation.fault.delegate' };
    return { delegateTo: { mail, name: '' } };
  }
  if (said !== 'counter') return {};
  const isAllDay = (body['startTime'] ?? '') === '' && (body['endTime'] ?? '') === '';
  const [first, last] = [
    parseDay(body['startDate']),
    parseDay(body['endDate'] || body['startDate']),
  ];
  const [from, to] = [parseClock(body['startTime']), parseClock(body['endTime'])];
  if (first === undefined || last === undefined) return { error: 'calendar:invitation.fault.time' };
  if (isAllDay)
    return last >= first
      ? { counter: { start: first * DAY_MS, end: (last + 1) * DAY_MS } }
      : { error: 'calendar:invitation.fault.time' };
  if (from === undefined || to === undefined) return { error: 'calendar:invitation.fault.time' };
  const start = toUtc(zone, first * DAY_MS + from);
  const end = toUtc(zone, last * DAY_MS + to);
  return end > start ? { counter: { start, end } } : { error: 'calendar:invitation.fault.time' };
}
