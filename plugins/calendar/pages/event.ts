import type { PluginResponse } from 'estafette/plugin';
import { filesModel } from '../attachments/routes';
import { type EventFields, isCancelled } from '../ics';
import { answerOffer } from '../invitation/from-event';
import { unsentLines } from '../outgoing/page';
import { peopleIn } from '../people/attendees';
import { organisersOf, peopleShown } from '../people/page';
import { canDelete } from '../store';
import { dayOfWall, MINUTE_MS } from '../time/days';
import { ianaZone, toUtc, toWall, type Zone } from '../time/zone';
import { type Desk, hrefOf } from './common';
import { isoOf } from './dates';
import { meetingOf, piecesOf, webOf } from './meeting';
import { mayChange, openEvent } from './opened';
import { repeatWords } from './repeat-words';
import { sideOf } from './side';
import { outcomeOf, SHOW_AS_TEXTS, VISIBILITY_TEXTS } from './texts';
import { capital } from './words';

const HOUR_MINUTES = 60;
const DAY_MINUTES = 24 * HOUR_MINUTES;
const WEEK_MINUTES = 7 * DAY_MINUTES;

/** A reminder, in words. */
export function alarmWords({ t }: Pick<Desk, 't'>, minutes: number): string {
  if (minutes <= 0) return t('calendar:alarm.start');
  if (minutes % WEEK_MINUTES === 0)
    return t('calendar:alarm.weeks', { count: minutes / WEEK_MINUTES });
  if (minutes % DAY_MINUTES === 0)
    return t('calendar:alarm.days', { count: minutes / DAY_MINUTES });
  if (minutes % HOUR_MINUTES === 0)
    return t('calendar:alarm.hours', { count: minutes / HOUR_MINUTES });
  return t('calendar:alarm.minutes', { count: minutes });
}

/** The zone of an event when its clocks are not those of the person. */
export function otherZone(desk: Pick<Desk, 'zone'>, fields: EventFields): Zone | undefined {
  if (fields.isAllDay || fields.zone === '' || fields.zone === desk.zone.id) return undefined;
  const zone = ianaZone(fields.zone);
  if (!zone) return undefined;
  const isSame = [fields.start, fields.end].every((wall) => {
    const at = toUtc(zone, wall);
    return zone.offsetAt(at) === desk.zone.offsetAt(at);
  });
  return isSame ? undefined : zone;
}

/** When an event is, on the person's clock. */
export function localTimes(desk: Pick<Desk, 'zone'>, fields: EventFields) {
  const { isAllDay } = fields;
  const zone = otherZone(desk, fields);
  const moved = (wall: number): number => (zone ? toWall(desk.zone, toUtc(zone, wall)) : wall);
  return { isAllDay, start: moved(fields.start), end: moved(fields.end) };
}

/** An event, as whoever reaches it reads it. */
export async function showEvent(desk: Desk): Promise<PluginResponse> {
  const { request, context, words, t } = desk;
  // Of an address that was cut short: nothing is said of what is not asked for.
  if (request.query['id'] === undefined) return { redirect: hrefOf(context, '') };
  const event = await openEvent(desk, request.query);
  if (!event) return { status: 404 };
  const { fields, stored, calendar, at, isSeries } = event;
  const times = localTimes(desk, fields);
  const zone = otherZone(desk, fields);
  const day = dayOfWall(times.start);
  const query = { id: stored.id, at };
  const title = fields.summary === '' ? t('calendar:event.untitled') : fields.summary;
  const asked = peopleIn(stored.text, at);
  const people = peopleShown(desk, asked, organisersOf(desk, calendar));
  const isOff = isCancelled(stored.text, at);
  const canTell = people?.isOrganiser === true && mayChange(event);
  return {
    view: 'event',
    title,
    model: {
      side: sideOf(desk, { on: day, view: 'day' }),
      id: stored.id,
      at,
      etag: stored.etag,
      title,
      colour: calendar.colour,
      calendar: calendar.title,
      owner: calendar.owner,
      when: capital(words.when(times)),
      zoneWhen: zone
        ? t('calendar:event.zone', { zone: zone.id.replaceAll('_', ' '), when: words.when(fields) })
        : '',
      length: lengthWords(desk, fields),
      repeats: repeatWords(desk, fields.rule, {
        start: fields.start,
        isAllDay: fields.isAllDay,
        zone: fields.isAllDay ? undefined : ianaZone(fields.zone),
      }),
      isSeries: isSeries && at !== '',
      seriesHref: isSeries && at !== '' ? hrefOf(context, 'event', { id: stored.id }) : '',
      location: piecesOf(fields.location),
      url: { text: fields.url, href: webOf(fields.url) ? fields.url : '' },
      notes: piecesOf(fields.description),
      categories: fields.categories.map((name) => ({
        name,
        href: hrefOf(context, '', { q: name }),
      })),
      isCancelled: isOff,
      status: isOff ? t('calendar:status.cancelled') : t(SHOW_AS_TEXTS[fields.showAs]),
      showAs: fields.showAs,
      visibility: fields.visibility === 'public' ? '' : t(VISIBILITY_TEXTS[fields.visibility]),
      alarms: fields.alarms.map((minutes) => alarmWords(desk, minutes)),
      meeting: meetingOf(
        [fields.url, fields.location, fields.description],
        context.config(desk.person.site).meeting,
      ),
      isReadOnly: !mayChange(event),
      isKept: !canDelete(calendar),
      backHref: hrefOf(context, '', { on: isoOf(day) }),
      editHref: hrefOf(context, 'edit', query),
      copyHref: stored.isMasked ? '' : hrefOf(context, 'edit', { from: stored.id, at }),
      copyAloneHref: people ? hrefOf(context, 'edit', { from: stored.id, at, alone: 'yes' }) : '',
      people,
      canTell,
      answer: isOff ? undefined : answerOffer(desk, event, asked),
      outgoing: canTell ? await unsentLines(desk, stored.uid) : [],
      retryAction: hrefOf(context, 'outgoing/retry'),
      removeAction: hrefOf(context, 'delete'),
      ...filesModel(desk, event),
      outcome: outcomeOf(request.query),
      restoreAction: hrefOf(context, 'restore'),
    },
  };
}

/** « 1 h 30 »; `''` for whole days, whose dates say it. */
function lengthWords({ t }: Desk, { isAllDay, start, end }: EventFields): string {
  const minutes = Math.round((end - start) / MINUTE_MS);
  if (isAllDay || minutes <= 0 || minutes >= DAY_MINUTES) return '';
  const hours = Math.floor(minutes / HOUR_MINUTES);
  const rest = minutes % HOUR_MINUTES;
  if (hours === 0) return t('calendar:length.minutes', { minutes: rest });
  if (rest === 0) return t('calendar:length.hours', { hours });
  return t('calendar:length.both', { hours, minutes: String(rest).padStart(2, '0') });
}
