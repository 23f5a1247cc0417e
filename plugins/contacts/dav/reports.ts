import {
  type DavAsked,
  type DavElement,
  type DavResponse,
  type DavRow,
  davAsked,
  davChild,
  davChildren,
  davCut,
  davElement,
  davFitting,
  davIs,
  davMultistatus,
  davRoom,
  davText,
  davWhole,
} from 'estafette/plugin';
import { CardError } from '../card';
import type { Book } from '../store';
import { failing, MISSING } from './answers';
import { type Filter, FilterRefused, filterOf } from './filter';
import { knownCards } from './known-cards';
import { C, D } from './names';
import { bookHref, bookOf, type Call, cardHref, syncToken, tokenNumber, uriIn } from './places';
import { cardRow, isUnknownData, wantsRow } from './props';

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
  if (isUnknownData(davAsked(xml))) return failing(415, C('supported-address-data-conversion'));
  if (davIs(xml, C('addressbook-multiget'))) return multiget(call, book, xml);
  if (davIs(xml, C('addressbook-query'))) return query(call, book, xml);
  if (davIs(xml, D('sync-collection'))) return synchronise(call, book, xml);
  return failing(403, D('supported-report'));
}

const listed = (rows: readonly DavRow[], more = ''): DavResponse => ({
  status: 207,
  body: davMultistatus(rows, more),
});

async function multiget(call: Call, book: Book, xml: DavElement): Promise<DavResponse> {
  const hrefs = davChildren(xml, D('href')).map(({ text }) => text.trim());
  if (hrefs.length > MAX_HREFS) return { status: 413 };
  const asked = davAsked(xml);
  const hrefOf = new Map<string, string>();
  for (const href of hrefs) {
    const uri = uriIn(book.id, href);
    if (uri !== undefined) hrefOf.set(uri, href);
  }
  const known = await rowsOf(call, book, asked, [...hrefOf.keys()]);
  const rows = new Map([...known.rows].map(([uri, row]) => [hrefOf.get(uri), row]));
  return listed(
    [...new Set(hrefs)].map(
      (href) => rows.get(href) ?? (known.isCut ? davCut(href) : { href, status: 404 }),
    ),
  );
}

/** Rows of cards that are named, as far as one answer holds them. */
async function rowsOf(call: Call, book: Book, asked: DavAsked, uris: readonly string[]) {
  const rows = new Map<string, DavRow>();
  const fits = davRoom();
  for await (const cards of knownCards(call, book, asked, { uris })) {
    for (const card of cards) {
      const row = cardRow(call, book, card, asked);
      if (!fits(row)) return { rows, isCut: true };
      rows.set(card.uri, row);
    }
  }
  return { rows, isCut: false };
}

/** The number of a `limit`; `undefined` without one. */
function limitOf(limit: DavElement | undefined, name: ReturnType<typeof C>): number | undefined {
  const text = davChild(limit, name)?.text.trim() ?? '';
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

async function query(call: Call, book: Book, xml: DavElement): Promise<DavResponse> {
  const asked = davAsked(xml);
  const most = limitOf(davChild(xml, C('limit')), C('nresults')) ?? Number.POSITIVE_INFINITY;
  try {
    const filter = filterOf(davChild(xml, C('filter')));
    return listed(await davFitting(bookHref(book.id), found(call, book, { asked, filter, most })));
  } catch (error) {
    if (error instanceof FilterRefused) return failing(403, C(error.condition));
    if (error instanceof CardError) return failing(403, C('supported-filter'));
    throw error;
  }
}

/** Rows of what a filter lets through, and one that says so when that is more than is wanted. */
async function* found(
  call: Call,
  book: Book,
  { asked, filter, most }: { asked: DavAsked; filter: Filter | undefined; most: number },
): AsyncGenerator<DavRow> {
  const { store, person } = call;
  let count = 0;
  const cards = filter
    ? store.cards(person, book.id, { clues: filter.clues })
    : knownCards(call, book, asked);
  for await (const some of cards) {
    for (const card of some) {
      if (filter && !filter.isWanted(card.text ?? '')) continue;
      if (count === most) {
        yield davCut(bookHref(book.id));
        return;
      }
      count += 1;
      yield cardRow(call, book, card, asked);
    }
  }
}

/** What changed since a program was here (RFC 6578 3). */
async function synchronise(call: Call, book: Book, xml: DavElement): Promise<DavResponse> {
  const { store, person } = call;
  const asked = davAsked(xml);
  const token = tokenNumber(book, davChild(xml, D('sync-token'))?.text ?? '');
  const changes =
    token === undefined ? undefined : await store.changesSince(person, book.id, token);
  if (!changes) return failing(403, D('valid-sync-token'));
  const most = limitOf(davChild(xml, D('limit')), D('nresults'));
  // A part of the changes has no number of its own to go on from.
  if (most !== undefined && changes.changed.length + changes.removed.length > most) {
    return failing(507, D('number-of-matches-within-limits'));
  }
  const uris = changes.changed.map(({ uri }) => uri);
  const known = wantsRow(asked) ? await rowsOf(call, book, asked, uris) : undefined;
  function* made(): Generator<DavRow> {
    if (known) yield* known.rows.values();
    else for (const card of changes?.changed ?? []) yield cardRow(call, book, card, asked);
    for (const uri of changes?.removed ?? []) yield { href: cardHref(book.id, uri), status: 404 };
  }
  // The token is that of all changes: a part of them must not come with it.
  const rows = known?.isCut ? undefined : await davWhole(made());
  if (!rows) return failing(507, D('number-of-matches-within-limits'));
  const next = davElement(
    D('sync-token'),
    davText(syncToken({ ...book, syncToken: changes.token })),
  );
  return listed(rows, next);
}
