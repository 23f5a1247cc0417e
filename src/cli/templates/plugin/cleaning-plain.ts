import type { PluginJob } from 'estafette/plugin';
import type { Config } from './config';

/** Once a day for each site, in one process at a time. */
export const clean: PluginJob<Config>['run'] = async (context, { site, signal }) => {
  // `signal` tells when the time is over, or the process stops: pass it to whatever takes long.
  if (signal.aborted) return;
  context.log.info({ site }, 'sample-plugin/cleaned');
};
