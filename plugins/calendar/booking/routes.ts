import type { PluginRouter } from 'estafette/plugin';
import type { CalendarConfig } from '../config';
import { page } from '../pages/common';
import { appointmentFile, changeAppointment, showAppointment } from './appointment-page';
import { createGate } from './gate';
import { deletePage, savePage, showBookings, showPage } from './manage';
import { sendBook, showBook } from './public';

/** `/calendar/bookings` for who receives; `/calendar/book` and `/calendar/appointment` for their guests. */
export function bookingRoutes(router: PluginRouter<CalendarConfig>): void {
  router.get('/bookings', page(showBookings));
  router.get('/bookings/page', page(showPage));
  router.post('/bookings/page', page(savePage));
  router.post('/bookings/delete', page(deletePage));
  const gate = createGate();
  const open = { public: true };
  router.get('/book/:slug', gate.read(showBook), open);
  router.post('/book/:slug', gate.write(sendBook), open);
  router.get('/appointment/:secret', gate.read(showAppointment), open);
  router.post('/appointment/:secret', gate.write(changeAppointment), open);
  router.get('/appointment/:secret/calendar', gate.read(appointmentFile), open);
}
