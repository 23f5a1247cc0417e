import type { PluginRouter } from 'estafette/plugin';
import type { CalendarConfig } from '../config';
import { page } from '../pages/common';
import { answerEvent } from './from-event';
import { showInvitation } from './page';
import { respond } from './respond';

/** `/calendar/invitation`: what somebody answers to a message, which shows it; and from its event. */
export function invitationRoutes(router: PluginRouter<CalendarConfig>): void {
  router.get('/invitation', page(showInvitation));
  router.post('/invitation', page(respond));
  router.post('/event/answer', page(answerEvent));
}
