import type { HookOf, PluginContext, SiteId } from 'estafette/plugin';
import type { Config } from './config';
import { addNote } from './notes';

/** After a message has left: an action, so a failure is logged and nobody waits for it. */
export async function noteSent(
  { user, envelope }: HookOf<'message:sent'>['event'],
  site: SiteId,
  context: PluginContext<Config>,
): Promise<void> {
  const text = `${envelope.to.length} → ${site}`;
  await addNote(context.db, { site, user, text, at: new Date(context.clock.now()) });
}
