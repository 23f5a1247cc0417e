import type { DavRequest, PluginContext } from 'estafette/plugin';
import type { ContactsConfig } from '../config';
import type { Book, ContactStore, Person } from '../store';

/** One request of a program, with what it is asked of. */
export interface Call {
  readonly request: DavRequest;
  readonly context: PluginContext<ContactsConfig>;
  readonly store: ContactStore;
  readonly person: Person;
}

export const HOME = '/dav/contacts/';
export const bookHref = (book: string): string => `${HOME}${encodeURIComponent(book)}/`;
export const cardHref = (book: string, uri: string): string =>
  `${bookHref(book)}${encodeURIComponent(uri)}`;

export async function bookOf({ store, person }: Call, id: string): Promise<Book | undefined> {
  return (await store.books(person)).find((book) => book.id === id);
}

/** The card of a book that a program names by its address, whole or without the host. */
export function uriIn(book: string, href: string): string | undefined {
  const path = href.trim().replace(/^https?:\/\/[^/]*/i, '');
  const [, , plugin, inside, uri, ...rest] = path.split('/');
  if (plugin !== 'contacts' || !path.startsWith('/dav/') || uri === undefined || rest.length > 0) {
    return undefined;
  }
  try {
    return decodeURIComponent(inside ?? '') === book && uri !== ''
      ? decodeURIComponent(uri)
      : undefined;
  } catch {
    return undefined;
  }
}

const tokenStart = ({ id, life }: Book): string =>
  `urn:estafette:contacts:${encodeURIComponent(id)}:${life}-`;

/** What a client was told last (RFC 6578 3.2): an address, as the RFC wants it. */
export const syncToken = (book: Book): string => `${tokenStart(book)}${book.syncToken}`;

/** The number in a token of this book; 0 for a first time, `undefined` for another's. */
export function tokenNumber(book: Book, text: string): number | undefined {
  const token = text.trim();
  if (token === '') return 0;
  const start = tokenStart(book);
  const rest = token.startsWith(start) ? token.slice(start.length) : '';
  // Zero asks for everything, which a token never does.
  return /^[1-9]\d{0,14}$/.test(rest) ? Number(rest) : undefined;
}
