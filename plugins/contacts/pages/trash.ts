import type { PluginResponse } from 'estafette/plugin';
import { type Desk, hrefOf, nameShown } from './common';
import { sideOf } from './list';
import { audited } from './tell';
import { outcomeOf } from './texts';

/** What was deleted, and can be restored. */
export async function showTrash(desk: Desk): Promise<PluginResponse> {
  const { store, person, context, request, t } = desk;
  return {
    view: 'trash',
    title: t('contacts:trash.title'),
    model: {
      side: sideOf(desk, 'trash'),
      days: context.config(request).trashDays,
      cards: (await store.trash(person)).map((card) => ({
        ...card,
        name: nameShown(desk, card.name),
      })),
      own: await store.trashed(person),
      outcome: outcomeOf(request.query),
      actions: {
        restore: hrefOf(context, 'restore'),
        purge: hrefOf(context, 'purge'),
        undo: hrefOf(context, 'undo'),
      },
    },
  };
}

/** For good: one card, or all of them. */
export async function purge(desk: Desk): Promise<PluginResponse> {
  const { store, person, context, request } = desk;
  const { id, all } = request.body;
  if (id === undefined && all !== 'yes') return { status: 404 };
  const purged = await store.purge(person, id);
  if (id !== undefined && purged === 0) return { status: 404 };
  if (id === undefined) await audited(desk, 'trash-emptied', { details: { contacts: purged } });
  return {
    redirect: hrefOf(
      context,
      'trash',
      id === undefined ? { done: 'purgedAll', count: purged } : { done: 'purged' },
    ),
  };
}
