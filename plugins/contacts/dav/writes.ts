import {
  type DavElement,
  type DavName,
  type DavResponse,
  davAnswer,
  davChanges,
  davChild,
  davElement,
  davHref,
  davIs,
  davMultistatus,
  davTags,
} from 'estafette/plugin';
import type { Refusal, When } from '../store';
import { isAddressData } from './address-data';
import { failing, MISSING, notAllowed, STALE } from './answers';
import { C, D, empty } from './names';
import { bookHref, bookOf, type Call, cardHref } from './places';

/** Types that address books have been sent with. */
const TYPES: ReadonlySet<string> = new Set(['text/vcard', 'text/x-vcard', 'text/directory', '']);

const REFUSALS: Readonly<Record<Refusal, DavResponse>> = {
  missing: { status: 409 },
  rights: failing(403, D('need-privileges')),
  'not-a-card': failing(403, C('valid-address-data')),
  'too-large': failing(403, C('max-resource-size')),
  full: failing(507, D('quota-not-exceeded')),
  quota: failing(507, D('quota-not-exceeded')),
  denied: { status: 403 },
  uri: { status: 403 },
};

/** A card as it is at an address. */
export async function get({ request, store, person }: Call): Promise<DavResponse> {
  const [id, uri] = request.path;
  if (uri === undefined) return notAllowed(request.path);
  const card = id === undefined ? undefined : await store.card(person, id, uri);
  if (!card) return MISSING;
  const { etag, text, updatedAt } = card;
  return {
    status: 200,
    type: 'text/vcard; charset=utf-8',
    headers: { etag, 'last-modified': new Date(updatedAt).toUTCString() },
    body: text,
  };
}

/** The condition of a write, for the store; `false` when it fails already. */
async function conditionOf(call: Call, book: string, uri: string): Promise<When | false> {
  const { request, store, person } = call;
  const ifMatch = request.headers['if-match'];
  const ifNone = request.headers['if-none-match'];
  if (ifMatch === undefined && ifNone === undefined) return {};
  const there = (await store.card(person, book, uri))?.etag;
  if (ifNone !== undefined) {
    const tags = davTags(ifNone);
    if (tags.includes('*')) return there === undefined ? { ifNoneMatch: true } : false;
    if (there !== undefined && tags.includes(there)) return false;
  }
  if (ifMatch === undefined) return {};
  const tags = davTags(ifMatch);
  if (there === undefined || !(tags.includes('*') || tags.includes(there))) return false;
  // The store compares again, in the transaction that writes.
  return { ifMatch: tags.includes('*') ? '*' : there };
}

/** PUT of a card (RFC 6352 6.3.2). */
export async function put(call: Call): Promise<DavResponse> {
  const { request, store, person } = call;
  const [id, uri] = request.path;
  if (id === undefined || uri === undefined || request.isCollection) {
    return notAllowed(request.path);
  }
  const type = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (!TYPES.has(type)) return failing(415, C('supported-address-data'));
  if (!(await bookOf(call, id))) return REFUSALS.missing;
  const when = await conditionOf(call, id, uri);
  if (when === false) return STALE;
  const { maxCardKilobytes } = call.context.config(person.site);
  const isTooLarge = Buffer.byteLength(request.body) > maxCardKilobytes * 1_000;
  if (!isTooLarge && !isAddressData(request.body)) return REFUSALS['not-a-card'];
  const outcome = await store.put(person, id, uri, request.body, when);
  switch (outcome.kind) {
    case 'created':
      return { status: 201, headers: { etag: outcome.etag, location: cardHref(id, uri) } };
    case 'updated':
      return { status: 204, headers: { etag: outcome.etag } };
    case 'conflict':
      return STALE;
    case 'uid-conflict':
      return failing(403, C('no-uid-conflict'), davHref(cardHref(id, outcome.uri)));
    case 'refused':
      return REFUSALS[outcome.reason];
  }
}

/** DELETE of a card, which goes to the trash, or of a book. */
export async function remove(call: Call): Promise<DavResponse> {
  const { request, store, person } = call;
  const [id, uri] = request.path;
  if (id === undefined) return { status: 403 };
  if (uri === undefined) {
    const outcome = await store.removeBook(person, id);
    if (outcome.kind === 'denied') return REFUSALS.denied;
    return outcome.kind === 'missing' ? MISSING : { status: 204 };
  }
  if (!(await store.card(person, id, uri))) return MISSING;
  const when = await conditionOf(call, id, uri);
  if (when === false) return STALE;
  switch (await store.remove(person, id, uri, { ifMatch: when.ifMatch })) {
    case 'removed':
      return { status: 204 };
    case 'missing':
      return MISSING;
    case 'conflict':
      return STALE;
    case 'rights':
      return REFUSALS.rights;
  }
}

