import type { PluginContext, SiteId } from 'estafette/plugin';
import type { CalendarConfig } from '../config';
import { parseClock } from '../pages/dates';
import { HOUR_MS, MINUTE_MS } from '../time/days';
import { ianaZone, UTC, type Zone } from '../time/zone';
import { WEEKDAYS, type WorkingHours } from './working-hours';

/** Ways to look at calendars; a work week is that of the agent's working days. */
export const VIEWS = ['day', 'work', 'week', 'month', 'list', 'planning'] as const;
export type View = (typeof VIEWS)[number];

const REMINDER_WAYS = ['page', 'both', 'mail', 'none'] as const;
export type ReminderWay = (typeof REMINDER_WAYS)[number];

/** What an agent chose, parsed. */
export interface Preferences {
  readonly view: View;
  /** Hours of the day that views begin and end with, 0 to 24. */
  readonly firstHour: number;
  readonly lastHour: number;
  readonly zone: Zone;
  /** Shown beside the hours. */
  readonly secondZone: Zone | undefined;
  readonly hasWeekNumbers: boolean;
  readonly working: WorkingHours;
  /** Of a new event (ms). */
  readonly lengthMs: number;
  /** Minutes before a new event; undefined for no reminder. */
  readonly reminder: number | undefined;
  readonly reminderBy: ReminderWay;
  readonly remindsOfShared: boolean;
}

/** What counts until somebody chose. */
export const DEFAULTS = { view: 'work', reminderBy: 'page' } as const;

type Values = Readonly<Record<string, string | boolean>>;

const hourOf = (text: unknown, usual: number): number =>
  Math.floor((parseClock(String(text)) ?? usual * HOUR_MS) / HOUR_MS);

const oneIn = <T extends string>(all: readonly T[], word: unknown, usual: T): T =>
  all.find((one) => one === word) ?? usual;

/** Settings of somebody, parsed; `timeZone` is the site's. */
export function preferencesIn(values: Values, timeZone: string): Preferences {
  const site = ianaZone(timeZone) ?? UTC;
  const zone = ianaZone(String(values['zone'] ?? '')) ?? site;
  const second = ianaZone(String(values['zone2'] ?? ''));
  const reminder = Number(values['reminder'] ?? Number.NaN);
  return {
    view: oneIn(VIEWS, values['view'], DEFAULTS.view),
    firstHour: hourOf(values['firstHour'], 8),
    lastHour: hourOf(values['lastHour'], 19),
    zone,
    secondZone: second && second.id !== zone.id ? second : undefined,
    hasWeekNumbers: values['weekNumbers'] !== false,
    working: {
      zone,
      days: WEEKDAYS.flatMap((name, day) => (values[name] === true ? [day] : [])),
      from: parseClock(String(values['workFrom'])) ?? 9 * HOUR_MS,
      to: parseClock(String(values['workTo'])) ?? 18 * HOUR_MS,
    },
    lengthMs: (Number(values['length']) || 60) * MINUTE_MS,
    reminder: Number.isFinite(reminder) ? reminder : undefined,
    reminderBy: oneIn(REMINDER_WAYS, values['reminderBy'], DEFAULTS.reminderBy),
    remindsOfShared: values['reminderShared'] === true,
  };
}

type Context = Pick<PluginContext<CalendarConfig>, 'settings' | 'site'>;
type Place = Parameters<Context['settings']>[0];

/** What somebody chose; the site's groups may have defaults of their own. */
export async function preferencesOf(
  context: Context,
  where: Place,
  user: number,
): Promise<Preferences> {
  const site = typeof where === 'string' ? where : where.site;
  return preferencesIn(await context.settings(where, user), context.site(site).timeZone);
}

/** Who of some people lets the agents of a site see when they are busy, in one read for all of them. */
export async function busyShownAmong(
  context: Pick<PluginContext<CalendarConfig>, 'settingsOf' | 'config'>,
  site: SiteId,
  users: readonly number[],
): Promise<ReadonlySet<number>> {
  if (context.config(site).freeBusy !== 'site' || users.length === 0) return new Set();
  const chosen = await context.settingsOf(site, users);
  return new Set(users.filter((user) => chosen.get(user)?.['showBusy'] !== false));
}

/** Whether agents of a site see when somebody is busy: the site says so, and the person did not close it. */
export async function isBusyShown(
  context: Pick<PluginContext<CalendarConfig>, 'settingsOf' | 'config'>,
  site: SiteId,
  user: number,
): Promise<boolean> {
  return (await busyShownAmong(context, site, [user])).has(user);
}
