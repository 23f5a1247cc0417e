import type { PluginRequest } from 'estafette/plugin';
import { type Context, hrefOf } from '../pages/common';
import { isoOf, parseDay } from '../pages/dates';
import { capital, createWords } from '../pages/words';
import { ZONES } from '../settings/zones';
import type { Tables } from '../store/tables';
import { DAY_MS, dayOfWall } from '../time/days';
import { ianaZone, toUtc, toWall, type Zone } from '../time/zone';
import { spanOf } from './slots';
import { freeOf, zoneOfPage } from './taken';
import type { BookingPage } from './types';

/** Days with free times that one page shows. */
const DAYS_SHOWN = 5;
/** Calendars are looked at so many days at once, until enough is found. */
const STEP_MS = 21 * DAY_MS;
/** Times that a form offers in place of one that was taken. */
export const OTHERS_MAX = 40;

/** A moment in an address: `2026-11-24T08:00Z`. */
export const slotText = (moment: number): string =>
  new Date(moment).toISOString().replace(/:00\.000Z$/, 'Z');

export function slotIn(text: string | undefined): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}Z$/.test(text ?? '')) return undefined;
  const moment = Date.parse(text ?? '');
  return Number.isFinite(moment) ? moment : undefined;
}

/** On whose clock a guest reads times: theirs where they said so, the agent's otherwise. */
export async function guestZone(
  context: Context,
  page: BookingPage,
  word: string | undefined,
): Promise<Zone> {
  const known = ZONES.find(({ value }) => value === word);
  return (known && ianaZone(known.value)) || (await zoneOfPage(context, page));
}

/** What a list of times is shown with. */
interface Shown {
  readonly request: PluginRequest;
  readonly context: Context;
  readonly page: BookingPage;
  readonly zone: Zone;
  /** Where a time leads, and what its address says beside it. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly without?: { readonly id: string; readonly object: string } | undefined;
}

/** The first days that have free times, from the one that the address says. */
export async function timesModel({ request, context, page, zone, path, query, without }: Shown) {
  const table: Tables = (name) => context.db.table(name);
  const words = createWords(request.locale);
  const t = context.text(request.locale);
  const now = context.clock.now();
  const span = spanOf(page.said, now);
  const asked = parseDay(request.query['from']);
  const first = Math.max(span.from, asked === undefined ? 0 : toUtc(zone, asked * DAY_MS));
  const byDay = new Map<number, number[]>();
  // One more day than is shown says whether there is more.
  for (let from = first; from < span.to && byDay.size <= DAYS_SHOWN; from += STEP_MS) {
    const to = Math.min(from + STEP_MS, span.to);
    for (const start of await freeOf(table, context, page, { from, to, without })) {
      const day = dayOfWall(toWall(zone, start));
      byDay.set(day, [...(byDay.get(day) ?? []), start]);
    }
  }
  const days = [...byDay.entries()].slice(0, DAYS_SHOWN);
  const next = [...byDay.keys()][DAYS_SHOWN];
  const zoneName = ZONES.find(({ value }) => value === zone.id);
  return {
    days: days.map(([day, starts]) => ({
      title: capital(words.day(day, 'dayYear')),
      times: starts.map((start) => {
        const time = words.time(toWall(zone, start));
        return {
          time,
          label: `${words.day(day, 'day')}, ${time}`,
          href: hrefOf(context, path, { ...query, slot: slotText(start) }),
        };
      }),
    })),
    nextHref: next === undefined ? '' : hrefOf(context, path, { ...query, from: isoOf(next) }),
    firstHref: first > span.from ? hrefOf(context, path, query) : '',
    zoneName: zoneName ? t(zoneName.labelKey) : zone.id.replaceAll('_', ' '),
    zones: ZONES.map(({ value, labelKey }) => ({
      value,
      label: t(labelKey),
      isChosen: value === zone.id,
    })),
    action: hrefOf(context, path),
    kept: Object.entries(query)
      .filter(([name]) => name !== 'zone')
      .map(([name, value]) => ({ name, value })),
  };
}

/** « mardi 24 novembre 2026, 9 h – 9 h 30 ». */
export const whenText = (
  locale: 'fr' | 'en',
  zone: Zone,
  { start, end }: { readonly start: number; readonly end: number },
): string =>
  capital(
    createWords(locale).when({
      isAllDay: false,
      start: toWall(zone, start),
      end: toWall(zone, end),
    }),
  );
