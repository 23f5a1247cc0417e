import type { PluginResponse } from 'estafette/plugin';
import { choose } from '../settings/choices';
import { rightText } from '../share/page';
import { COLOURS } from '../store';
import { type Desk, hrefOf, isWritable, oneOf, USUAL } from './common';
import { sideOf } from './side';
import { COLOUR_TEXTS, outcomeOf } from './texts';

/** Calendars, their names and colours. */
export async function showCalendars(desk: Desk): Promise<PluginResponse> {
  const { context, request, calendars, t } = desk;
  const { maxCalendars, maxObjects } = context.config(request);
  const counts = await desk.store.counts(desk.person);
  return {
    view: 'calendars',
    title: t('calendar:calendars.title'),
    model: {
      side: sideOf(desk, { current: 'calendars' }),
      calendars: calendars.map((one) => ({
        ...one,
        count: counts.get(one.id) ?? 0,
        canManage: one.isOwn && one.rights === 'manage',
        isShared: !one.isOwn,
        rightsText: one.isOwn ? '' : t(rightText(one.rights)),
        linkHref: one.isOwn ? hrefOf(context, 'link', { calendar: one.id }) : '',
        shareHref: one.rights === 'manage' ? hrefOf(context, 'share', { calendar: one.id }) : '',
        isUsual: one.id === desk.usual,
        canBeUsual: one.id !== desk.usual && calendars.length > 1 && isWritable(one),
        exportHref: hrefOf(context, 'export', { calendar: one.id }),
      })),
      maxCalendars,
      maxObjects,
      isFull: calendars.filter(({ isOwn }) => isOwn).length >= maxCalendars,
      colours: COLOURS.map((value) => ({ value, label: t(COLOUR_TEXTS[value]) })),
      outcome: outcomeOf(request.query),
      restoreAction: hrefOf(context, 'restore'),
      actions: {
        accounts: hrefOf(context, 'accounts'),
        feeds: hrefOf(context, 'feeds'),
        create: hrefOf(context, 'calendars/create'),
        change: hrefOf(context, 'calendars/change'),
        remove: hrefOf(context, 'calendars/delete'),
        usual: hrefOf(context, 'calendars/usual'),
        leave: hrefOf(context, 'share/leave'),
      },
    },
  };
}

const back = ({ context }: Desk, query: Readonly<Record<string, string>>): PluginResponse => ({
  redirect: hrefOf(context, 'calendars', query),
});

export async function createCalendar(desk: Desk): Promise<PluginResponse> {
  const { store, person, request } = desk;
  const { title = '', colour } = request.body;
  const made = await store.createCalendar(person, { title, colour: oneOf(COLOURS, colour) });
  if (made.kind === 'created') return back(desk, { done: 'calendar' });
  return back(desk, { failed: made.reason === 'full' ? 'calendars' : 'title' });
}

/** Another name or colour. */
export async function changeCalendar(desk: Desk): Promise<PluginResponse> {
  const { store, person, request } = desk;
  const { calendar = '', title, colour } = request.body;
  const place = desk.calendars.find(({ id }) => id === calendar);
  if (!place) return { status: 404 };
  if (place.isOwn && place.rights !== 'manage') return { status: 403 };
  const done = await store.changeCalendar(person, calendar, {
    ...(title !== undefined && { title }),
    colour: oneOf(COLOURS, colour),
  });
  if (done === 'missing') return { status: 404 };
  if (done === 'rights') return { status: 403 };
  return back(desk, done === 'changed' ? { done: 'calendar' } : { failed: 'title' });
}

/** The calendar into which new events go unless another is chosen. */
export async function chooseUsual(desk: Desk): Promise<PluginResponse> {
  const { context, person, request } = desk;
  const place = desk.calendars.find(({ id }) => id === request.body['calendar']);
  if (!place) return { status: 404 };
  if (!isWritable(place)) return { status: 403 };
  await choose((name) => context.db.table(name), person, { name: USUAL, value: place.id });
  return back(desk, { done: 'usual' });
}

/** Only with the tick: a calendar is not deleted by a button alone. */
export async function deleteCalendar(desk: Desk): Promise<PluginResponse> {
  const { store, person, request } = desk;
  const { calendar = '', sure } = request.body;
  if (sure !== 'yes') return back(desk, {});
  const removed = await store.removeCalendar(person, calendar);
  if (removed === 'missing') return { status: 404 };
  if (removed === 'rights') return { status: 403 };
  return back(desk, { done: 'calendarDeleted' });
}

/** Which calendars are drawn: the check boxes beside every view. */
export async function showHide(desk: Desk): Promise<PluginResponse> {
  const { store, person, request, calendars, context } = desk;
  const chosen = new Set(request.lists['shown'] ?? []);
  // A calendar that was made since the page was drawn stays as it is.
  const asked = new Set(request.lists['calendar'] ?? []);
  for (const { id, isShown } of calendars)
    if (asked.has(id) && chosen.has(id) !== isShown)
      await store.changeCalendar(person, id, { isShown: chosen.has(id) });
  const home = hrefOf(context, '');
  const to = request.body['back'] ?? '';
  return { redirect: to === home || to.startsWith(`${home}?`) ? to : home };
}
