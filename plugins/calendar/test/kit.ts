import type { SiteId } from 'estafette/plugin';
import {
  createPluginTest,
  type PluginTest,
  type PluginTestOptions,
} from 'estafette/plugin/testing';
import type { CalendarConfig } from '../config';
import { created, type EventFields } from '../ics';
import plugin from '../plugin';
import { type CalendarStore, createStore, type Occurrence, type Person } from '../store';

type Options = Partial<Omit<PluginTestOptions<CalendarConfig>, 'plugin'>>;

/** `2026-01-05 09:00` on the wall, as milliseconds. */
export const at = (text: string): number => Date.parse(`${text.replace(' ', 'T')}:00Z`);

const FIELDS: EventFields = {
  summary: 'Point d’équipe',
  location: 'Salle Équinoxe',
  description: '',
  url: '',
  isAllDay: false,
  start: at('2026-01-05 09:00'),
  end: at('2026-01-05 10:00'),
  zone: 'Europe/Paris',
  rule: '',
  showAs: 'busy',
  visibility: 'public',
  categories: [],
  alarms: [],
};

/** An object as a form writes it. */
export const anObject = (uid: string, fields: Partial<EventFields> = {}): string =>
  created({ ...FIELDS, summary: uid, ...fields }, { uid, now: Date.UTC(2026, 0, 1) });

export const aPerson = (user: number, fields: Partial<Person> = {}): Person => ({
  site: 'test' as SiteId,
  user,
  mail: `agent${user}@test.example`,
  ...fields,
});

/** The plugin, started, and its store. */
export async function startCalendar(
  options: Options = {},
): Promise<{ readonly test: PluginTest; readonly store: CalendarStore; readonly me: Person }> {
  const test = await createPluginTest({ plugin, ...options });
  return { test, store: storeOf(test), me: aPerson(test.user.id, { mail: test.user.mail }) };
}

/** The store of a plugin under test. */
export const storeOf = (test: PluginTest): CalendarStore =>
  createStore({
    db: test.db,
    clock: test.clock,
    config: () => test.config() as CalendarConfig, // parsed by the plugin's own schema
    site: (id) => ({
      id,
      title: 'Test',
      mailDomains: ['test.example'],
      locale: 'fr',
      timeZone: 'Europe/Paris',
    }),
    text: (locale) => (key, values) => test.text(key, locale, values as Record<string, string>),
  });

/** What takes place between two times of Paris, as `title start`. */
export async function takingPlace(
  store: CalendarStore,
  person: Person,
  [from, to]: readonly [string, string],
  more: { readonly text?: string; readonly calendars?: readonly string[] } = {},
): Promise<readonly string[]> {
  const zone = 'Europe/Paris';
  const window = { from: at(from), to: at(to), zone, ...more };
  const { occurrences } = await store.occurrences(person, window);
  return occurrences.map(
    ({ summary, start }: Occurrence) => `${summary} ${new Date(start).toISOString().slice(0, 16)}`,
  );
}
