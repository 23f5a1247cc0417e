import type { PluginResponse } from 'estafette/plugin';
import { IcsError, type Scope, without } from '../ics';
import { mailWaiting, tellingOf } from '../outgoing/page';
import { ownMails } from '../people/own';
import { canDelete } from '../store';
import { dayOfWall } from '../time/days';
import { type Desk, hrefOf, oneOf } from './common';
import { isoOf } from './dates';
import { localTimes } from './event';
import { eventHref, type Opened, openEvent } from './opened';

const SCOPES = ['this', 'following', 'all'] as const;

/** An event to the trash; of a series one occurrence, or those from it on. */
export async function removeEvent(desk: Desk): Promise<PluginResponse> {
  const { request, store, person, context } = desk;
  const { body } = request;
  const event = await openEvent(desk, body);
  if (!event) return { status: 404 };
  const { stored, calendar, at } = event;
  if (!canDelete(calendar) || stored.isMasked) return { status: 403 };
  const scope = at === '' ? 'all' : (oneOf(SCOPES, body['scope']) ?? 'this');
  const day = dayOfWall(localTimes(desk, event.fields).start);
  const back = (query: Readonly<Record<string, string>>): PluginResponse => ({
    redirect: hrefOf(context, '', { on: day === desk.today ? '' : isoOf(day), ...query }),
  });
  const changed = { redirect: eventHref(desk, stored.id, { at, failed: 'changed' }) };
  if (body['etag'] !== undefined && body['etag'] !== stored.etag) return changed;
  const left = leftOf(event, scope, context.clock.now());
  const telling = tellingOf(desk, event);
  const when = { ifMatch: stored.etag, telling };
  if (left === undefined) {
    const removed = await store.remove(person, calendar.id, stored.uri, when);
    if (removed === 'rights') return { status: 403 };
    await mailWaiting(desk, telling);
    return removed === 'removed' ? back({ done: 'deleted', restore: stored.id }) : changed;
  }
  const put = await store.put(person, calendar.id, stored.uri, left, when);
  await mailWaiting(desk, telling);
  return put.kind === 'updated' ? back({ done: 'removed' }) : changed;
}

function leftOf({ stored, at }: Opened, scope: Scope, now: number): string | undefined {
  try {
    return without(stored.text, { recurrence: at, scope, now });
  } catch (error) {
    // What cannot be taken apart is removed as a whole, and the trash has it.
    if (error instanceof IcsError && scope === 'all') return undefined;
    throw error;
  }
}

/** An event back from the trash. */
export async function restoreEvent(desk: Desk): Promise<PluginResponse> {
  const { request, store, person, context } = desk;
  // One's own meetings alone: the trash is that of the owner of the calendar.
  const telling = { organisers: ownMails(person) };
  const restored = await store.restore(person, request.body['id'] ?? '', telling);
  await mailWaiting(desk, telling);
  if (restored.kind === 'missing') return { status: 404 };
  if (restored.kind === 'restored') {
    const back = await store.objectById(person, restored.id);
    if (back?.component === 'VTODO')
      return { redirect: hrefOf(context, 'tasks', { done: 'restored' }) };
    return { redirect: eventHref(desk, restored.id, { done: 'restored' }) };
  }
  const failed = restored.kind === 'full' ? 'full' : 'twice';
  return { redirect: hrefOf(context, 'trash', { failed }) };
}
