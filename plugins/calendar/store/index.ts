/**
 * Calendars of people: the only code that reads and writes the tables `calendar_*`. Every question is
 * asked for a person, and answers what they reach. Called by the pages, import and export, and CalDAV.
 */
import type { PluginContext } from 'estafette/plugin';
import type { CalendarConfig } from '../config';
import { removeMeetings } from '../outgoing/meetings';
import { putTold, removeTold, restoreTold } from '../outgoing/write';
import {
  countObjects,
  deleteCalendar,
  insertCalendar,
  listCalendars,
  updateCalendar,
} from './calendars';
import { listChanges } from './changes';
import { foundKept } from './found-kept';
import { findOccurrences } from './occurrences';
import { placeOf } from './places';
import { keepProperties, listProperties } from './properties';
import type { Tables } from './tables';
import { emptyTrash, listTrash, RestoreRefused } from './trash';
import type { CalendarStore, Person } from './types';
import { findObject, findObjectById, findObjectsOfUid, walkObjects, walkRows } from './walk';
import { type Limits, writeObjects } from './write';

export { fold } from './digest';

import { MoveRefused, moveObject } from './move';
import { SplitRefused, splitSeries } from './split';

export { FIRST_CALENDAR } from './places';
export { canDelete, canWrite } from './rights';
export * from './types';

type Context = Pick<PluginContext<CalendarConfig>, 'clock' | 'config' | 'db' | 'site' | 'text'>;

const nowOf = ({ clock }: Context): string => new Date(clock.now()).toISOString();

const limitsOf = (context: Context, { site }: Pick<Person, 'site'>): Limits => {
  const { maxObjects, maxObjectKilobytes, maxMegabytes } = context.config(site);
  return {
    at: nowOf(context),
    maxObjects,
    maxBytes: maxObjectKilobytes * 1_000,
    maxKept: maxMegabytes * 1_000_000,
  };
};

const toldOf = (context: Context, { site }: Pick<Person, 'site'>) => ({
  now: context.clock.now(),
  rooms: context.config(site).rooms,
  zone: context.site(site).timeZone,
});

/** What `putTold` and `removeTold` are given beside an object, by who writes more in one transaction. */
export const writingOf = (context: Context, person: Pick<Person, 'site'>) => ({
  ...limitsOf(context, person),
  ...toldOf(context, person),
});

/** The calendars as one plugin context reaches them. */
export function createStore(context: Context): CalendarStore {
  const { db } = context;
  const read: Tables = (name) => db.table(name);
  const at = (): string => nowOf(context);
  const limits = (person: Person): Limits => limitsOf(context, person);
  /** What stands for the title of an event that is not told. */
  const word = ({ site }: Person): string =>
    context.text(context.site(site).locale)('calendar:event.masked');
  const told = (person: Person) => toldOf(context, person);
  return {
    calendars(person) {
      const title = context.text(context.site(person.site).locale)('calendar:first');
      return listCalendars(read, person, { title, at: at() });
    },
    counts: (person) => countObjects(read, person),
    createCalendar: (person, calendar) =>
      db.transaction((table) =>
        insertCalendar(table, person, {
          ...calendar,
          at: at(),
          max: context.config(person.site).maxCalendars,
        }),
      ),
    changeCalendar: (person, id, change) => updateCalendar(read, person, id, change),
    properties: (person) => listProperties(read, person),
    keepProperties: (person, calendar, values) =>
      db.transaction((table) => keepProperties(table, person, calendar, values)),
    removeCalendar: (person, id) =>
      db.transaction(async (table) => {
        const place = await placeOf(table, person, id);
        // Rooms are freed, and those who are asked to what is to come are told.
        if (place?.isOwn && place.rights === 'manage')
          await removeMeetings(table, person, {
            ...limits(person),
            ...told(person),
            calendar: id,
            key: place.key,
          });
        return deleteCalendar(table, person, { id, at: at() });
      }),

    occurrences: (person, window) => findOccurrences(read, person, window, foundKept(db)),
    objects: (person, calendar, which = {}) =>
      walkObjects(read, person, { ...which, calendar }, word(person)),
    rows: (person, calendar, which = {}) => walkRows(read, person, { ...which, calendar }),
    object: (person, calendar, uri) => findObject(read, person, { calendar, uri }, word(person)),
    objectById: (person, id) => findObjectById(read, person, id, word(person)),
    objectsOfUid: (person, uid) => findObjectsOfUid(read, person, uid),
    put: (person, calendar, uri, text, when = {}) =>
      db.transaction((table) =>
        putTold(table, person, {
          ...limits(person),
          ...told(person),
          calendar,
          uri,
          text,
          when,
        }),
      ),
    async split(person, calendar, parts) {
      try {
        return await db.transaction((table) =>
          splitSeries(table, person, { ...limits(person), ...told(person), ...parts, calendar }),
        );
      } catch (error) {
        if (error instanceof SplitRefused) return error.put;
        throw error;
      }
    },
    putAll: (person, calendar, objects) =>
      db.transaction((table) =>
        writeObjects(table, person, {
          calendar,
          objects: objects.map((one) => ({ ...limits(person), ...one, when: {} })),
        }),
      ),
    remove: (person, calendar, uri, when = {}) =>
      db.transaction((table) =>
        removeTold(table, person, { ...limits(person), ...told(person), calendar, uri, when }),
      ),
    async move(person, moving) {
      try {
        return await db.transaction((table) =>
          moveObject(table, person, { ...limits(person), ...moving }),
        );
      } catch (error) {
        if (error instanceof MoveRefused) return error.moved;
        throw error;
      }
    },
    changesSince: (person, calendar, token) => listChanges(read, person, { calendar, token }),

    trash: (person) => listTrash(read, person),
    async restore(person, id, telling) {
      try {
        return await db.transaction((table) =>
          restoreTold(table, person, { ...limits(person), ...told(person), id, telling }),
        );
      } catch (error) {
        if (error instanceof RestoreRefused) return { kind: error.kind };
        throw error;
      }
    },
    purge: (person, id) => db.transaction((table) => emptyTrash(table, person, id)),
  };
}
