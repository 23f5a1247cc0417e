import type { DavAsked } from 'estafette/plugin';
import type { Book, Walk } from '../store';
import type { Call } from './places';
import { type KnownCard, wantsText } from './props';

/** Cards of a book a few at a time; their texts are left where nothing that is asked needs them. */
export const knownCards = (
  { store, person }: Call,
  book: Book,
  asked: DavAsked,
  which?: Walk,
): AsyncIterable<readonly KnownCard[]> =>
  wantsText(asked) ? store.cards(person, book.id, which) : store.rows(person, book.id, which);
