import type { PluginRouter } from 'estafette/plugin';
import type { CalendarConfig } from '../config';
import { page } from '../pages/common';
import { findRoom, showRooms } from '../rooms/page';
import { findTime, showFreeBusy } from './page';

/** `/calendar/free-busy`, `/calendar/rooms`: pages beside the form, which they give back as it was. */
export function findingRoutes(router: PluginRouter<CalendarConfig>): void {
  router.get('/free-busy', page(showFreeBusy));
  router.post('/free-busy', page(findTime));
  router.get('/rooms', page(showRooms));
  router.post('/rooms', page(findRoom));
}
