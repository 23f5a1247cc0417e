import type { PluginJob, SiteId } from 'estafette/plugin';
import type { CalendarConfig } from '../config';
import { ringDue, ringSnoozed } from './deliver';
import { forgetRung } from './shown';

const MINUTE_MS = 60_000;

/** Each minute, what is due; nothing else is read. */
export const reminderJob: PluginJob<CalendarConfig> = {
  id: 'reminders',
  every: '1m',
  perSite: true,
  timeoutS: 50,
  async run(context, { site, signal }) {
    const here = site as SiteId; // the job is declared `perSite`
    const rung = await ringDue(context, here, signal);
    await ringSnoozed(context, here, context.clock.now() - MINUTE_MS);
    await forgetRung((name) => context.db.table(name), here, context.clock.now());
    if (rung > 0) context.log.info({ site: here, rung }, 'calendar/reminded');
  },
};
