import type { PluginRouter } from 'estafette/plugin';
import type { CalendarConfig } from '../config';
import { page } from '../pages/common';
import { showInvitation } from './page';
import { respond } from './respond';

/** `/calendar/invitation`: what somebody answers to a message; the message shows it. */
export function invitationRoutes(router: PluginRouter<CalendarConfig>): void {
  router.get('/invitation', page(showInvitation));
  router.post('/invitation', page(respond));
}
