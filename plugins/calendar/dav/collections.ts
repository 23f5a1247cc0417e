import {
  type DavElement,
  type DavName,
  type DavResponse,
  davAnswer,
  davChanges,
  davChild,
  davElement,
  davIs,
} from 'estafette/plugin';
import { failing, listed, MISSING, notAllowed } from './answers';
import { nearestColour } from './colours';
import { KEPT } from './kept';
import { C, D, empty } from './names';
import { type Call, calendarHref, calendarOf, HOME, objectHref } from './places';

type Change = readonly ['set' | 'remove', DavElement];

/** What properties that a program sets would make of a calendar. */
interface Wanted {
  readonly title?: string;
  /** For the store; `undefined` takes one back. */
  readonly kept: ReadonlyMap<string, string | undefined>;
  /** Properties that cannot be as they are wanted. */
  readonly refused: readonly DavName[];
}

function wantedOf(changes: readonly Change[], isNew: boolean): Wanted {
  const kept = new Map<string, string | undefined>();
  const refused: DavName[] = [];
  let title: string | undefined;
  for (const [verb, prop] of changes) {
    if (isNew && davIs(prop, D('resourcetype'))) continue;
    if (verb === 'set' && davIs(prop, D('displayname'))) {
      title = prop.text;
      continue;
    }
    const [name, known] = Object.entries(KEPT).find(([, one]) => davIs(prop, one.name)) ?? [];
    const value = verb === 'set' ? known?.read(prop) : undefined;
    const isLate = known?.isFixed === true && !isNew;
    if (name === undefined || isLate || (verb === 'set' && value === undefined)) refused.push(prop);
    else kept.set(name, value);
  }
  return { ...(title !== undefined && { title }), kept, refused };
}

const propstat = (status: string, names: readonly DavName[]): string =>
  names.length === 0
    ? ''
    : davElement(
        D('propstat'),
        davElement(D('prop'), names.map(empty).join('')) + davElement(D('status'), status),
      );

const colourOf = (kept: Wanted['kept']) => {
  const own = kept.get('colour');
  return own === undefined ? undefined : nearestColour(own);
};

/** MKCALENDAR (RFC 4791 5.3.1), and MKCOL, plain or extended (RFC 5689). */
export async function makeCalendar(call: Call): Promise<DavResponse> {
  const { request, store, person } = call;
  const [id, uri] = request.path;
  if (id === undefined) return notAllowed(request.path);
  if (uri !== undefined) {
    const isIn = (await calendarOf(call, id)) !== undefined;
    return isIn ? failing(403, C('calendar-collection-location-ok')) : { status: 409 };
  }
  const isMkcol = request.method === 'MKCOL';
  const { xml } = request;
  if (xml && !davIs(xml, isMkcol ? D('mkcol') : C('mkcalendar'))) return { status: 415 };
  const changes = davChanges(xml);
  const kind = changes.find(([, prop]) => davIs(prop, D('resourcetype')))?.[1];
  if (kind && davChild(kind, C('calendar')) === undefined) {
    return failing(403, D('valid-resourcetype'));
  }
  const { title = '', kept, refused } = wantedOf(changes, true);
  if (refused.length > 0) {
    if (refused.some((name) => same(name, C('supported-calendar-component-set')))) {
      return failing(403, C('supported-calendar-component'));
    }
    // All or nothing.
    const others = changes.map(([, prop]) => prop).filter((prop) => !refused.includes(prop));
    const body =
      propstat('HTTP/1.1 403 Forbidden', refused) +
      propstat('HTTP/1.1 424 Failed Dependency', others);
    const root = isMkcol ? 'D:mkcol-response' : 'CAL:mkcalendar-response';
    return { status: 403, body: davAnswer(root, body) };
  }
  const named = title.trim() === '' ? id : title;
  const made = await store.createCalendar(person, { id, title: named, colour: colourOf(kept) });
  if (made.kind === 'created') {
    await store.keepProperties(person, id, kept);
    return { status: 201, headers: { location: calendarHref(id) } };
  }
  switch (made.reason) {
    case 'taken':
      return isMkcol
        ? { ...failing(405, D('resource-must-be-null')), ...notAllowed(request.path) }
        : failing(403, D('resource-must-be-null'));
    case 'full':
      return failing(507, D('quota-not-exceeded'));
    default:
      return { status: 403 };
  }
}

const same = (a: DavName, b: DavName): boolean => a.ns === b.ns && a.name === b.name;

/** PROPPATCH: title, colour and what programs keep of a calendar, all or nothing (RFC 4918 9.2). */
export async function proppatch(call: Call): Promise<DavResponse> {
  const { request, store, person } = call;
  const [id, uri] = request.path;
  const changes = davChanges(request.xml);
  if (!request.xml || changes.length === 0) return { status: 400 };
  const there = await isThere(call, id, uri);
  if (!there) return MISSING;
  const isCalendar = id !== undefined && uri === undefined;
  const names = changes.map(([, prop]) => prop);
  const wanted = wantedOf(changes, false);
  const refused = isCalendar ? wanted.refused : names;
  const answer = (rows: readonly { status: number; names: readonly DavName[] }[]): DavResponse =>
    listed([{ href: there, other: rows }]);
  if (refused.length > 0) {
    return answer([
      { status: 403, names: refused },
      { status: 424, names: names.filter((name) => !refused.includes(name)) },
    ]);
  }
  const change = { title: wanted.title, colour: colourOf(wanted.kept) };
  const outcome = await store.changeCalendar(person, id ?? '', change);
  if (outcome === 'missing') return MISSING;
  if (outcome === 'changed') await store.keepProperties(person, id ?? '', wanted.kept);
  return answer([{ status: { changed: 200, rights: 403, title: 409 }[outcome], names }]);
}

/** Path of what is at an address; `undefined` where nothing is. */
async function isThere(
  call: Call,
  id: string | undefined,
  uri: string | undefined,
): Promise<string | undefined> {
  const { store, person } = call;
  if (id === undefined) return HOME;
  if (uri === undefined) return (await calendarOf(call, id)) && calendarHref(id);
  return (await store.object(person, id, uri)) && objectHref(id, uri);
}
