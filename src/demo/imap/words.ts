import iconv from 'iconv-lite';
import type { MimePart } from './mime-tree';
import { encodingOf } from './render';
import { leaves } from './section';
import type { StoredMessage } from './store';

// Text beyond this in one part is not searched: the demo keeps the decoded words in memory.
const MAX_SEARCHED_BYTES = 1024 * 1024;

/** Decoded lower-case text of a message, headers apart from bodies; made once per message. */
export function searchable(message: StoredMessage): { headers: string; body: string } {
  message.searchable ??= {
    headers: fold(
      message.mime.fields.map((field) => `${field.name}: ${decodeWords(field.value)}`).join('\n'),
    ),
    body: fold(
      [...leaves(message.mime)]
        .filter((part) => part.type === 'text')
        .map((part) => decodeBody(message.raw, part))
        .join('\n'),
    ),
  };
  return message.searchable;
}

/** Case is ignored, accents are not (what i;unicode-casemap does). */
export const fold = (text: string): string => text.normalize('NFC').toLowerCase();

/** RFC 2047 words decoded; raw 8-bit text read as UTF-8 when it is, latin1 otherwise. */
export function decodeWords(value: string): string {
  const joined = value.replace(/(=\?[^?]{1,60}\?[bq]\?[^?]*\?=)\s+(?==\?)/gi, '$1');
  const decoded = joined.replace(
    /=\?([^?*]{1,40})(?:\*[^?]{0,20})?\?([bq])\?([^?]*)\?=/gi,
    (_all, charset: string, kind: string, text: string) => {
      const bytes =
        kind.toLowerCase() === 'b' ? Buffer.from(text, 'base64') : fromQ(text.replace(/_/g, ' '));
      return decodeCharset(bytes, charset);
    },
  );
  if (!/[\x80-\xff]/.test(value)) return decoded;
  const utf8 = Buffer.from(decoded, 'latin1').toString('utf8');
  return utf8.includes('\ufffd') ? decoded : utf8;
}

function decodeBody(raw: Buffer, part: MimePart): string {
  const bytes = raw.subarray(
    part.bodyStart,
    Math.min(part.bodyEnd, part.bodyStart + MAX_SEARCHED_BYTES),
  );
  const charset = part.params.find(([name]) => name === 'charset')?.[1] ?? 'utf-8';
  const encoding = encodingOf(part);
  if (encoding === 'base64')
    return decodeCharset(Buffer.from(bytes.toString('latin1'), 'base64'), charset);
  if (encoding !== 'quoted-printable') return decodeCharset(bytes, charset);
  return decodeCharset(fromQ(bytes.toString('latin1').replace(/=[ \t]*\r?\n/g, '')), charset);
}

const fromQ = (text: string): Buffer =>
  Buffer.from(
    text.replace(/=([0-9a-f]{2})/gi, (_all, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    ),
    'latin1',
  );

function decodeCharset(bytes: Buffer, charset: string): string {
  // iconv-lite has no iso-2022-jp; the platform decoder has.
  if (/^iso-2022-jp/i.test(charset)) return new TextDecoder('iso-2022-jp').decode(bytes);
  return iconv.encodingExists(charset) ? iconv.decode(bytes, charset) : bytes.toString('latin1');
}
