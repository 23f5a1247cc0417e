import { Readable } from 'node:stream';
import { AppError } from '../base/errors';
import type { Actor } from '../session/types';
import { attachUpload } from './attachments';
import type { ComposeContext } from './context';
import type { DraftAttachment } from './types';

const MAX_URI_CHARS = 2_048;

/**
 * Attaches a file that a plugin brings by its address (a document space). Kept, limited and asked
 * about like an upload; `request/not-found` when no plugin knows the address.
 */
export async function importFile(
  context: ComposeContext,
  actor: Actor,
  draft: string,
  uri: string,
): Promise<DraftAttachment> {
  if (uri === '' || uri.length > MAX_URI_CHARS || /\p{Cc}/u.test(uri)) {
    throw new AppError('request/invalid');
  }
  const query = { uri, user: actor.user.id };
  const found = await context.hooks.first(actor.scope, 'attachment:import', query);
  if (!found) throw new AppError('request/not-found', { details: { uri: 'nobody knows it' } });
  const { filename, type, content } = found.answer;
  // A stream that fails before anybody reads it must not end the process.
  const stream = content instanceof Readable ? content : Readable.from([Buffer.from(content)]);
  stream.on('error', () => undefined);
  return attachUpload(context, actor, draft, { filename, declaredType: type, stream });
}
