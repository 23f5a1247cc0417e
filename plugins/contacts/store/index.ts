/**
 * Address books of people: the only code that reads and writes the tables `contacts_*`.
 * Every question is asked for a person, and answers what they reach: their own books and those that
 * are shared with them. Called by the pages, import and export, and CardDAV.
 */
import type { PluginContext } from 'estafette/plugin';
import type { ContactsConfig } from '../config';
import { announced, type Emits } from './announced';
import { beginBooks, beginningsOf, hasBooks } from './begin';
import {
  type CreatedBook,
  deleteBook,
  deleteShare,
  insertOwnBook,
  listBooks,
  listShares,
  putShare,
  type RemovedBook,
  retitle,
  type Shared,
} from './books';
import { type Brought, bringInRows, digested } from './bring-in';
import {
  findCard,
  findCardById,
  type Moved,
  MoveRefused,
  moveCardRow,
  removeCardRow,
  writeCardRow,
} from './cards';
import { listChanges } from './changes';
import { listCards, uidsThere } from './list';
import { removeCardRows } from './many';
import {
  findTwins,
  type Merged,
  MergeRefused,
  mergeRows,
  type Undone,
  UndoRefused,
  undoRows,
} from './merge';
import { FAVOURITES, type Tables } from './tables';
import { countTrash, emptyTrash, listTrash, type Restored, restoreCard } from './trash';
import type {
  Book,
  Changes,
  Listed,
  ListQuestion,
  MeasuredRow,
  Person,
  Put,
  RemovedAll,
  Rights,
  Share,
  StoredCard,
  TrashedCard,
  Walk,
  When,
} from './types';
import { walkCards, walkRows } from './walk';

export type { CreatedBook, RemovedBook, Shared } from './books';
export type { Moved } from './cards';
export { contactOf, etagOf } from './digest';
export { digitsOf, fold } from './fold';
export { PAGE_CARDS } from './list';
export type { Merged, Undone } from './merge';
export { FIRST_BOOK } from './places';
export type { Restored } from './trash';
export type * from './types';

export interface ContactStore {
  /** The person's own books, then those of others. The first is made when there is none. */
  books(person: Person): Promise<readonly Book[]>;
  createBook(
    person: Person,
    book: { readonly title: string; readonly id?: string },
  ): Promise<CreatedBook>;
  renameBook(
    person: Person,
    book: string,
    title: string,
  ): Promise<'renamed' | 'missing' | 'rights' | 'title'>;
  /** One's own: its cards are in the trash. Somebody else's is left. */
  removeBook(person: Person, book: string): Promise<RemovedBook>;
  shares(person: Person, book: string): Promise<readonly Share[] | undefined>;
  share(person: Person, book: string, mail: string, rights: Rights): Promise<Shared>;
  unshare(person: Person, book: string, share: string): Promise<boolean>;

  /** A page of cards by name, without their texts. */
  list(person: Person, asked: ListQuestion): Promise<Listed>;
  /** Which of some uids cards have that the person reaches. */
  uidsThere(person: Person, uids: readonly string[]): Promise<ReadonlySet<string>>;
  /** Cards of a book by `uri`, a few at a time, with a turn of the loop between. */
  cards(person: Person, book: string, which?: Walk): AsyncIterable<readonly StoredCard[]>;
  /** The same without their texts. */
  rows(person: Person, book: string, which?: Walk): AsyncIterable<readonly MeasuredRow[]>;
  card(person: Person, book: string, uri: string): Promise<StoredCard | undefined>;
  cardById(person: Person, id: string): Promise<StoredCard | undefined>;
  put(person: Person, book: string, uri: string, text: string, when?: When): Promise<Put>;
  /** The same for many, in one transaction: outcomes in their order. */
  putAll(
    person: Person,
    book: string,
    cards: readonly { readonly uri: string; readonly text: string; readonly when?: When }[],
  ): Promise<readonly Put[]>;
  /** Cards of a file, each over the one of its uid: outcomes in their order. */
  bringIn(person: Person, book: string, cards: readonly Brought[]): Promise<readonly Put[]>;
  /** To the trash. */
  remove(
    person: Person,
    book: string,
    uri: string,
    when?: { readonly ifMatch?: string | undefined },
  ): Promise<'removed' | 'conflict' | 'missing' | 'rights'>;
  /** Many to the trash, in one transaction that `undo` takes back. */
  removeAll(person: Person, ids: readonly string[]): Promise<RemovedAll>;
  move(person: Person, id: string, to: string): Promise<Moved>;
  favour(person: Person, id: string, isFavourite: boolean): Promise<boolean>;
  changesSince(person: Person, book: string, token: number): Promise<Changes | undefined>;

  /** The latest of one's own, and of books where one may write. */
  trash(person: Person): Promise<readonly TrashedCard[]>;
  /** How many of one's own. */
  trashed(person: Person): Promise<number>;
  restore(person: Person, id: string): Promise<Restored>;
  /** For good; all of them without an id. */
  purge(person: Person, id?: string): Promise<number>;

