import type { PluginRequest, PluginResponse, PluginRouter } from 'estafette/plugin';
import type { CalendarConfig } from '../config';
import { freeBusyText, periodsOf } from '../dav/free-busy';
import { exportCalendar } from '../exchange/export-file';
import { type Context, type Desk, hrefOf, page } from '../pages/common';
import { parseDay } from '../pages/dates';
import { sideOf } from '../pages/side';
import { outcomeOf } from '../pages/texts';
import { createStore, type StoredObject } from '../store';
import { DAY_MS } from '../time/days';
import { ianaZone, UTC } from '../time/zone';
import { limiter } from './limit';
import { dropLink, linkOf, makeLink, openLink, type Told, toldAllowed } from './links';
import { toldObject } from './told';

const TOLD_TEXTS: Readonly<Record<Told, readonly [name: string, help: string]>> = {
  free: ['calendar:link.told.free', 'calendar:link.help.free'],
  read: ['calendar:link.told.read', 'calendar:link.help.read'],
  all: ['calendar:link.told.all', 'calendar:link.help.all'],
};
/** Programs read an address for what is near; each reading costs what it holds. */
const BEFORE_MS = 366 * DAY_MS;
const AFTER_MS = 2 * BEFORE_MS;
const OBJECTS_MAX = 3_000;
/** What was is of little use to who looks for a time. */
const BUSY_BEFORE_MS = 31 * DAY_MS;
const MINUTE_MS = 60_000;

/** `/calendar/link`: a secret address of one's calendar, and what it answers. */
export function linkRoutes(router: PluginRouter<CalendarConfig>): void {
  const perLink = limiter({ max: 6, everyMs: MINUTE_MS });
  const perRemote = limiter({ max: 60, everyMs: MINUTE_MS });
  router.get('/link', page(showLink));
  router.post('/link', page(change));
  router.get(
    '/link/:secret',
    async (request, context) => {
      const now = context.clock.now();
      if (!perRemote(request.remote, now)) return TOO_MANY;
      const [, secret = '', kind] =
        /^(.*?)(?:\.(ics|ifb))?$/.exec(request.params['secret'] ?? '') ?? [];
      if (!perLink(secret.slice(0, 64), now)) return TOO_MANY;
      return kind === 'ifb' ? busy(request, context, secret) : answer(request, context, secret);
    },
    { public: true },
  );
}

const TOO_MANY: PluginResponse = { json: { error: 'too-many' }, status: 429, retryAfterS: 60 };

async function answer(
  { site }: PluginRequest,
  context: Context,
  secret: string,
): Promise<PluginResponse> {
  const opened = await openLink(context, site, secret);
  if (!opened) return { status: 404 };
  const { person, place, told, hash } = opened;
  const t = context.text(context.site(site).locale);
  const now = context.clock.now();
  const between = { from: now - BEFORE_MS, to: now + AFTER_MS };
  const how = { told, salt: hash, word: t('calendar:event.masked') };
  const store = createStore(context);
  let count = 0;
  async function* objects(): AsyncGenerator<readonly StoredObject[]> {
    for await (const some of store.objects(person, place.id, { between })) {
      count += some.length;
      if (count > OBJECTS_MAX) return;
      yield some.flatMap((one) => toldObject(one, how) ?? []);
    }
  }
  // A name says what somebody does, as a title would.
  const title = told === 'free' ? t('calendar:link.busy') : place.title;
  const content = await exportCalendar({ objects }, person, { id: place.id, title });
  // A part would look like the whole.
  if (content === undefined || count > OBJECTS_MAX)
    return { json: { error: 'too-large' }, status: 413 };
  return { file: { name: 'calendar.ics', type: 'text/calendar', content, keep: 'check' } };
}

/** When its owner is busy by that calendar, whatever else the address tells (RFC 5545 3.6.4). */
async function busy(
  { site }: PluginRequest,
  context: Context,
  secret: string,
): Promise<PluginResponse> {
  const opened = await openLink(context, site, secret);
  if (!opened) return { status: 404 };
  const { person, place } = opened;
  const now = context.clock.now();
  const range = { from: now - BUSY_BEFORE_MS, to: now + BEFORE_MS };
  const zone = ianaZone(context.site(site).timeZone) ?? UTC;
  const window = { ...range, zone: zone.id, calendars: [place.id] };
  const { occurrences, isCut } = await createStore(context).occurrences(person, window);
  // A part would look like time that is free.
  if (isCut) return { json: { error: 'too-large' }, status: 413 };
  const content = freeBusyText(periodsOf(occurrences, range, zone), { range, now });
  return { file: { name: 'disponibilites.ifb', type: 'text/calendar', content } };
}

async function showLink(desk: Desk): Promise<PluginResponse> {
  const { context, request, person, t, words } = desk;
  const id = request.query['calendar'];
  if (id === undefined) return { redirect: hrefOf(context, 'calendars') };
  const link = await linkOf(context, person, id);
  const calendar = desk.calendars.find((one) => one.id === id);
  if (link === 'missing' || !calendar) return { status: 404 };
  const allowed = toldAllowed(context, person.site);
  const dayText = (day: string): string => {
    const at = parseDay(day);
    return at === undefined ? '' : words.day(at, 'dayYear');
  };
  return {
    view: 'link',
    title: t('calendar:link.title', { title: calendar.title }),
    model: {
      side: sideOf(desk, { current: 'calendars' }),
      calendar: id,
      title: calendar.title,
      link:
        link === 'none'
          ? undefined
          : {
              address: `${request.origin}${hrefOf(context, `link/${link.secret}.ics`)}`,
              busyAddress: `${request.origin}${hrefOf(context, `link/${link.secret}.ifb`)}`,
              told: TOLD_TEXTS[link.told][0],
              isOff: !allowed.includes(link.told),
              madeOn: dayText(link.madeOn),
              readOn: dayText(link.readOn),
            },
      choices: allowed.map((value) => ({
        value,
        label: TOLD_TEXTS[value][0],
        help: TOLD_TEXTS[value][1],
      })),
      action: hrefOf(context, 'link'),
      backHref: hrefOf(context, 'calendars'),
      outcome: outcomeOf(request.query),
      restoreAction: hrefOf(context, 'restore'),
    },
  };
}

/** Makes an address, another one in its place, or takes it back. */
async function change(desk: Desk): Promise<PluginResponse> {
  const { context, request, person } = desk;
  const { calendar = '', remove } = request.body;
  const to = (done: string): PluginResponse => ({
    redirect: hrefOf(context, 'link', { calendar, done }),
  });
  if (remove === 'yes') {
    const done = await dropLink(context, person, calendar);
    return done === 'missing' ? { status: 404 } : to('linkDropped');
  }
  const told = toldAllowed(context, person.site).find((one) => one === request.body['told']);
  if (told === undefined)
    return { redirect: hrefOf(context, 'link', { calendar, failed: 'link' }) };
  const done = await makeLink(context, person, { calendar, told });
  return done === 'missing' ? { status: 404 } : to('linkMade');
}
