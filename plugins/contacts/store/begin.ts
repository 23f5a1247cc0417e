import type { ContactsConfig } from '../config';
import { insertOwnBook, putShare } from './books';
import { digestOf } from './digest';
import { FIRST_BOOK, placeOf, placesOf } from './places';
import type { Tables } from './tables';
import type { Person } from './types';
import { putInto } from './write';

type Beginning = ContactsConfig['begin'][number];

/** What a site gives to somebody who comes without a book. */
export const beginningsOf = (
  { begin }: Pick<ContactsConfig, 'begin'>,
  { mail }: Person,
): readonly Beginning[] =>
  begin.filter(({ for: who }) => who === undefined || who.toLowerCase() === mail.toLowerCase());

export const hasBooks = async (table: Tables, person: Person): Promise<boolean> =>
  (await placesOf(table, person)).some(({ isOwn }) => isOwn);

/** Makes the books that a site gives, once: in the transaction nobody else has made them. */
export async function beginBooks(
  table: Tables,
  person: Person,
  input: {
    readonly beginnings: readonly Beginning[];
    /** Title of the book that everybody has. */
    readonly title: string;
    readonly at: string;
    readonly maxBooks: number;
    readonly maxCards: number;
    readonly maxBytes: number;
  },
): Promise<void> {
  if (await hasBooks(table, person)) return;
  const { at } = input;
  const made = { at, max: input.maxBooks };
  await insertOwnBook(table, person, { id: FIRST_BOOK, title: input.title, ...made });
  for (const { title, cards, shares } of input.beginnings) {
    const book =
      title === undefined
        ? { kind: 'created' as const, id: FIRST_BOOK }
        : await insertOwnBook(table, person, { title, ...made });
    if (book.kind !== 'created') continue;
    const place = await placeOf(table, person, book.id);
    if (!place) continue;
    for (const text of cards) {
      const uri = `${digestOf(text)?.uid ?? ''}.vcf`;
      // What is no card, or is one of the others again, is left out.
      await putInto(table, place, { ...input, uri, text, when: { ifNoneMatch: true } });
    }
    for (const { mail, rights } of shares)
      await putShare(table, person, { book: book.id, mail, rights, at });
  }
}
