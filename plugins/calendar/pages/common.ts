import type { PluginContext, PluginRequest, PluginResponse } from 'estafette/plugin';
import type { CalendarConfig } from '../config';
import { sendWaiting } from '../outgoing/mail';
import { addressesOf } from '../people/own';
import { know } from '../planning/known';
import { choiceOf } from '../settings/choices';
import { type Preferences, preferencesOf } from '../settings/values';
import { type Calendar, type CalendarStore, canWrite, createStore, type Person } from '../store';
import { claimShares } from '../store/shared';
import { dayOfWall } from '../time/days';
import { toWall, type Zone } from '../time/zone';
import { createWords, type Words } from './words';

export type Context = PluginContext<CalendarConfig>;

/** What a page works with: who asks, their calendars, and the store. */
export interface Desk {
  readonly request: PluginRequest;
  readonly context: Context;
  readonly person: Person;
  readonly store: CalendarStore;
  readonly calendars: readonly Calendar[];
  /** Id of the calendar that new events go into. */
  readonly usual: string;
  /** What they chose. */
  readonly preferences: Preferences;
  /** Where the person is. */
  readonly zone: Zone;
  /** What their clock shows. */
  readonly now: number;
  readonly today: number;
  readonly words: Words;
  readonly t: ReturnType<Context['text']>;
}

/** The name of that choice. */
export const USUAL = 'calendar';

export type Page = (desk: Desk) => PluginResponse | Promise<PluginResponse>;

/** Runs a page for the person who is there. */
export const page =
  (run: Page) =>
  async (request: PluginRequest, context: Context): Promise<PluginResponse> => {
    const { user, site, locale, as } = request;
    if (!user) return { status: 404 };
    const { mails, aliases } = await addressesOf(context, as, user.mail);
    const person = { site, user: user.id, mail: user.mail, mails, as, groups: request.groups };
    const store = createStore(context);
    const preferences = await preferencesOf(context, request, user.id);
    const { zone } = preferences;
    const now = toWall(zone, context.clock.now());
    const calendars = await store.calendars(person);
    await know((name) => context.db.table(name), person, aliases);
    await claimShares((name) => context.db.table(name), person);
    // What a process left when it ended goes now.
    if (as) await sendWaiting(context, { ...person, as }, locale);
    const chosen = await choiceOf((name) => context.db.table(name), person, USUAL);
    return run({
      request,
      context,
      person,
      store,
      calendars,
      usual: usualOf(calendars, chosen),
      preferences,
      zone,
      now,
      today: dayOfWall(now),
      words: createWords(locale),
      t: context.text(locale),
    });
  };

/** The one that was chosen, while it is there and may be written; else the first of one's own that is shown. */
const usualOf = (calendars: readonly Calendar[], chosen: string | undefined): string =>
  (
    calendars.find((one) => isWritable(one) && one.id === chosen) ??
    calendars.find((one) => isWritable(one) && one.isShown) ??
    calendars.find(isWritable)
  )?.id ?? '';

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

export const isWritable = canWrite;

/** A word of an address or of a form, where it is one of a list. */
export const oneOf = <T extends string>(
  all: readonly T[],
  word: string | undefined,
): T | undefined => all.find((one) => one === word);
