import {
  type DavAsked,
  type DavResponse,
  type DavRow,
  davAsked,
  davFitting,
  davMultistatus,
} from 'estafette/plugin';
import type { Book } from '../store';
import { failing, MISSING } from './answers';
import { knownCards } from './known-cards';
import { C, D } from './names';
import { bookHref, bookOf, type Call } from './places';
import { bookRow, cardRow, homeRow, isUnknownData } from './props';

const listed = (rows: readonly DavRow[]): DavResponse => ({
  status: 207,
  body: davMultistatus(rows),
});

/** PROPFIND on the home, a book or a card (RFC 4918 9.1). */
export async function propfind(call: Call): Promise<DavResponse> {
  const { request, store, person } = call;
  const [id, uri] = request.path;
  const asked = davAsked(request.xml);
  if (isUnknownData(asked)) return failing(415, C('supported-address-data-conversion'));
  if (uri === undefined && request.depth === 'infinity') {
    return failing(403, D('propfind-finite-depth'));
  }
  if (id === undefined) {
    const books = request.depth === 0 ? [] : await store.books(person);
    return listed([homeRow(call, asked), ...books.map((book) => bookRow(call, book, asked))]);
  }
  const book = await bookOf(call, id);
  if (!book) return MISSING;
  if (uri === undefined) {
    const rows = request.depth === 0 ? [] : await rowsOf(call, book, asked);
    return listed([bookRow(call, book, asked), ...rows]);
  }
  const card = await store.card(person, id, uri);
  return card ? listed([cardRow(call, book, card, asked)]) : MISSING;
}

/** Every card of a book, as far as an answer holds them. */
function rowsOf(call: Call, book: Book, asked: DavAsked): Promise<readonly DavRow[]> {
  async function* rows(): AsyncGenerator<DavRow> {
    for await (const some of knownCards(call, book, asked))
      for (const card of some) yield cardRow(call, book, card, asked);
  }
  return davFitting(bookHref(book.id), rows());
}
