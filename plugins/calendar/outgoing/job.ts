import type { PluginJob, SiteId } from 'estafette/plugin';
import type { CalendarConfig } from '../config';
import { postWaiting } from './mail';

/** Invitations that nobody is there to send. */
export const outgoingJob: PluginJob<CalendarConfig> = {
  id: 'outgoing',
  every: '1m',
  perSite: true,
  timeoutS: 50,
  async run(context, at) {
    await postWaiting(context, at.site as SiteId); // the job is declared `perSite`
  },
};
