import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { mapStorageError } from '../kernel/db';
import type { Address } from '../mail/types';
import {
  buildMessage,
  encodeWords,
  formatAddress,
  type Outgoing,
  type OutgoingFile,
} from '../mime';
import type { ComposeContext } from './context';
import type { StoredDraft } from './draft-store';
import type { CleanHtml } from './html';
import type { DraftAttachment } from './types';

/** A draft's files sorted into those its HTML shows and those that are attached. */
export function outgoingFiles(
  context: ComposeContext,
  draft: StoredDraft,
  attachments: readonly DraftAttachment[],
  html: CleanHtml | undefined,
): Required<Pick<Outgoing, 'inline' | 'attachments'>> {
  const used = new Set(html?.usedCids);
  const fileOf = ({ id, filename, type }: DraftAttachment): OutgoingFile => ({
    filename,
    type,
    source: { path: context.files.pathOf({ site: draft.site, draft: draft.id, id }) },
  });
  const inline = attachments.flatMap((file) =>
    html && file.contentId !== undefined && used.has(file.contentId)
      ? [{ ...fileOf(file), contentId: file.contentId }]
      : [],
  );
  // An image taken out of the HTML is gone; in a plain text there was never a place to show it.
  const attached = attachments.filter(({ contentId }) => contentId === undefined || !html);
  return { inline, attachments: attached.map(fileOf) };
}

/** Writes the message to a new private file, on the disk when this resolves. */
export async function buildFile(
  outgoing: Outgoing,
  path: string,
  options: { readonly maxBytes?: number; readonly firstLines?: string } = {},
): Promise<{ readonly sizeBytes: number }> {
  const target = createWriteStream(path, { flags: 'wx', mode: 0o600, flush: true });
  try {
    const firstLines = options.firstLines ?? '';
    if (firstLines) target.write(firstLines);
    const { maxBytes } = options;
    const built = await buildMessage(outgoing, {
      to: target,
      ...(maxBytes === undefined ? {} : { maxBytes }),
    });
    return { sizeBytes: built.sizeBytes + Buffer.byteLength(firstLines) };
  } catch (error) {
    target.destroy();
    await rm(path, { force: true });
    throw mapStorageError(error);
  }
}

/** Characters of a line that has an encoded word (RFC 2047 2). */
const MAX_ENCODED_LINE = 76;

/** The `Bcc:` line of a draft's copy: how other clients keep it there. Never in what is sent. */
export function bccLine(addresses: readonly Address[]): string {
  if (addresses.length === 0) return '';
  return `Bcc: ${addresses.map(asciiAddress).join(',\r\n ')}\r\n`;
}

function asciiAddress({ name, mail }: Address): string {
  if (/^[\x20-\x7e]*$/.test(name)) return formatAddress({ name, mail });
  const words = encodeWords(name);
  const line = `Bcc: ${words.slice(words.lastIndexOf('\n') + 1)} <${mail}>,`;
  return `${words}${line.length > MAX_ENCODED_LINE ? '\r\n' : ''} <${mail}>`;
}
