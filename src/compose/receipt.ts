import { writeFile } from 'node:fs/promises';
import { newToken } from '../base/ids';
import { encodeWords, newMessageId, type Receipt, writeReceipt } from '../mime';
import type { Actor } from '../session/types';
import { SmtpAnswerLost } from '../smtp';
import type { ComposeContext } from './context';
import { addressedIdentity, listIdentities } from './identities';

/** Whom a receipt goes to and about what. */
export interface ReceiptToSend extends Pick<Receipt, 'to' | 'subject' | 'text' | 'original'> {
  /** Addresses that the message was sent to: it is answered by the one of them that is the agent's. */
  readonly addressed: readonly { readonly mail: string }[];
}

/**
 * Sends a disposition notification, with nobody as its sender so that nothing ever answers it (RFC
 * 8098 3). Not kept and not tried again: the agent hears of a failure. Throws `smtp/*`.
 */
export async function sendReceipt(
  context: ComposeContext,
  actor: Actor,
  { to, subject, text, original, addressed }: ReceiptToSend,
): Promise<void> {
  const { site, user, scope } = actor;
  const mail =
    addressedIdentity(await listIdentities(context, actor), addressed)?.mail ?? user.mail;
  const messageId = newMessageId({ name: '', mail });
  const date = new Date(context.clock.now());
  const bytes = writeReceipt(
    { from: mail, to, subject, text, original, messageId, date },
    encodeWords,
  );
  const spool = `${newToken(18)}.eml`;
  const file = await context.files.spoolPath(site.id, spool);
  const about = { site: site.id, login: user.login, user: { id: user.id, mail: user.mail } };
  const server = await context.hooks.filter(scope, 'smtp:options', site.smtp, about);
  try {
    await writeFile(file, bytes, { flag: 'wx', mode: 0o600 });
    await context.transport.send({
      server,
      credential: () => actor.credential(server),
      envelope: { from: '', to: [to] },
      file,
      messageId,
    });
  } catch (error) {
    // It may have left, and must not leave twice.
    if (!(error instanceof SmtpAnswerLost)) throw error;
  } finally {
    await context.files.removeSpool(site.id, spool);
  }
}
