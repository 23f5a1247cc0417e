import { isUtf8 } from 'node:buffer';
import { getDecoder } from 'iconv-lite';

/** Of the file: small enough to be read between two turns of the loop. */
const PIECE_BYTES = 65_536;

/**
 * The text of a file, piece by piece, without its mark: by that mark, else UTF-8, else the character
 * set of Western Windows, in which Outlook writes its lists.
 */
export function* decodeFile(content: Buffer): Generator<string> {
  const decode = decoderOf(content);
  for (let at = 0; at < content.length; at += PIECE_BYTES) {
    const piece = decode(content.subarray(at, at + PIECE_BYTES));
    if (piece !== '') yield piece;
  }
  const rest = decode();
  if (rest !== '') yield rest;
}

/** Keeps what stands between two pieces for the second; without a piece, gives what is left. */
function decoderOf(content: Buffer): (piece?: Buffer) => string {
  const [first, second] = content;
  const mark = first === 0xff && second === 0xfe ? 'utf-16le' : undefined;
  const charset = first === 0xfe && second === 0xff ? 'utf-16be' : mark;
  if (charset !== undefined || isUtf8(content)) {
    const decoder = new TextDecoder(charset ?? 'utf-8');
    return (piece) => (piece ? decoder.decode(piece, { stream: true }) : decoder.decode());
  }
  const decoder = getDecoder('windows-1252');
  return (piece) => (piece ? decoder.write(piece) : decoder.end()) ?? '';
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
