import type { OpenCall } from './route';

/** Before a list is shown: answers in muted conversations are read already. Never keeps it away. */
export async function quietMuted(
  { deps, actor, ctx }: Pick<OpenCall, 'deps' | 'actor' | 'ctx'>,
  mailbox: string,
): Promise<void> {
  const ids = ctx.core.muted.flatMap((one) => one.ids);
  if (ids.length === 0) return;
  await deps.mail.quietMuted(actor, mailbox, ids).catch((error: unknown) => {
    deps.log.debug({ err: error, requestId: ctx.id }, 'mail/mute-failed');
  });
}
