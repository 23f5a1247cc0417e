import { isoNow } from '../base/clock';
import { AppError } from '../base/errors';
import type { Actor } from '../session/types';
import type { ComposeContext } from './context';
import type { Delivery } from './deliver';
import { changeOutbox } from './outbox-store';
import type { SendOutcome } from './types';

/**
 * The end of a sending that was put off: the message is built, what plugins had to say is said, and
 * the row holds it until its time. Its draft stays: called back, it is as it was.
 */
export async function hold(
  context: ComposeContext,
  actor: Actor,
  { draft, messageId, owner }: Delivery,
  at: number,
): Promise<SendOutcome> {
  const access = await context.absentees?.keep(actor, draft);
  const isHeld = await changeOutbox(
    context.db.knex,
    { draft, state: 'sending', step: 'prepared', owner },
    {
      state: 'held',
      outcome: { kind: 'scheduled' },
      sendAt: at,
      access: access ?? null,
      leaseUntil: 0,
    },
    isoNow(context.clock),
  );
  if (!isHeld) throw new AppError('draft/conflict', { textKey: 'compose.error.beingSent' });
  return { kind: 'scheduled', messageId, at };
}
