import type { PluginRouter } from 'estafette/plugin';
import { attachmentRoutes } from './attachments/routes';
import { bookingRoutes } from './booking/routes';
import type { CalendarConfig } from './config';
import { save } from './edit/save';
import { showEdit } from './edit/show';
import { exchangeRoutes } from './exchange/routes';
import { feedRoutes } from './feeds/pages';
import { findingRoutes } from './free-busy/routes';
import { invitationRoutes } from './invitation/routes';
import { linkRoutes } from './link/routes';
import { outgoingRoutes } from './outgoing/routes';
import { removeEvent, restoreEvent } from './pages/actions';
import {
  changeCalendar,
  chooseUsual,
  createCalendar,
  deleteCalendar,
  showCalendars,
  showHide,
} from './pages/calendars';
import { page } from './pages/common';
import { showEvent } from './pages/event';
import { moveEvent } from './pages/move';
import { purge, showTrash } from './pages/trash';
import { showCalendar } from './pages/view';
import { planningRoutes } from './planning/routes';
import { quickRoutes } from './quick/routes';
import { reminderRoutes } from './reminders/shown';
import { accountRoutes } from './remote/pages';
import { shareRoutes } from './share/page';
import { taskRoutes } from './tasks/actions';

/** Below `/calendar`: reading changes nothing, each change is a form. */
export function routes(router: PluginRouter<CalendarConfig>): void {
  router.get('/', page(showCalendar));
  router.post('/shown', page(showHide));
  router.get('/event', page(showEvent));
  router.get('/edit', page(showEdit));
  router.post('/edit', page(save));
  router.post('/move', page(moveEvent));
  router.post('/delete', page(removeEvent));
  router.post('/restore', page(restoreEvent));
  router.get('/calendars', page(showCalendars));
  router.post('/calendars/create', page(createCalendar));
  router.post('/calendars/change', page(changeCalendar));
  router.post('/calendars/delete', page(deleteCalendar));
  router.post('/calendars/usual', page(chooseUsual));
  router.get('/trash', page(showTrash));
  router.post('/purge', page(purge));
  accountRoutes(router);
  exchangeRoutes(router);
  planningRoutes(router);
  quickRoutes(router);
  reminderRoutes(router);
  outgoingRoutes(router);
  findingRoutes(router);
  linkRoutes(router);
  invitationRoutes(router);
  shareRoutes(router);
  taskRoutes(router);
  bookingRoutes(router);
  feedRoutes(router);
  attachmentRoutes(router);
}
