import type { PluginContext, SlotFacts } from 'estafette/plugin';
import type { Config } from './config';

/** Model of the view `sender`, under the header of an open message; `undefined` shows nothing. */
export async function senderOf(
  { site, user, message }: SlotFacts,
  context: PluginContext<Config>,
): Promise<{ readonly domain: string } | undefined> {
  const [, domain] = message?.from?.mail.split('@') ?? [];
  if (domain === undefined || user === undefined) return undefined;
  const { shown } = await context.settings(site.id, user.id);
  return shown === true ? { domain } : undefined;
}
