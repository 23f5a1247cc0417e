import {
  type DavAsked,
  type DavElement,
  type DavName,
  type DavResponse,
  type DavRow,
  davAsked,
  davChild,
  davChildren,
  davCut,
  davElement,
  davFitting,
  davIs,
  davRoom,
  davText,
  davWhole,
} from 'estafette/plugin';
import { componentsOf, parseCalendar, textOf } from '../ics/jcal';
import { IcsError } from '../ics/types';
import { zoneOf, zonesOf } from '../ics/zones';
import type { Calendar } from '../store';
import { ianaZone, type Zone } from '../time/zone';
import { failing, listed, MISSING, TOO_MUCH } from './answers';
import { isBadWindow, isUnknownData, TooLarge } from './data';
import { type Filter, FilterRefused, filterOf } from './filter';
import { freeBusy } from './free-busy';
import { knownObjects } from './known';
import { C, D } from './names';
import {
  type Call,
  calendarHref,
  calendarOf,
  objectHref,
  siteZone,
  syncToken,
  tokenNumber,
  uriIn,
} from './places';
import { objectRow, wantsRow } from './props';

const MAX_HREFS = 50_000;

/** REPORT on a calendar: those that RFC 4791 and RFC 6578 ask for. */
export async function report(call: Call): Promise<DavResponse> {
  const { request } = call;
  const { xml } = request;
  const [id, uri] = request.path;
  if (id === undefined) return failing(403, D('supported-report'));
  const calendar = await calendarOf(call, id);
  if (!calendar) return MISSING;
  if (!xml || uri !== undefined) return failing(403, D('supported-report'));
  const asked = davAsked(xml);
  if (isUnknownData(asked)) return failing(403, C('supported-calendar-data'));
  if (isBadWindow(asked)) return failing(403, C('valid-filter'));
  const answer = ANSWERS.find(([name]) => davIs(xml, name))?.[1];
  if (!answer) return failing(403, D('supported-report'));
  try {
    return await answer(call, calendar, xml);
  } catch (error) {
    if (error instanceof TooLarge) return TOO_MUCH;
    throw error;
  }
}

async function multiget(call: Call, calendar: Calendar, xml: DavElement): Promise<DavResponse> {
  const hrefs = davChildren(xml, D('href')).map(({ text }) => text.trim());
  if (hrefs.length > MAX_HREFS) return { status: 413 };
  const asked = davAsked(xml);
  const hrefOf = new Map<string, string>();
  for (const href of hrefs) {
    const uri = uriIn(calendar.id, href);
    if (uri !== undefined) hrefOf.set(uri, href);
  }
  const known = await rowsOf(call, calendar, asked, [...hrefOf.keys()]);
  const rows = new Map([...known.rows].map(([uri, row]) => [hrefOf.get(uri), row]));
  return listed(
    [...new Set(hrefs)].map(
      (href) => rows.get(href) ?? (known.isCut ? davCut(href) : { href, status: 404 }),
    ),
  );
}

/** Rows of objects that are named, as far as one answer holds them. */
async function rowsOf(call: Call, calendar: Calendar, asked: DavAsked, uris: readonly string[]) {
  const rows = new Map<string, DavRow>();
  const fits = davRoom();
  for await (const objects of knownObjects(call, calendar, asked, { uris })) {
    for (const object of objects) {
      const row = objectRow(call, calendar, object, asked);
      if (!fits(row)) return { rows, isCut: true };
      rows.set(object.uri, row);
    }
  }
  return { rows, isCut: false };
}

