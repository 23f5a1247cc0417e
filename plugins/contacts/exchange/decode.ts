import { isAscii, isUtf8 } from 'node:buffer';
import { setImmediate } from 'node:timers/promises';
import { decode } from 'iconv-lite';

/** Of the file: small enough to be read between two turns of the loop. */
const PIECE_BYTES = 65_536;
/** Lines that are looked at between two turns of it. */
const TURN_LINES = 2_000;
const LINE_FEED = 0x0a;

/**
 * The text of a file, piece by piece, without its mark: by that mark, else UTF-8; a byte that is none
 * is a sign of Western Windows, in which Outlook writes its lists, and changes nothing around it.
 */
export function* decodeFile(content: Buffer): Generator<string> {
  const charset = wideCharset(content);
  if (charset === undefined && !isUtf8(content)) return yield* mixedPieces(content);
  const decoder = new TextDecoder(charset ?? 'utf-8');
  for (let at = 0; at < content.length; at += PIECE_BYTES) {
    const piece = decoder.decode(content.subarray(at, at + PIECE_BYTES), { stream: true });
    if (piece !== '') yield piece;
  }
  const rest = decoder.decode();
  if (rest !== '') yield rest;
}

const wideCharset = ([first, second]: Buffer): string | undefined => {
  const mark = first === 0xff && second === 0xfe ? 'utf-16le' : undefined;
  return first === 0xfe && second === 0xff ? 'utf-16be' : mark;
};

/**
 * Numbers of lines with bytes that are no UTF-8, in a file whose other lines are: their accents may be
 * wrong. None in a file that is wholly of another character set, and `max` at most.
 */
export async function doubtfulLines(content: Buffer, max: number): Promise<readonly number[]> {
  if (wideCharset(content) !== undefined || isUtf8(content)) return [];
  const lines: number[] = [];
  let isUnicode = false;
  let number = 0;
  for (const line of linesOf(content)) {
    number += 1;
    if (number % TURN_LINES === 0) await setImmediate();
    if (isAscii(line)) continue;
    if (isUtf8(line)) isUnicode = true;
    else if (lines.length < max) lines.push(number);
  }
  return isUnicode ? lines : [];
}

function* linesOf(content: Buffer): Generator<Buffer> {
  for (let at = 0; at < content.length; ) {
    const next = content.indexOf(LINE_FEED, at);
    const end = next < 0 ? content.length : next + 1;
    yield content.subarray(at, end);
    at = end;
  }
}

function* mixedPieces(content: Buffer): Generator<string> {
  let at = content.subarray(0, 3).toString() === '\uFEFF' ? 3 : 0;
  while (at < content.length) {
    let end = Math.min(at + PIECE_BYTES, content.length);
    // Not in the middle of a sign.
    while (end < content.length && end > at + 1 && ((content[end] ?? 0) & 0xc0) === 0x80) end -= 1;
    yield mixedText(content.subarray(at, end));
    at = end;
  }
}

/** What Windows shows for each byte from 80 on. */
const WINDOWS = decode(
  Buffer.from(Array.from({ length: 128 }, (_, at) => at + 128)),
  'windows-1252',
);

function mixedText(bytes: Buffer): string {
  const parts: string[] = [];
  let from = 0;
  for (let at = 0; at < bytes.length; ) {
    const chars = charsFrom(bytes, at);
    if (chars > 0) at += chars;
    else {
      parts.push(bytes.toString('utf8', from, at), WINDOWS[(bytes[at] ?? 0) - 128] ?? '');
      at += 1;
      from = at;
    }
  }
  return parts.join('') + bytes.toString('utf8', from);
}

/** How many bytes the sign of UTF-8 has that begins here; 0 for none. */
function charsFrom(bytes: Buffer, at: number): number {
  const lead = bytes[at] ?? 0;
  if (lead < 0x80) return 1;
  const length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  return at + length <= bytes.length && isUtf8(bytes.subarray(at, at + length)) ? length : 0;
}

export type FileFormat = 'vcard' | 'csv' | 'ldif';

/** What a file is, by its beginning rather than by its name; `undefined` for one that is nothing of it. */
export function formatOf(text: string, name: string): FileFormat | undefined {
  const start = text.slice(0, 4_096).trimStart();
  if (/^BEGIN:VCARD\b/im.test(start)) return 'vcard';
  if (/^(?:version:\s*1\s*$|dn::?\s)/im.test(start)) return 'ldif';
  if (start === '' || start.includes('\0')) return undefined;
  const isList = /[,;\t]/.test(start.split(/\r?\n/, 1)[0] ?? '');
  return isList || /\.(?:csv|txt|tsv)$/i.test(name) ? 'csv' : undefined;
}
