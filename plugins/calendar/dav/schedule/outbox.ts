import { type DavResponse, davAnswer, davElement, davHref, davText } from 'estafette/plugin';
import { componentsOf, parseCalendar, propertiesOf, propertyOf, textOf } from '../../ics/jcal';
import { wallOf } from '../../ics/times';
import { IcsError } from '../../ics/types';
import { mailIn } from '../../people/attendees';
import { usersOf } from '../../planning/known';
import { busyShownAmong } from '../../settings/values';
import type { Person } from '../../store';
import { findOccurrences } from '../../store/occurrences';
import { placesOf } from '../../store/places';
import type { Tables } from '../../store/tables';
import { failing } from '../answers';
import { freeBusyText, periodsOf } from '../free-busy';
import { C } from '../names';
import { type Call, siteZone } from '../places';
import type { Range } from '../range';

/** People of one question, and its length: a year and a little. */
const PEOPLE_MAX = 100;
const RANGE_MS = 400 * 86_400_000;

interface Question {
  readonly uid: string;
  readonly range: Range;
  readonly organiser: string;
  /** As they were written. */
  readonly attendees: readonly string[];
}

/** What a VFREEBUSY request asks (RFC 5546 3.3.2); undefined for anything else. */
function questionIn(text: string): Question | undefined {
  try {
    const calendar = parseCalendar(text);
    const [part, more] = componentsOf(calendar, 'vfreebusy');
    if (!part || more || textOf(calendar, 'method').toUpperCase() !== 'REQUEST') return undefined;
    const organiser = propertyOf(part, 'organizer');
    const [from, to] = ['dtstart', 'dtend'].map((name) => wallOf(textOf(part, name)));
    if (!organiser || !from?.isUtc || !to?.isUtc) return undefined;
    const range = { from: from.wall, to: to.wall };
    if (range.to <= range.from || range.to - range.from > RANGE_MS) return undefined;
    return {
      uid: textOf(part, 'uid').trim(),
      range,
      organiser: mailIn(organiser),
      attendees: propertiesOf(part, 'attendee').map((one) => String(one[3])),
    };
  } catch (error) {
    if (error instanceof IcsError) return undefined;
    throw error;
  }
}

/** POST of a question to the outbox: when people are busy, as far as they let others see (RFC 6638 5). */
export async function answerOutbox(call: Call): Promise<DavResponse> {
  const { request, person, context } = call;
  const type = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase();
  if (type !== 'text/calendar') return failing(415, C('supported-calendar-data'));
  const question = questionIn(request.body);
  if (!question) return failing(400, C('valid-scheduling-message'));
  const me = person.mail.trim().toLowerCase();
  // Nobody asks in the name of somebody else.
  if (question.organiser !== me) return failing(403, C('organizer-allowed'));
  if (question.attendees.length > PEOPLE_MAX) return { status: 413 };
  const table: Tables = (name) => context.db.table(name);
  const mails = question.attendees.map((uri) => mailOfUri(uri));
  const users = await usersOf(
    table,
    person.site,
    mails.filter((mail) => mail !== ''),
  );
  const shown = await busyShownAmong(context, person.site, [...users.values()]);
  const zone = siteZone(call);
  const rows: string[] = [];
  for (const [index, uri] of question.attendees.entries()) {
    const mail = mails[index] ?? '';
    const user = mail === me ? person.user : users.get(mail);
    const answer = (status: string, data = ''): string =>
      davElement(
        C('response'),
        davElement(C('recipient'), davHref(uri)) + davElement(C('request-status'), status) + data,
      );
    if (user === undefined) {
      rows.push(answer('3.7;Invalid Calendar User'));
      continue;
    }
    if (mail !== me && !shown.has(user)) {
      rows.push(answer('3.8;No Authority'));
      continue;
    }
    const other: Person = { site: person.site, user, mail, isAlone: true };
    const calendars = (await placesOf(table, other)).map(({ id }) => id);
    const { occurrences, isCut } = await findOccurrences(table, other, {
      ...question.range,
      zone: zone.id,
      calendars,
    });
    // A part of it would look like time that is free.
    if (isCut) {
      rows.push(answer('5.2;Too many events'));
      continue;
    }
    const text = freeBusyText(periodsOf(occurrences, question.range, zone), {
      range: question.range,
      now: context.clock.now(),
      reply: { uid: question.uid, organiser: me, attendee: mail },
    });
    rows.push(answer('2.0;Success', davElement(C('calendar-data'), davText(text))));
  }
  return { status: 200, body: davAnswer('CAL:schedule-response', rows.join('')) };
}

const mailOfUri = (uri: string): string =>
  /^mailto:/i.test(uri.trim()) ? uri.trim().slice('mailto:'.length).trim().toLowerCase() : '';
