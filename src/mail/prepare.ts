import type { Uid, UidValidity } from '../base/types';
import type { Actor } from '../session';
import { renderBody } from './body';
import { accountKey, type MailContext } from './context';
import type { BodyOptions, MessageView } from './types';
import { viewMessage } from './view';

/** After the answer has left, and what its page asks for by itself. */
const AFTER_MS = 250;

/** A message that will probably be opened next, and how its body would be shown. */
export interface Expected {
  readonly mailbox: string;
  readonly uid: Uid;
  readonly uidValidity: UidValidity;
  readonly prefer: 'text' | 'html';
  readonly optionsOf: (view: MessageView) => Promise<BodyOptions>;
}

/**
 * Reads and renders a message in a quiet moment, so that opening it asks the server for its flags
 * alone. Nothing is marked as read, no plugin hears that anybody opened it; what cannot be read is
 * told to whoever opens it. One message of an account at a time: a newer plan replaces the last.
 */
export function prepareMessage(context: MailContext, actor: Actor, expected: Expected): void {
  // No request pays for what its plugins take.
  const { budget: _none, ...scope } = actor.scope;
  const alone = { ...actor, scope };
  context.quiet.plan(`${accountKey(actor)} next`, AFTER_MS, () => {
    if (context.pool.stats().waiting > 0) return;
    read(context, alone, expected).catch((error: unknown) =>
      context.log.debug({ err: error }, 'mail/prepare-failed'),
    );
  });
}

async function read(context: MailContext, actor: Actor, expected: Expected): Promise<void> {
  const { optionsOf, prefer, ...at } = expected;
  const view = await viewMessage(context, actor, at, { markSeen: false, asItIs: true, prefer });
  await renderBody(context, actor, view, await optionsOf(view));
}
