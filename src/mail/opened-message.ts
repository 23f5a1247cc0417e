import type { BodyPart, BodyTree, HeaderBlock } from '../mime';
import type { Envelope } from './repaired-envelope';
import type { RowContent } from './rows';

/** What a message's pages need and what never changes: fetched once. */
export interface OpenedMessage {
  readonly content: RowContent;
  readonly envelope: Envelope;
  readonly internalDate: Date | string | undefined;
  readonly tree: BodyTree;
  readonly headers: HeaderBlock;
}

// Objects and their texts, about: 3,000 recipients come to 0.7 MB.
const ADDRESS_BYTES = 160;
const FIELD_BYTES = 100;
const PART_BYTES = 600;
const CHAR_BYTES = 2;

/** Bytes in memory, about: what grows with what the sender chose. */
export function weighOpened({ envelope, headers, tree }: OpenedMessage): number {
  let bytes = weighEnvelope(envelope);
  // The value seldom shares its letters with the raw text.
  for (const { raw, value } of headers.fields) {
    bytes += FIELD_BYTES + CHAR_BYTES * (raw.length + value.length);
  }
  const parts: BodyPart[] = [tree.root];
  for (let part = parts.pop(); part; part = parts.pop()) {
    const texts = [part.filename ?? '', ...Object.values(part.parameters)];
    bytes += PART_BYTES + CHAR_BYTES * texts.reduce((sum, text) => sum + text.length, 0);
    if (part.envelope) bytes += weighEnvelope(part.envelope);
    parts.push(...part.children);
  }
  return bytes;
}

function weighEnvelope(envelope: Envelope): number {
  const { from, sender, replyTo, to, cc, bcc, subject = '' } = envelope;
  let bytes = 2_000 + CHAR_BYTES * subject.length;
  for (const people of [from, sender, replyTo, to, cc, bcc]) {
    for (const { name = '', address = '' } of people ?? []) {
      bytes += ADDRESS_BYTES + CHAR_BYTES * (name.length + address.length);
    }
  }
  return bytes;
}