  /** Ids of cards that may be one person, by group. */
  twins(person: Person): Promise<readonly (readonly string[])[]>;
  merge(
    person: Person,
    joined: {
      readonly kept: string;
      readonly text: string;
      readonly etags: Readonly<Record<string, string>>;
    },
  ): Promise<Merged>;
  /** All cards as they were before a merge, or before they were deleted together. */
  undo(person: Person, id: string): Promise<Undone>;
}

type Context = Pick<PluginContext<ContactsConfig>, 'clock' | 'config' | 'db' | 'site' | 'text'> & {
  readonly hooks: { readonly emit: Emits };
};

/** The books as one plugin context reaches them. */
export function createStore(context: Context): ContactStore {
  const { db } = context;
  const read: Tables = (name) => db.table(name);
  const at = (): string => new Date(context.clock.now()).toISOString();
  const limits = (site: Person['site']) => {
    const { maxCards, maxCardKilobytes, maxMegabytes } = context.config(site);
    const maxKept = maxMegabytes * 1_000_000;
    return { at: at(), maxCards, maxBytes: maxCardKilobytes * 1_000, maxKept };
  };
  const putWith = (table: Tables, person: Person, book: string) => {
    const limit = limits(person.site);
    return (uri: string, text: string, when: When) =>
      writeCardRow(table, person, { ...limit, book, uri, text, when });
  };
  const store: ContactStore = {
    async books(person) {
      const title = context.text(context.site(person.site).locale)('contacts:book.first');
      const beginnings = beginningsOf(context.config(person.site), person);
      if (beginnings.length > 0 && !(await hasBooks(read, person))) {
        const { maxBooks } = context.config(person.site);
        const input = { ...limits(person.site), beginnings, title, maxBooks };
        await db.transaction((table) => beginBooks(table, person, input));
      }
      return listBooks(read, person, { title, at: at() });
    },
    createBook: (person, book) =>
      db.transaction((table) =>
        insertOwnBook(table, person, {
          ...book,
          at: at(),
          max: context.config(person.site).maxBooks,
        }),
      ),
    renameBook: (person, id, title) => retitle(read, person, { id, title }),
    removeBook: (person, id) =>
      db.transaction((table) => deleteBook(table, person, { id, at: at() })),
    shares: (person, book) => listShares(read, person, book),
    share: (person, book, mail, rights) =>
      db.transaction((table) => putShare(table, person, { book, mail, rights, at: at() })),
    unshare: (person, book, id) => deleteShare(read, person, { book, id }),

    list: (person, asked) => listCards(read, person, asked),
    uidsThere: (person, uids) => uidsThere(read, person, uids),
    cards: (person, book, which = {}) => walkCards(read, person, { ...which, book }),
    rows: (person, book, which = {}) => walkRows(read, person, { ...which, book }),
    card: (person, book, uri) => findCard(read, person, { book, uri }),
    cardById: (person, id) => findCardById(read, person, id),
    put: (person, book, uri, text, when = {}) =>
      db.transaction((table) => putWith(table, person, book)(uri, text, when)),
    putAll: (person, book, cards) =>
      db.transaction(async (table) => {
        const put = putWith(table, person, book);
        const outcomes: Put[] = [];
        for (const { uri, text, when = {} } of cards) outcomes.push(await put(uri, text, when));
        return outcomes;
      }),
    async bringIn(person, book, brought) {
      const limit = limits(person.site);
      const cards = await digested(brought, limit.maxBytes);
      return db.transaction((table) => bringInRows(table, person, { ...limit, book, cards }));
    },
    remove: (person, book, uri, when = {}) =>
      db.transaction((table) =>
        removeCardRow(table, person, { book, uri, ifMatch: when.ifMatch, at: at() }),
      ),
    removeAll: (person, ids) =>
      db.transaction((table) => removeCardRows(table, person, { ids, at: at() })),
    async move(person, id, to) {
      try {
        return await db.transaction((table) =>
          moveCardRow(table, person, { id, to, ...limits(person.site) }),
        );
      } catch (error) {
        if (error instanceof MoveRefused) return error.moved;
        throw error;
      }
    },
    async favour(person, id, isFavourite) {
      if (!(await findCardById(read, person, id))) return false;
      const row = { card_id: id, site: person.site, user_id: person.user };
      if (isFavourite) await read(FAVOURITES).insert(row).onConflict(Object.keys(row)).ignore();
      else await read(FAVOURITES).where(row).delete();
      return true;
    },
    changesSince: (person, book, token) => listChanges(read, person, { book, token }),

    trash: (person) => listTrash(read, person),
    trashed: (person) => countTrash(read, person),
    restore: (person, id) =>
      db.transaction((table) => restoreCard(table, person, { id, ...limits(person.site) })),
    purge: (person, id) => db.transaction((table) => emptyTrash(table, person, id)),

    twins: (person) => findTwins(read, person),
    async merge(person, joined) {
      try {
        return await db.transaction((table) =>
          mergeRows(table, person, { ...joined, ...limits(person.site) }),
        );
      } catch (error) {
        if (error instanceof MergeRefused) return error.merged;
        throw error;
      }
    },
    async undo(person, id) {
      try {
        return await db.transaction((table) =>
          undoRows(table, person, { id, ...limits(person.site) }),
        );
      } catch (error) {
        if (error instanceof UndoRefused) return error.undone;
        throw error;
      }
    },
  };
  return announced(store, context.hooks.emit);
}
