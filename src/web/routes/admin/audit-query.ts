import type { AuditQuery } from '../../../audit';
import { type AdminCall, siteOf } from './access';

const EVENT_CHARS = 128;
const PERSON_CHARS = 256;
const REMOTE_CHARS = 64;
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const DAY_MS = 86_400_000;

/** What a reader asks for, as typed. */
export interface Wanted {
  readonly site: string;
  readonly event: string;
  readonly person: string;
  readonly remote: string;
  /** Days, `2026-01-31`; both included. */
  readonly from: string;
  readonly to: string;
}

export const wantedOf = (read: (name: string) => string): Wanted => ({
  site: read('site'),
  event: read('event').slice(0, EVENT_CHARS),
  person: read('person').slice(0, PERSON_CHARS),
  remote: read('remote').slice(0, REMOTE_CHARS),
  from: dayOf(read('from')),
  to: dayOf(read('to')),
});

/** Bounds that were typed and name no day: nothing is left out for them, and the page says so. */
export const notDays = (read: (name: string) => string): readonly string[] =>
  ['from', 'to'].filter((name) => read(name) !== '' && dayOf(read(name)) === '');

/** The reader's own site always; those of the platform see all unless they choose one. */
export function queryOf(call: AdminCall, wanted: Wanted): AuditQuery {
  const { site, event, person, remote, from, to } = wanted;
  const only = site === '' && call.isPlatform ? undefined : siteOf(call, site || call.ctx.site.id);
  const { timeZone } = call.ctx.site;
  const until = to === '' ? undefined : startOf(to, timeZone, 1);
  return {
    ...(only && { site: only.id }),
    // A word alone is an area: `session` is everything of sessions.
    ...(event !== '' && { event: event.includes(':') ? event : `${event}:` }),
    ...(person !== '' && { person: person.toLowerCase() }),
    ...(remote !== '' && { remote }),
    ...(from !== '' && { since: startOf(from, timeZone) }),
    ...(until !== undefined && { until }),
  };
}

/** What was asked, for the line that says so; at most 256 characters each. */
export const filterOf = ({ site: _site, ...filter }: Wanted): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== ''));

/** A day as browsers send it; empty for anything else. */
function dayOf(text: string): string {
  const [, year, month, day] = DATE.exec(text) ?? [];
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  return Number.isNaN(date.getTime()) || date.toISOString().slice(0, 10) !== text ? '' : text;
}

/** When a day begins on the reader's clocks, in UTC. */
function startOf(day: string, timeZone: string, laterDays = 0): string {
  const midnight = Date.parse(`${day}T00:00:00.000Z`) + laterDays * DAY_MS;
  // Twice: the offset that counts is that of the moment itself, the night clocks change too.
  const about = midnight - offsetMs(midnight, timeZone);
  return new Date(midnight - offsetMs(about, timeZone)).toISOString();
}

function offsetMs(at: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(at);
  const of = (type: string): number => Number(parts.find((part) => part.type === type)?.value ?? 0);
  const there = Date.UTC(
    of('year'),
    of('month') - 1,
    of('day'),
    of('hour'),
    of('minute'),
    of('second'),
  );
  return there - Math.floor(at / 1_000) * 1_000;
}
