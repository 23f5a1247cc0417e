import type { PluginResponse, PluginRouter } from 'estafette/plugin';
import type { CalendarConfig } from '../config';
import { REGIONS, type Region } from '../holidays/days';
import { type Desk, hrefOf, oneOf, page } from '../pages/common';
import { sideOf } from '../pages/side';
import { COLOUR_TEXTS } from '../pages/texts';
import type { Fault } from '../remote/types';
import { COLOURS } from '../store';
import { FEEDS_MAX, feedsOf, refresh, subscribe, unsubscribe, urlIn } from './feeds';

const LIMITS = { url: 2_000, title: 200 } as const;
const REGION_TEXTS: Readonly<Record<Region, string>> = {
  metropole: 'calendar:holidays.region.metropole',
  'alsace-moselle': 'calendar:holidays.region.alsace',
  guadeloupe: 'calendar:holidays.region.guadeloupe',
  martinique: 'calendar:holidays.region.martinique',
  guyane: 'calendar:holidays.region.guyane',
  reunion: 'calendar:holidays.region.reunion',
  mayotte: 'calendar:holidays.region.mayotte',
};
const FAULT_TEXTS: Readonly<Record<Fault | 'full' | 'late' | 'url', string>> = {
  password: 'calendar:feed.fault.refused',
  refused: 'calendar:feed.fault.refused',
  unreachable: 'calendar:feed.fault.unreachable',
  'not-caldav': 'calendar:feed.fault.nonsense',
  address: 'calendar:feed.fault.address',
  'too-much': 'calendar:feed.fault.too-much',
  nonsense: 'calendar:feed.fault.nonsense',
  full: 'calendar:feed.fault.full',
  late: 'calendar:feed.fault.late',
  url: 'calendar:feed.fault.url',
};
const DONE_TEXTS: Readonly<Record<string, string>> = {
  added: 'calendar:feed.done.added',
  refreshed: 'calendar:feed.done.refreshed',
  removed: 'calendar:feed.done.removed',
};

const faultText = (word: string): string =>
  Object.hasOwn(FAULT_TEXTS, word) ? FAULT_TEXTS[word as keyof typeof FAULT_TEXTS] : '';

/** `/calendar/feeds`: calendars of others that are read from an address, and public holidays. */
export function feedRoutes(router: PluginRouter<CalendarConfig>): void {
  router.get(
    '/feeds',
    page((desk) => feedsPage(desk)),
  );
  router.post('/feeds', page(add));
  router.post('/feeds/holidays', page(addHolidays));
  router.post('/feeds/refresh', page(readAgain));
  router.post('/feeds/remove', page(remove));
}

async function feedsPage(
  desk: Desk,
  typed: { readonly url: string; readonly title: string; readonly problem: string } = {
    url: '',
    title: '',
    problem: '',
  },
): Promise<PluginResponse> {
  const { context, request, person, t } = desk;
  const feeds = await feedsOf(context, person);
  const { region, feeds: isAllowed } = context.config(person.site);
  const { done = '', failed = '' } = request.query;
  return {
    view: 'feeds',
    title: t('calendar:feed.title'),
    status: typed.problem === '' ? 200 : 422,
    model: {
      side: sideOf(desk, { current: 'calendars' }),
      ...typed,
      problem: faultText(typed.problem),
      done: Object.hasOwn(DONE_TEXTS, done) ? (DONE_TEXTS[done] ?? '') : '',
      failed: faultText(failed),
      isAllowed,
      isFull: feeds.length >= FEEDS_MAX,
      limits: LIMITS,
      feeds: feeds.map((one) => ({
        id: one.id,
        title: one.title,
        colour: one.colour,
        about:
          one.region === '' ? one.host : t(REGION_TEXTS[oneOf(REGIONS, one.region) ?? 'metropole']),
        fault: faultText(one.fault),
        readAt: Number(one.read_ms) === 0 ? '' : new Date(Number(one.read_ms)).toISOString(),
        left: one.left_out,
        isFeed: one.region === '',
      })),
      regions: REGIONS.map((value) => ({
        value,
        label: t(REGION_TEXTS[value]),
        isChosen: value === region,
      })),
      colours: COLOURS.map((value) => ({ value, label: t(COLOUR_TEXTS[value]) })),
      actions: {
        add: hrefOf(context, 'feeds'),
        holidays: hrefOf(context, 'feeds/holidays'),
        refresh: hrefOf(context, 'feeds/refresh'),
        remove: hrefOf(context, 'feeds/remove'),
        back: hrefOf(context, 'calendars'),
      },
    },
  };
}

const back = ({ context }: Desk, query: Readonly<Record<string, string>>): PluginResponse => ({
  redirect: hrefOf(context, 'feeds', query),
});

async function add(desk: Desk): Promise<PluginResponse> {
  const { request, context, person } = desk;
  if (!context.config(person.site).feeds) return { status: 403 };
  const typed = {
    url: (request.body['url'] ?? '').trim().slice(0, LIMITS.url),
    title: (request.body['title'] ?? '')
      .replace(/[\s\p{Cc}]+/gu, ' ')
      .trim()
      .slice(0, LIMITS.title),
  };
  const url = urlIn(typed.url);
  if (typed.url === '' || url === undefined) return feedsPage(desk, { ...typed, problem: 'url' });
  const done = await subscribe(context, person, {
    title: typed.title === '' ? new URL(url).host : typed.title,
    colour: oneOf(COLOURS, request.body['colour']),
    locale: request.locale,
    url,
  });
  return done === 'subscribed'
    ? back(desk, { done: 'added' })
    : feedsPage(desk, { ...typed, problem: done });
}

async function addHolidays(desk: Desk): Promise<PluginResponse> {
  const { request, context, person, t } = desk;
  const region = oneOf(REGIONS, request.body['region']);
  if (!region) return back(desk, {});
  // Once is enough: another region is another calendar.
  const known = (await feedsOf(context, person)).some((one) => one.region === region);
  const done = known
    ? 'subscribed'
    : await subscribe(context, person, {
        title: t('calendar:holidays.title'),
        colour: 'grey',
        locale: request.locale,
        region,
      });
  return back(desk, done === 'subscribed' ? { done: 'added' } : { failed: done });
}

async function readAgain(desk: Desk): Promise<PluginResponse> {
  const { request, context, person } = desk;
  if (!context.config(person.site).feeds) return { status: 403 };
  const done = await refresh(context, person, request.body['id'] ?? '');
  if (done === 'missing') return { status: 404 };
  return back(desk, done === '' ? { done: 'refreshed' } : { failed: done });
}

async function remove(desk: Desk): Promise<PluginResponse> {
  const { request, context, person } = desk;
  const isDone = await unsubscribe(context, person, request.body['id'] ?? '');
  return isDone ? back(desk, { done: 'removed' }) : { status: 404 };
}
