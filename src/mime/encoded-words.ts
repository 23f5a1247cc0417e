import { Buffer } from 'node:buffer';
import { decodeText } from './charset';
import { decodeTransfer } from './transfer';

// No character class can match `?`, so each attempt stops at the next one: linear time.
const WORD = /=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)\?=/g;

interface Pending {
  readonly charset: string;
  readonly bytes: Buffer[];
}

/**
 * RFC 2047 encoded-words to text. White space between adjacent words disappears (6.2) and words
 * of one charset are joined before decoding: many senders split inside a multibyte character.
 */
export function decodeWords(text: string): string {
  if (!text.includes('=?')) return text;
  let out = '';
  let last = 0;
  let pending: Pending | undefined;
  for (const match of text.matchAll(WORD)) {
    const gap = text.slice(last, match.index);
    const charset = (match[1] ?? '').toLowerCase();
    const bytes = wordBytes(match[2] ?? '', match[3] ?? '');
    const isAdjacent = pending !== undefined && gap.trim() === '';
    if (pending && isAdjacent && pending.charset === charset) pending.bytes.push(bytes);
    else {
      out += flush(pending) + (isAdjacent ? '' : gap);
      pending = { charset, bytes: [bytes] };
    }
    last = match.index + match[0].length;
  }
  return out + flush(pending) + text.slice(last);
}

const flush = (pending: Pending | undefined): string =>
  pending ? decodeText(Buffer.concat(pending.bytes), pending.charset) : '';

function wordBytes(encoding: string, payload: string): Buffer {
  if (encoding.toLowerCase() === 'b') {
    return decodeTransfer(Buffer.from(payload, 'latin1'), 'base64').bytes;
  }
  const plain = payload.replaceAll('_', ' ');
  // Raw non-ASCII inside a Q word is against the RFC and seen: keep it as UTF-8.
  const binary = plain.replace(/=([0-9a-fA-F]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return /[^\0-\u00ff]/.test(binary) ? Buffer.from(plain, 'utf8') : Buffer.from(binary, 'latin1');
}
