import { Buffer, isUtf8 } from 'node:buffer';
import * as iconv from 'iconv-lite';
import { decodeUtf7 } from './utf7';

/** Labels that mean "some western 8-bit text" in practice; WHATWG reads ISO-8859-1 so too. */
const WESTERN = new Set([
  '',
  'ansi',
  'ansix3.41968',
  'ascii',
  'binary',
  'cp1252',
  'default',
  'iso88591',
  'latin1',
  'none',
  'unknown',
  'unknown8bit',
  'usascii',
  'windows1252',
  'xunknown',
]);

/** Spellings seen in mail that iconv-lite does not know. */
const ALIASES: Readonly<Record<string, string>> = {
  iso88598i: 'iso-8859-8',
  iso88598e: 'iso-8859-8',
  iso88596i: 'iso-8859-6',
  latin9: 'iso-8859-15',
  latin15: 'iso-8859-15',
  xmacroman: 'macroman',
  xsjis: 'shift_jis',
  xgbk: 'gbk',
  xeucjp: 'euc-jp',
  utf8mb4: 'utf-8',
  unicode11utf8: 'utf-8',
};

const FALLBACK = 'windows-1252';

/**
 * Bytes to text by a MIME charset label; never throws. Corrects the usual lies: UTF-8 labelled as
 * Latin-1 or ASCII, Latin-1 labelled as UTF-8, ISO-2022-JP labelled as ASCII, unknown labels.
 */
export function decodeText(bytes: Uint8Array, label?: string): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const marked = decodeMarked(buffer);
  if (marked !== undefined) return marked;
  const key = charsetKey(label);
  if (key === 'utf8' || ALIASES[key] === 'utf-8') return decodeClaimedUtf8(buffer);
  if (key === 'utf7' || key === 'unicode11utf7') return decodeUtf7(buffer.toString('latin1'));
  if (key.startsWith('iso2022jp')) return decodeJis(buffer);
  if (WESTERN.has(key)) return guess(buffer);
  // ISO-8859-15 and its cousins are also stamped on UTF-8 by gateways that only rewrite the label.
  if (/^(iso8859(9|15)|windows125[04])$/.test(key) && looksLikeUtf8(buffer)) {
    return buffer.toString('utf8');
  }
  return decodeNamed(buffer, ALIASES[key] ?? key);
}

/** The comparable form of a charset label: lower case, without quotes or separators. */
function charsetKey(label: string | undefined): string {
  const name = (label ?? '').slice(0, 60).toLowerCase();
  // RFC 2231 allows a language after `*` in encoded words (`utf-8*fr`).
  return (name.split('*', 1)[0] ?? '').replace(/[^a-z0-9.]/g, '');
}

function decodeNamed(buffer: Buffer, name: string): string {
  try {
    if (iconv.encodingExists(name)) return iconv.decode(buffer, name);
  } catch {
    // An encoding that iconv-lite lists but cannot load: guess instead.
  }
  return guess(buffer);
}

/** Text behind a byte order mark, whatever the label says. */
function decodeMarked(buffer: Buffer): string | undefined {
  if (buffer[0] === 0xef && buffer[1] === 0xbb && buffer[2] === 0xbf) {
    return buffer.toString('utf8', 3);
  }
  if (buffer[0] === 0xff && buffer[1] === 0xfe) return buffer.toString('utf16le', 2);
  if (buffer[0] === 0xfe && buffer[1] === 0xff) {
    return iconv.decode(buffer.subarray(2), 'utf-16be', { stripBOM: true });
  }
  return undefined;
}

function decodeClaimedUtf8(buffer: Buffer): string {
  if (isUtf8(buffer)) return buffer.toString('utf8');
  const { valid, invalid } = countSequences(buffer);
  // A few broken sequences in real UTF-8 (cut lines) keep their replacement marks.
  return valid >= invalid ? buffer.toString('utf8') : iconv.decode(buffer, FALLBACK);
}

function guess(buffer: Buffer): string {
  if (looksLikeUtf8(buffer)) return buffer.toString('utf8');
  if (isEscaped(buffer)) return decodeJis(buffer);
  return iconv.decode(buffer, FALLBACK);
}

/** ISO-2022-JP announces itself by ESC $ or ESC ( sequences in 7-bit text. */
const isEscaped = (buffer: Buffer): boolean =>
  buffer.includes('\u001b$B') || buffer.includes('\u001b$@');

// iconv-lite has no ISO-2022-JP; this label of TextDecoder is right in Node 20.
const decodeJis = (buffer: Buffer): string => new TextDecoder('iso-2022-jp').decode(buffer);

/** True for UTF-8 with at least one multibyte sequence; a cut last sequence is forgiven. */
function looksLikeUtf8(buffer: Buffer): boolean {
  const { valid, invalid } = countSequences(buffer);
  return valid > 0 && invalid === 0;
}

/** Counts well-formed multibyte UTF-8 sequences and stray high bytes. */
function countSequences(buffer: Buffer): { valid: number; invalid: number } {
  let valid = 0;
  let invalid = 0;
  for (let index = 0; index < buffer.length; index++) {
    const byte = buffer[index] ?? 0;
    if (byte < 0x80) continue;
    const length = sequenceLength(byte);
    const available = continuationsAfter(buffer, index, length - 1);
    if (length > 1 && available === length - 1) valid++;
    else if (length === 1 || index + available + 1 < buffer.length) invalid++;
    index += available;
  }
  return { valid, invalid };
}

function sequenceLength(lead: number): number {
  if (lead >= 0xc2 && lead <= 0xdf) return 2;
  if (lead >= 0xe0 && lead <= 0xef) return 3;
  if (lead >= 0xf0 && lead <= 0xf4) return 4;
  return 1;
}

function continuationsAfter(buffer: Buffer, index: number, wanted: number): number {
  let found = 0;
  while (found < wanted && ((buffer[index + found + 1] ?? 0) & 0xc0) === 0x80) found++;
  return found;
}
