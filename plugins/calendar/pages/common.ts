import type { PluginContext, PluginRequest, PluginResponse } from 'estafette/plugin';
import type { CalendarConfig } from '../config';
import { type Calendar, type CalendarStore, createStore, type Person } from '../store';
import { dayOfWall } from '../time/days';
import { ianaZone, toWall, UTC, type Zone } from '../time/zone';
import { createWords, type Words } from './words';

export type Context = PluginContext<CalendarConfig>;

/** What a page works with: who asks, their calendars, and the store. */
export interface Desk {
  readonly request: PluginRequest;
  readonly context: Context;
  readonly person: Person;
  readonly store: CalendarStore;
  readonly calendars: readonly Calendar[];
  /** Where the person is. */
  readonly zone: Zone;
  /** What their clock shows. */
  readonly now: number;
  readonly today: number;
  readonly words: Words;
  readonly t: ReturnType<Context['text']>;
}

export type Page = (desk: Desk) => PluginResponse | Promise<PluginResponse>;

/** Runs a page for the person who is there. */
export const page =
  (run: Page) =>
  async (request: PluginRequest, context: Context): Promise<PluginResponse> => {
    const { user, site, locale, as } = request;
    if (!user) return { status: 404 };
    const person = { site, user: user.id, mail: user.mail, as };
    const store = createStore(context);
    const zone = ianaZone(context.site(site).timeZone) ?? UTC;
    const now = toWall(zone, context.clock.now());
    return run({
      request,
      context,
      person,
      store,
      calendars: await store.calendars(person),
      zone,
      now,
      today: dayOfWall(now),
      words: createWords(locale),
      t: context.text(locale),
    });
  };

/** An address of these pages; what is empty is left out. */
export function hrefOf(
  context: Pick<Context, 'url'>,
  path: string,
  query: Readonly<Record<string, string | number | undefined>> = {},
): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    if (value !== undefined && value !== '') search.set(name, String(value));
  const words = search.toString();
  // `/calendar/` and `/calendar` are one page.
  const at = path === '' ? context.url('').replace(/\/$/, '') : context.url(path);
  return words === '' ? at : `${at}?${words}`;
}

export const isWritable = ({ rights }: Calendar): boolean => rights !== 'read';

/** A word of an address or of a form, where it is one of a list. */
export const oneOf = <T extends string>(
  all: readonly T[],
  word: string | undefined,
): T | undefined => all.find((one) => one === word);