const propstat = (status: string, names: readonly DavName[]): string =>
  names.length === 0
    ? ''
    : davElement(
        D('propstat'),
        davElement(D('prop'), names.map(empty).join('')) + davElement(D('status'), status),
      );

/** MKCOL of a book, plain or extended (RFC 5689). */
export async function mkcol(call: Call): Promise<DavResponse> {
  const { request, store, person } = call;
  const [id, uri] = request.path;
  if (id === undefined) return notAllowed(request.path);
  if (uri !== undefined && !(await bookOf(call, id))) return REFUSALS.missing;
  if (uri !== undefined) return failing(403, C('addressbook-collection-location-ok'));
  const { xml } = request;
  if (xml && !davIs(xml, D('mkcol'))) return { status: 415 };
  const props = davChanges(xml).map(([, prop]) => prop);
  const kind = props.find((prop) => davIs(prop, D('resourcetype')));
  const isBook = !kind || davChild(kind, C('addressbook')) !== undefined;
  if (!isBook) return failing(403, D('valid-resourcetype'));
  const settable = [D('resourcetype'), D('displayname')];
  const isKnown = (prop: DavElement) => settable.some((name) => davIs(prop, name));
  if (!props.every(isKnown)) {
    // All or nothing.
    const body =
      propstat(
        'HTTP/1.1 403 Forbidden',
        props.filter((prop) => !isKnown(prop)),
      ) + propstat('HTTP/1.1 424 Failed Dependency', props.filter(isKnown));
    return { status: 403, body: davAnswer('D:mkcol-response', body) };
  }
  const title = props.find((prop) => davIs(prop, D('displayname')))?.text.trim() ?? '';
  const made = await store.createBook(person, { id, title: title === '' ? id : title });
  if (made.kind === 'created') return { status: 201, headers: { location: bookHref(id) } };
  switch (made.reason) {
    case 'taken':
      return {
        ...failing(405, D('resource-must-be-null')),
        ...notAllowed(request.path),
      };
    case 'full':
      return REFUSALS.full;
    default:
      return { status: 403 };
  }
}

/** PROPPATCH: the title of a book can be changed, and nothing else (RFC 4918 9.2). */
export async function proppatch(call: Call): Promise<DavResponse> {
  const { request, store, person } = call;
  const [id, uri] = request.path;
  const changes = davChanges(request.xml);
  if (!request.xml || changes.length === 0) return { status: 400 };
  const there = await isThere(call, id, uri);
  if (!there) return MISSING;
  const isTitle = ([verb, prop]: (typeof changes)[number]): boolean =>
    id !== undefined && uri === undefined && verb === 'set' && davIs(prop, D('displayname'));
  const names = (of: typeof changes) => of.map(([, prop]) => prop);
  const refused = changes.filter((change) => !isTitle(change));
  const titles = changes.filter(isTitle);
  const answer = (rows: readonly { status: number; names: readonly DavName[] }[]): DavResponse => ({
    status: 207,
    body: davMultistatus([{ href: there, other: rows }]),
  });
  if (refused.length > 0) {
    return answer([
      { status: 403, names: names(refused) },
      { status: 424, names: names(titles) },
    ]);
  }
  const title = titles.at(-1)?.[1].text ?? '';
  const outcome = await store.renameBook(person, id ?? '', title);
  if (outcome === 'missing') return MISSING;
  const status = outcome === 'renamed' ? 200 : outcome === 'rights' ? 403 : 409;
  return answer([{ status, names: names(titles) }]);
}

/** Path of what is at an address; `undefined` where nothing is. */
async function isThere(
  call: Call,
  id: string | undefined,
  uri: string | undefined,
): Promise<string | undefined> {
  const { store, person } = call;
  if (id === undefined) return '/dav/contacts/';
  if (uri === undefined) return (await bookOf(call, id)) && bookHref(id);
  return (await store.card(person, id, uri)) && cardHref(id, uri);
}
