import type { MessageRef } from '../base/types';
import { fetchParts } from '../imap';
import { type BodyPart, decodeTransfer, type EncodedPart } from '../mime';
import type { Actor } from '../session';
import { checkMessages, type MailContext } from './context';

const MAX_IMAGES = 20;
const MAX_IMAGE_BYTES = 2 * 1024 * 1024;
const MAX_TOTAL_BYTES = 6 * 1024 * 1024;
// HTML above this is not searched for the images it names: all that fit are fetched.
const SEARCHED_BYTES = 1024 * 1024;
// Base64 with line ends: 78 octets carry 57.
const ENCODED_FACTOR = 78 / 57;

const MAGIC: readonly (readonly [string, RegExp])[] = [
  ['image/png', /^\x89PNG\r\n/],
  ['image/jpeg', /^\xff\xd8\xff/],
  ['image/gif', /^GIF8[79]a/],
  ['image/webp', /^RIFF[\s\S]{4}WEBP/],
];

/**
 * Images that the HTML names by `cid:`, as `data:` URIs by Content-ID. The framed document has an
 * opaque origin and so no cookie: it could not fetch them itself. What is too large, too many or
 * not an image by its bytes stays an attachment.
 */
export async function inlineImages(
  context: MailContext,
  actor: Actor,
  ref: MessageRef,
  inline: Readonly<Record<string, BodyPart>>,
  html: EncodedPart,
): Promise<Readonly<Record<string, string>>> {
  const named = chooseImages(Object.entries(inline), html);
  if (named.length === 0) return {};
  const keys = named.map(([, part]) => part.part);
  const access = context.access(actor);
  const parts = await context.pool.withMailbox(
    access,
    ref.mailbox,
    { kind: 'read' },
    async (box) => {
      await checkMessages(box, ref.uidValidity, [ref.uid]);
      return fetchParts(box.client, ref.uid, keys, Math.ceil(MAX_IMAGE_BYTES * ENCODED_FACTOR));
    },
  );
  const uris = named.flatMap(([id, part]) => {
    const bytes = parts.get(part.part.toLowerCase());
    const uri = bytes && dataUri(bytes, part.encoding);
    return uri === undefined ? [] : [[id, uri] as const];
  });
  return Object.fromEntries(uris);
}

function chooseImages(
  inline: readonly (readonly [string, BodyPart])[],
  html: EncodedPart,
): readonly (readonly [string, BodyPart])[] {
  if (inline.length === 0) return [];
  const text = searchable(html);
  const chosen: (readonly [string, BodyPart])[] = [];
  let total = 0;
  for (const entry of inline) {
    const [id, part] = entry;
    const bytes = part.sizeBytes / (part.encoding === 'base64' ? ENCODED_FACTOR : 1);
    const fits = bytes <= MAX_IMAGE_BYTES && total + bytes <= MAX_TOTAL_BYTES;
    if (!fits || chosen.length >= MAX_IMAGES || !isNamed(text, id)) continue;
    total += bytes;
    chosen.push(entry);
  }
  return chosen;
}

const searchable = ({ bytes, encoding }: EncodedPart): string | undefined =>
  bytes.length > SEARCHED_BYTES
    ? undefined
    : decodeTransfer(bytes, encoding, SEARCHED_BYTES).bytes.toString('latin1');

/** `cid:` URLs may be percent-encoded (RFC 2392 2): then any `cid:` counts. */
const isNamed = (text: string | undefined, id: string): boolean =>
  text === undefined || text.includes(`cid:${id}`) || /cid:[^"'\s>]{0,300}%/i.test(text);

function dataUri(encoded: Buffer, encoding: string): string | undefined {
  const { bytes, truncated } = decodeTransfer(encoded, encoding, MAX_IMAGE_BYTES);
  if (truncated) return undefined;
  const head = bytes.toString('latin1', 0, 16);
  const type = MAGIC.find(([, pattern]) => pattern.test(head))?.[0];
  return type === undefined ? undefined : `data:${type};base64,${bytes.toString('base64')}`;
}
