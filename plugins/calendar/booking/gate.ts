import type { PluginHandler } from 'estafette/plugin';
import type { CalendarConfig } from '../config';
import { limiter } from '../link/limit';
import { MINUTE_MS } from '../time/days';

type Handler = PluginHandler<CalendarConfig>;

/** Of one address, in this process; a whole ministry may be behind one. */
const READS = { max: 120, everyMs: MINUTE_MS };
const WRITES = { max: 40, everyMs: 10 * MINUTE_MS };

/** Public pages that answer so many requests of one address, and tell the others to come back. */
export function createGate() {
  const reads = limiter(READS);
  const writes = limiter(WRITES);
  const guarded =
    (passes: (name: string, now: number) => boolean) =>
    (handler: Handler): Handler =>
    (request, context) => {
      if (passes(request.remote, context.clock.now())) return handler(request, context);
      const t = context.text(request.locale);
      const heading = t('calendar:booking.manyTitle');
      const model = { heading, text: t('calendar:booking.many'), href: '', link: '' };
      return { view: 'booking-said', title: heading, status: 429, retryAfterS: 600, model };
    };
  return { read: guarded(reads), write: guarded(writes) };
}
