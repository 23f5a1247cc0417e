import type { PluginJob, SiteId } from 'estafette/plugin';
import type { ContactsConfig } from '../config';
import { syncAccount } from './accounts';
import { forgetPending, waiting } from './kept';

const ACCOUNT_MS = 20_000;
const RUN_ACCOUNTS = 20;

/** Reads the books that were read longest ago; each account once an hour or so, not all at once. */
export const accountsJob: PluginJob<ContactsConfig> = {
  id: 'accounts',
  every: '5m',
  perSite: true,
  timeoutS: 240,
  async run(context, at) {
    const site = at.site as SiteId; // the job is declared `perSite`
    await forgetPending(context.db, site, context.clock.now());
    for (const row of await waiting(context.db, site, context.clock.now(), RUN_ACCOUNTS)) {
      if (at.signal.aborted) return;
      await syncAccount(context, row, { ms: ACCOUNT_MS });
    }
  },
};
