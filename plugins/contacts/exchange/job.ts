import type { PluginJob, SiteId } from 'estafette/plugin';
import type { ContactsConfig } from '../config';
import { leftAlone } from './imports';
import { runImport } from './run';

/** Takes up the imports that a process left when it ended. */
export const importsJob: PluginJob<ContactsConfig> = {
  id: 'imports',
  every: '1m',
  perSite: true,
  timeoutS: 55,
  async run(context, { site, signal }) {
    // The job is declared `perSite`.
    for (const id of await leftAlone(context.db, site as SiteId, context.clock.now())) {
      if (signal.aborted) return;
      await runImport(context, id, signal);
    }
  },
};
