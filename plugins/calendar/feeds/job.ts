import type { PluginJob, SiteId } from 'estafette/plugin';
import type { CalendarConfig } from '../config';
import { dueFeeds, readFeed } from './feeds';

/** Of one run; five minutes later come the others. */
const RUN_MAX = 40;

/** Reads the subscriptions whose time has come. */
export const feedsJob: PluginJob<CalendarConfig> = {
  id: 'feeds',
  every: '5m',
  perSite: true,
  timeoutS: 280,
  async run(context, at) {
    const site = at.site as SiteId; // the job is declared `perSite`
    const now = context.clock.now();
    const { feeds } = context.config(site);
    for (const row of await dueFeeds((name) => context.db.table(name), site, {
      now,
      max: RUN_MAX,
    })) {
      if (at.signal.aborted) return;
      // What the site does not allow any more stays as it is; public holidays ask nobody.
      if (feeds || row.region !== '') await readFeed(context, row);
    }
  },
};
