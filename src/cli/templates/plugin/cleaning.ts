import type { PluginJob, SiteId } from 'estafette/plugin';
import type { Config } from './config';
import { removeNotes } from './notes';

const DAY_MS = 86_400_000;

/** Once a day for each site, in one process at a time. */
export const clean: PluginJob<Config>['run'] = async (context, at) => {
  const site = at.site as SiteId; // the job is declared `perSite`
  const { keepDays } = context.config(site);
  const before = new Date(context.clock.now() - keepDays * DAY_MS);
  const removed = await removeNotes(context.db, { site, before });
  context.log.info({ site, removed }, 'sample-plugin/cleaned');
};
