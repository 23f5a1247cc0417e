import type { DavRequest, PluginContext } from 'estafette/plugin';
import type { CalendarConfig } from '../config';
import type { Calendar, CalendarStore, Person } from '../store';
import { ianaZone, UTC, type Zone } from '../time/zone';

/** One request of a program, with what it is asked of. */
export interface Call {
  readonly request: DavRequest;
  readonly context: PluginContext<CalendarConfig>;
  readonly store: CalendarStore;
  readonly person: Person;
}

export const HOME = '/dav/calendar/';
export const calendarHref = (calendar: string): string => `${HOME}${encodeURIComponent(calendar)}/`;
export const objectHref = (calendar: string, uri: string): string =>
  `${calendarHref(calendar)}${encodeURIComponent(uri)}`;

export async function calendarOf(
  { store, person }: Call,
  id: string,
): Promise<Calendar | undefined> {
  return (await store.calendars(person)).find((calendar) => calendar.id === id);
}

/** Where whole days and times without zone are, unless a program says. */
export const siteZone = ({ context, person }: Call): Zone =>
  ianaZone(context.site(person.site).timeZone) ?? UTC;

/** The object of a calendar that a program names by its address, whole or without the host. */
export function uriIn(calendar: string, href: string): string | undefined {
  const path = href.trim().replace(/^https?:\/\/[^/]*/i, '');
  const [, , plugin, inside, uri, ...rest] = path.split('/');
  if (plugin !== 'calendar' || !path.startsWith('/dav/') || uri === undefined || rest.length > 0) {
    return undefined;
  }
  try {
    return decodeURIComponent(inside ?? '') === calendar && uri !== ''
      ? decodeURIComponent(uri)
      : undefined;
  } catch {
    return undefined;
  }
}

const tokenStart = ({ id, life }: Calendar): string =>
  `urn:estafette:calendar:${encodeURIComponent(id)}:${life}-`;

/** What a client was told last (RFC 6578 3.2): an address, as the RFC wants it. */
export const syncToken = (calendar: Calendar): string =>
  `${tokenStart(calendar)}${calendar.syncToken}`;

/** The number in a token of this calendar; 0 for a first time, `undefined` for another's. */
export function tokenNumber(calendar: Calendar, text: string): number | undefined {
  const token = text.trim();
  if (token === '') return 0;
  const start = tokenStart(calendar);
  const rest = token.startsWith(start) ? token.slice(start.length) : '';
  // Zero asks for everything, which a token never does.
  return /^[1-9]\d{0,14}$/.test(rest) ? Number(rest) : undefined;
}
