import type { HookOf, PluginContext, SiteId } from 'estafette/plugin';
import type { Config } from './config';

/** After a message has left: an action, so a failure is logged and nobody waits for it. */
export function noteSent(
  { envelope }: HookOf<'message:sent'>['event'],
  site: SiteId,
  context: PluginContext<Config>,
): void {
  // Counts, never addresses or subjects: logs are read by many.
  context.log.info({ site, recipients: envelope.to.length }, 'sample-plugin/sent');
}