/** The number of a `limit`; `undefined` without one. */
function limitOf(limit: DavElement | undefined, name: DavName): number | undefined {
  const text = davChild(limit, name)?.text.trim() ?? '';
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

/** Where a program reads times without zone (RFC 4791 9.8, RFC 7809 5.2); undefined for no zone. */
function zoneIn(call: Call, xml: DavElement): Zone | undefined {
  const name = davChild(xml, C('timezone-id'))?.text.trim();
  if (name !== undefined) return ianaZone(name);
  const text = davChild(xml, C('timezone'))?.text.trim();
  if (text === undefined) return siteZone(call);
  try {
    const calendar = parseCalendar(text);
    const [zone] = componentsOf(calendar, 'vtimezone');
    return zone && zoneOf(zonesOf(calendar)(textOf(zone, 'tzid')), siteZone(call));
  } catch (error) {
    if (error instanceof IcsError) return undefined;
    throw error;
  }
}

async function query(call: Call, calendar: Calendar, xml: DavElement): Promise<DavResponse> {
  const asked = davAsked(xml);
  const most = limitOf(davChild(xml, C('limit')), C('nresults')) ?? Number.POSITIVE_INFINITY;
  const zone = zoneIn(call, xml);
  if (!zone) return failing(403, C('valid-calendar-data'));
  try {
    const filter = filterOf(davChild(xml, C('filter')), zone);
    const rows = found(call, calendar, { asked, filter, most });
    return listed(await davFitting(calendarHref(calendar.id), rows));
  } catch (error) {
    if (error instanceof FilterRefused) return failing(403, C(error.condition));
    throw error;
  }
}

/** A search that takes longer is cut: who asked would have given up. */
const MAX_MS = 20_000;

/** What is found, as far as a program wants to know. */
async function* found(
  call: Call,
  calendar: Calendar,
  { asked, filter, most }: { asked: DavAsked; filter: Filter; most: number },
): AsyncGenerator<DavRow> {
  const { store, person } = call;
  const { isWanted, which } = filter;
  const objects = isWanted
    ? store.objects(person, calendar.id, which)
    : knownObjects(call, calendar, asked, which);
  const until = performance.now() + MAX_MS;
  let count = 0;
  for await (const some of objects) {
    for (const object of some) {
      const isLate = performance.now() >= until;
      if (!isLate && isWanted && !isWanted(object.text ?? '')) continue;
      if (isLate || count === most) {
        yield davCut(calendarHref(calendar.id));
        return;
      }
      count += 1;
      yield objectRow(call, calendar, object, asked);
    }
  }
}

/** What changed since a program was here (RFC 6578 3). */
async function synchronise(call: Call, calendar: Calendar, xml: DavElement): Promise<DavResponse> {
  const { store, person } = call;
  const asked = davAsked(xml);
  const token = tokenNumber(calendar, davChild(xml, D('sync-token'))?.text ?? '');
  const changes =
    token === undefined ? undefined : await store.changesSince(person, calendar.id, token);
  if (!changes) return failing(403, D('valid-sync-token'));
  const most = limitOf(davChild(xml, D('limit')), D('nresults'));
  // A part of the changes has no number of its own to go on from.
  if (most !== undefined && changes.changed.length + changes.removed.length > most) {
    return TOO_MUCH;
  }
  const uris = changes.changed.map(({ uri }) => uri);
  const known = wantsRow(asked) ? await rowsOf(call, calendar, asked, uris) : undefined;
  function* made(): Generator<DavRow> {
    if (known) yield* known.rows.values();
    else for (const one of changes?.changed ?? []) yield objectRow(call, calendar, one, asked);
    for (const uri of changes?.removed ?? [])
      yield { href: objectHref(calendar.id, uri), status: 404 };
  }
  // The token is that of all changes: a part of them must not come with it.
  const rows = known?.isCut ? undefined : await davWhole(made());
  if (!rows) return TOO_MUCH;
  const next = syncToken({ ...calendar, syncToken: changes.token });
  return listed(rows, davElement(D('sync-token'), davText(next)));
}

const ANSWERS: readonly (readonly [
  DavName,
  (call: Call, calendar: Calendar, xml: DavElement) => Promise<DavResponse>,
])[] = [
  [C('calendar-multiget'), multiget],
  [C('calendar-query'), query],
  [D('sync-collection'), synchronise],
  [C('free-busy-query'), freeBusy],
];
