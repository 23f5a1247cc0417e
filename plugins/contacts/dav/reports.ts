import {
  type DavElement,
  type DavResponse,
  type DavRow,
  davElement,
  davMultistatus,
  davText,
} from 'estafette/plugin';
import { CardError } from '../card';
import type { Book, StoredCard } from '../store';
import { failing, MISSING } from './answers';
import { createRoom, cutAt, fitting } from './bounded';
import { FilterRefused, filterOf } from './filter';
import { C, childOf, childrenOf, D, isNamed } from './names';
import { bookHref, bookOf, type Call, cardHref, syncToken, tokenNumber, uriIn } from './places';
import { askedOf, cardRow, isUnknownData, type KnownCard, wantsText } from './props';

/** From here on a book is read once, instead of a card at a time. */
const MANY = 20;
const MAX_HREFS = 50_000;

/** REPORT on a book: the three that RFC 6352 and RFC 6578 ask for. */
export async function report(call: Call): Promise<DavResponse> {
  const { request } = call;
  const { xml } = request;
  const [id, uri] = request.path;
  if (id === undefined) return failing(403, D('supported-report'));
  const book = await bookOf(call, id);
  if (!book) return MISSING;
  if (!xml || uri !== undefined) return failing(403, D('supported-report'));
  if (isUnknownData(askedOf(xml))) return failing(415, C('supported-address-data-conversion'));
  if (isNamed(xml, C('addressbook-multiget'))) return multiget(call, book, xml);
  if (isNamed(xml, C('addressbook-query'))) return query(call, book, xml);
  if (isNamed(xml, D('sync-collection'))) return synchronise(call, book, xml);
  return failing(403, D('supported-report'));
}

const listed = (rows: readonly DavRow[], more = ''): DavResponse => ({
  status: 207,
  body: davMultistatus(rows, more),
});

async function multiget(call: Call, book: Book, xml: DavElement): Promise<DavResponse> {
  const hrefs = childrenOf(xml, D('href')).map(({ text }) => text.trim());
  if (hrefs.length > MAX_HREFS) return { status: 413 };
  const asked = askedOf(xml);
  const find = await finder(call, book, hrefs.length);
  const rows: DavRow[] = [];
  const fits = createRoom();
  for (const href of hrefs) {
    const uri = uriIn(book.id, href);
    const card = uri === undefined ? undefined : await find(uri);
    const row: DavRow = card ? cardRow(call, book, card, asked) : { href, status: 404 };
    rows.push(fits(row) ? row : cutAt(href));
  }
  return listed(rows);
}

async function finder({ store, person }: Call, book: Book, count: number) {
  if (count < MANY) return (uri: string) => store.card(person, book.id, uri);
  const cards = new Map((await store.cards(person, book.id)).map((card) => [card.uri, card]));
  return async (uri: string): Promise<StoredCard | undefined> => cards.get(uri);
}

/** The number of a `limit`; `undefined` without one. */
function limitOf(limit: DavElement | undefined, name: ReturnType<typeof C>): number | undefined {
  const text = childOf(limit, name)?.text.trim() ?? '';
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

async function query(call: Call, book: Book, xml: DavElement): Promise<DavResponse> {
  const asked = askedOf(xml);
  const most = limitOf(childOf(xml, C('limit')), C('nresults')) ?? Number.POSITIVE_INFINITY;
  try {
    const isWanted = filterOf(childOf(xml, C('filter')));
    const cards = await call.store.cards(call.person, book.id);
    const found = cards.filter(({ text }) => isWanted(text));
    const rows = found.slice(0, most).map((card) => cardRow(call, book, card, asked));
    const href = bookHref(book.id);
    return listed(fitting(href, found.length > most ? [...rows, cutAt(href)] : rows));
  } catch (error) {
    if (error instanceof FilterRefused) return failing(403, C(error.condition));
    if (error instanceof CardError) return failing(403, C('supported-filter'));
    throw error;
  }
}

/** What changed since a program was here (RFC 6578 3). */
async function synchronise(call: Call, book: Book, xml: DavElement): Promise<DavResponse> {
  const { store, person } = call;
  const asked = askedOf(xml);
  const token = tokenNumber(book, childOf(xml, D('sync-token'))?.text ?? '');
  const changes =
    token === undefined ? undefined : await store.changesSince(person, book.id, token);
  if (!changes) return failing(403, D('valid-sync-token'));
  const most = limitOf(childOf(xml, D('limit')), D('nresults'));
  // A part of the changes has no number of its own to go on from.
  if (most !== undefined && changes.changed.length + changes.removed.length > most) {
    return failing(507, D('number-of-matches-within-limits'));
  }
  const cards = wantsText(asked) ? await textsOf(call, book, changes.changed) : changes.changed;
  const rows: DavRow[] = [
    ...cards.map((card) => cardRow(call, book, card, asked)),
    ...changes.removed.map((uri) => ({ href: cardHref(book.id, uri), status: 404 })),
  ];
  // The token is that of all changes: a part of them must not come with it.
  if (!rows.every(createRoom())) {
    return failing(507, D('number-of-matches-within-limits'));
  }
  const next = davElement(
    D('sync-token'),
    davText(syncToken({ ...book, syncToken: changes.token })),
  );
  return listed(rows, next);
}

async function textsOf(
  call: Call,
  book: Book,
  changed: readonly { readonly uri: string; readonly etag: string }[],
): Promise<readonly KnownCard[]> {
  const find = await finder(call, book, changed.length);
  const cards: KnownCard[] = [];
  for (const { uri, etag } of changed) cards.push((await find(uri)) ?? { uri, etag });
  return cards;
}
