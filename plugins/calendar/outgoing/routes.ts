import type { PluginResponse, PluginRouter } from 'estafette/plugin';
import type { CalendarConfig } from '../config';
import { type Desk, page } from '../pages/common';
import { eventHref, openEvent } from '../pages/opened';
import { sendWaiting } from './mail';
import { retryOutgoing } from './table';

/** `/calendar/outgoing`: invitations that have not left. */
export function outgoingRoutes(router: PluginRouter<CalendarConfig>): void {
  router.post('/outgoing/retry', page(retry));
}

/** Tries again what was refused, for the event whose page says so. */
async function retry(desk: Desk): Promise<PluginResponse> {
  const { request, context, person } = desk;
  const event = await openEvent(desk, request.body);
  if (!event) return { status: 404 };
  await retryOutgoing((name) => context.db.table(name), person, event.stored.uid);
  if (person.as) await sendWaiting(context, { ...person, as: person.as }, request.locale);
  return { redirect: eventHref(desk, event.stored.id, { at: event.at }) };
}
