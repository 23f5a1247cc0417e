import type { PluginResponse } from 'estafette/plugin';
import { type Desk, hrefOf } from './common';
import { sideOf } from './side';
import { outcomeOf } from './texts';

/** What was deleted, and can be restored. */
export async function showTrash(desk: Desk): Promise<PluginResponse> {
  const { store, person, context, request, t } = desk;
  const events = await store.trash(person);
  return {
    view: 'trash',
    title: t('calendar:trash.title'),
    model: {
      side: sideOf(desk, { current: 'trash' }),
      days: context.config(request).trashDays,
      events: events.map((one) => ({
        ...one,
        summary: one.summary === '' ? t('calendar:event.untitled') : one.summary,
      })),
      outcome: outcomeOf(request.query),
      restoreAction: hrefOf(context, 'restore'),
      purgeAction: hrefOf(context, 'purge'),
    },
  };
}

/** For good: one event, or all of them. */
export async function purge(desk: Desk): Promise<PluginResponse> {
  const { store, person, context, request } = desk;
  const { id, all } = request.body;
  if (id === undefined && all !== 'yes') return { status: 404 };
  const purged = await store.purge(person, id);
  if (id !== undefined && purged === 0) return { status: 404 };
  return { redirect: hrefOf(context, 'trash', { done: 'purged' }) };
}
