import type { MessageRef } from '../base/types';
import { type HeaderBlock, parseHeaders } from '../mime';
import type { Actor } from '../session';
import type { MailContext } from './context';
import { readSection } from './stream';

// threats 47; what lies beyond is in the source.
const MAX_HEADER_BYTES = 1024 * 1024;
const MAX_LINES = 1_000;
const SMALL_BYTES = 32 * 1024;

/** Decoded header fields in order; a huge header is parsed in the worker and cut. */
export async function readHeaders(
  context: MailContext,
  actor: Actor,
  ref: MessageRef,
): Promise<readonly { readonly name: string; readonly value: string }[]> {
  const block = await readHeaderBlock(context, actor, ref);
  return block.fields.slice(0, MAX_LINES).map(({ name, value }) => ({ name, value }));
}

/** The whole header, parsed; in the worker where it is huge. */
export async function readHeaderBlock(
  context: MailContext,
  actor: Actor,
  ref: MessageRef,
): Promise<HeaderBlock> {
  const pieces: Buffer[] = [];
  for await (const piece of readSection(context, actor, ref, 'HEADER', MAX_HEADER_BYTES)) {
    pieces.push(piece);
  }
  return parse(context, Buffer.concat(pieces));
}

async function parse(context: MailContext, bytes: Buffer): Promise<HeaderBlock> {
  if (bytes.length <= SMALL_BYTES) return parseHeaders(bytes);
  const options = { timeoutMs: context.limits.renderMs };
  return context.runTask<HeaderBlock>('decodeHeaders', { bytes }, options);
}
