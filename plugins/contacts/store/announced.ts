import type { HandlerScope, PluginContext } from 'estafette/plugin';
import type { Brought } from './bring-in';
import { contactOf } from './digest';
import type { ContactStore } from './index';
import { chunksOf } from './tables';
import type { CardRow, Person, Put } from './types';

export type Emits = Pick<PluginContext['hooks']['emit'], 'guard' | 'action'>;
type Op = 'save' | 'move' | 'delete';
type Done = 'saved' | 'moved' | 'deleted' | 'restored';

/** Where hooks are emitted: the person who is there, else whoever handles them for the site. */
export const scopeOf = ({ site, as }: Person): HandlerScope => ({ site, ...(as && { as }) });

/** What a guard is told of a card. */
interface Facts {
  readonly id: string;
  readonly kind: string;
  readonly name: string;
  readonly mails: readonly string[];
}

const facts = (text: string, id = ''): Facts => {
  const { kind = '', name = '', mails = [] } = contactOf(text) ?? {};
  return { id, kind, name, mails: mails.map(({ value }) => value) };
};

/** Of a card that is there, as it was read when it was written. */
const factsOf = ({ id, kind, name, mails }: CardRow): Facts => ({ id, kind, name, mails });

/** Of what was written; a card that was so before was not. */
const idsOf = (puts: readonly Put[]): readonly string[] =>
  puts.flatMap((put) =>
    (put.kind === 'created' || put.kind === 'updated') && !put.isSame ? [put.id] : [],
  );

/** Told together: a book that is deleted may have held thousands. */
const TOLD = 1_000;

/** Says what was done, once it is; a few at a time where it is much. */
export async function tellOf(
  hooks: Pick<Emits, 'action'>,
  person: Person,
  op: Done,
  ids: readonly string[],
): Promise<void> {
  for (const some of chunksOf(ids, TOLD))
    await hooks.action(scopeOf(person), 'contact:changed', { user: person.user, op, ids: some });
}

/**
 * The same store, of which other plugins hear: `contact:saving` before anything is written, by
 * whatever way it came, `contact:changed` once it is.
 */
export function announced(store: ContactStore, hooks: Emits): ContactStore {
  async function isRefused(
    person: Person,
    op: Op,
    book: string,
    contacts: readonly Facts[],
  ): Promise<boolean> {
    if (contacts.length === 0) return false;
    const question = { user: person.user, op, book, contacts };
    return (await hooks.guard(scopeOf(person), 'contact:saving', question)).length > 0;
  }
  const tell = (person: Person, op: Done, ids: readonly string[]): Promise<void> =>
    tellOf(hooks, person, op, ids);
  /** Cards that are there, by their ids. */
  async function there(person: Person, ids: readonly string[]) {
    const cards: Facts[] = [];
    for (const id of ids) {
      const card = await store.cardById(person, id);
      if (card) cards.push(factsOf(card));
    }
    return cards;
  }
  /** Cards of a file that a guard refuses: the others need not stay out because of them. */
  async function deniedOf(
    person: Person,
    book: string,
    cards: readonly Brought[],
  ): Promise<ReadonlySet<Brought>> {
    const asked = cards.map((card) => ({ card, contact: facts(card.text) }));
    const isDenied = (some: typeof asked): Promise<boolean> =>
      isRefused(
        person,
        'save',
        book,
        some.map(({ contact }) => contact),
      );
    if (!(await isDenied(asked))) return new Set();
    if (asked.length === 1) return new Set(cards);
    const denied = new Set<Brought>();
    for (const one of asked) if (await isDenied([one])) denied.add(one.card);
    return denied;
  }
  /** Whether a guard refuses that one of the cards of a book is deleted with it. */
  async function isKept(person: Person, book: string): Promise<boolean> {
    const there = (await store.books(person)).find(({ id }) => id === book);
    if (!there?.isOwn || there.kind === 'remote') return false;
    for await (const rows of store.rows(person, book)) {
      if (await isRefused(person, 'delete', book, rows.map(factsOf))) return true;
    }
    return false;
  }
  const DENIED: Put = { kind: 'refused', reason: 'denied' };
  return {
    ...store,
    async put(person, book, uri, text, when) {
      const before = await store.card(person, book, uri);
      if (await isRefused(person, 'save', book, [facts(text, before?.id)])) return DENIED;
      const put = await store.put(person, book, uri, text, when);
      await tell(person, 'saved', idsOf([put]));
      return put;
    },
    async putAll(person, book, cards) {
      const contacts = cards.map(({ text }) => facts(text));
      if (await isRefused(person, 'save', book, contacts)) return cards.map(() => DENIED);
      const puts = await store.putAll(person, book, cards);
      await tell(person, 'saved', idsOf(puts));
      return puts;
    },
    async bringIn(person, book, cards) {
      const denied = await deniedOf(person, book, cards);
      const taken = cards.filter((card) => !denied.has(card));
      const puts = taken.length === 0 ? [] : await store.bringIn(person, book, taken);
      await tell(person, 'saved', idsOf(puts));
      const of = new Map(taken.map((card, at) => [card, puts[at]]));
      return cards.map((card) => of.get(card) ?? DENIED);
    },
    async remove(person, book, uri, when) {
      const card = await store.card(person, book, uri);
      if (card && (await isRefused(person, 'delete', book, [factsOf(card)]))) return 'rights';
      const removed = await store.remove(person, book, uri, when);
      if (removed === 'removed' && card) await tell(person, 'deleted', [card.id]);
      return removed;
    },
    async removeAll(person, ids) {
      const nothing = { ids: [], undo: '' };
      if (await isRefused(person, 'delete', '', await there(person, ids))) return nothing;
      const removed = await store.removeAll(person, ids);
      await tell(person, 'deleted', removed.ids);
      return removed;
    },
    async move(person, id, to) {
      if (await isRefused(person, 'move', to, await there(person, [id]))) return { kind: 'rights' };
      const moved = await store.move(person, id, to);
      if (moved.kind !== 'moved') return moved;
      if (moved.id === id) await tell(person, 'moved', [id]);
      else {
        // It went to the trash of whose book it was in, and is another card.
        await tell(person, 'deleted', [id]);
        await tell(person, 'saved', [moved.id]);
      }
      return moved;
    },
    async removeBook(person, book) {
      if (await isKept(person, book)) return { kind: 'denied' };
      const removed = await store.removeBook(person, book);
      if (removed.kind === 'removed') await tell(person, 'deleted', removed.ids);
      return removed;
    },
    async restore(person, id) {
      const restored = await store.restore(person, id);
      if (restored.kind === 'restored') await tell(person, 'restored', [id]);
      return restored;
    },
    async merge(person, joined) {
      const ids = Object.keys(joined.etags);
      const kept = [facts(joined.text, joined.kept)];
      if (await isRefused(person, 'save', '', kept)) return { kind: 'rights' };
      const gone = ids.filter((id) => id !== joined.kept);
      const merged = await store.merge(person, joined);
      if (merged.kind !== 'merged') return merged;
      await tell(person, 'saved', merged.saved);
      await tell(person, 'deleted', gone);
      return merged;
    },
    async undo(person, id) {
      const undone = await store.undo(person, id);
      if (undone.kind !== 'undone') return undone;
      await tell(person, 'saved', undone.saved);
      await tell(person, 'restored', undone.restored);
      return undone;
    },
  };
}
