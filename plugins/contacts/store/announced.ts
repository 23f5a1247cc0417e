import type { HandlerScope, PluginContext } from 'estafette/plugin';
import { contactOf } from './digest';
import type { ContactStore } from './index';
import type { Person, Put } from './types';

export type Emits = Pick<PluginContext['hooks']['emit'], 'guard' | 'action'>;
type Op = 'save' | 'move' | 'delete';
type Done = 'saved' | 'moved' | 'deleted' | 'restored';

/** Where hooks are emitted: the person who is there, else whoever handles them for the site. */
export const scopeOf = ({ site, as }: Person): HandlerScope => ({ site, ...(as && { as }) });

const facts = (text: string, id = '') => {
  const { kind = '', name = '', mails = [] } = contactOf(text) ?? {};
  return { id, kind, name, mails: mails.map(({ value }) => value) };
};

const idsOf = (puts: readonly Put[]): readonly string[] =>
  puts.flatMap((put) => (put.kind === 'created' || put.kind === 'updated' ? [put.id] : []));

/**
 * The same store, of which other plugins hear: `contact:saving` before anything is written, by
 * whatever way it came, `contact:changed` once it is.
 */
export function announced(store: ContactStore, hooks: Emits): ContactStore {
  async function isRefused(
    person: Person,
    op: Op,
    book: string,
    contacts: readonly ReturnType<typeof facts>[],
  ): Promise<boolean> {
    if (contacts.length === 0) return false;
    const question = { user: person.user, op, book, contacts };
    return (await hooks.guard(scopeOf(person), 'contact:saving', question)).length > 0;
  }
  async function tell(person: Person, op: Done, ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await hooks.action(scopeOf(person), 'contact:changed', { user: person.user, op, ids });
  }
  /** Cards that are there, by their ids. */
  async function there(person: Person, ids: readonly string[]) {
    const cards = await Promise.all(ids.map((id) => store.cardById(person, id)));
    return cards.flatMap((card) => (card ? [facts(card.text, card.id)] : []));
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
      const contacts = cards.map(({ text }) => facts(text));
      if (await isRefused(person, 'save', book, contacts)) return cards.map(() => DENIED);
      const puts = await store.bringIn(person, book, cards);
      await tell(person, 'saved', idsOf(puts));
      return puts;
    },
    async remove(person, book, uri, when) {
      const card = await store.card(person, book, uri);
      if (card && (await isRefused(person, 'delete', book, [facts(card.text, card.id)])))
        return 'rights';
      const removed = await store.remove(person, book, uri, when);
      if (removed === 'removed' && card) await tell(person, 'deleted', [card.id]);
      return removed;
    },
    async removeAll(person, ids) {
      const nothing = { count: 0, undo: '' };
      if (await isRefused(person, 'delete', '', await there(person, ids))) return nothing;
      const removed = await store.removeAll(person, ids);
      if (removed.count > 0) await tell(person, 'deleted', ids);
      return removed;
    },
    async move(person, id, to) {
      if (await isRefused(person, 'move', to, await there(person, [id]))) return 'rights';
      const moved = await store.move(person, id, to);
      if (moved === 'moved') await tell(person, 'moved', [id]);
      return moved;
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
      await tell(person, 'saved', [joined.kept]);
      await tell(person, 'deleted', gone);
      return merged;
    },
  };
}
