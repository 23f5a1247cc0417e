import type { PluginJob, SiteId } from 'estafette/plugin';
import type { CalendarConfig } from '../config';
import { readAccount, waitingAccounts } from './accounts';

const ACCOUNT_MS = 20_000;
const RUN_ACCOUNTS = 20;

/** Reads the accounts that were read longest ago; each once an hour or so, not all at once. */
export const accountsJob: PluginJob<CalendarConfig> = {
  id: 'accounts',
  every: '5m',
  perSite: true,
  timeoutS: 240,
  async run(context, at) {
    const site = at.site as SiteId; // the job is declared `perSite`
    for (const row of await waitingAccounts(context, site, RUN_ACCOUNTS)) {
      if (at.signal.aborted) return;
      await readAccount(context, row, ACCOUNT_MS);
    }
  },
};
