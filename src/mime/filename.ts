import { Buffer } from 'node:buffer';
import { decodeText } from './charset';
import { cleanLine } from './clean-text';
import { decodeWords } from './encoded-words';

type Parameters = Readonly<Record<string, string>>;

/** Longest name file systems accept is 255 octets; four per character in the worst case. */
const MAX_NAME_CHARS = 120;
/** RFC 2231 sections of one name; honest mail uses two or three. */
const MAX_SECTIONS = 50;

const EXTENSIONS: Readonly<Record<string, string>> = {
  'application/ics': 'ics',
  'application/json': 'json',
  'application/msword': 'doc',
  'application/pdf': 'pdf',
  'application/pgp-signature': 'asc',
  'application/pkcs7-mime': 'p7m',
  'application/pkcs7-signature': 'p7s',
  'application/x-pkcs7-signature': 'p7s',
  'application/zip': 'zip',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'docx',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'xlsx',
  'application/vnd.openxmlformats-officedocument.presentationml.presentation': 'pptx',
  'application/vnd.oasis.opendocument.text': 'odt',
  'application/vnd.oasis.opendocument.spreadsheet': 'ods',
  'image/gif': 'gif',
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/svg+xml': 'svg',
  'image/webp': 'webp',
  'message/delivery-status': 'txt',
  'message/disposition-notification': 'txt',
  'message/rfc822': 'eml',
  'text/calendar': 'ics',
  'text/csv': 'csv',
  'text/html': 'html',
  'text/plain': 'txt',
  'text/rfc822-headers': 'txt',
  'text/vcard': 'vcf',
  'text/x-vcard': 'vcf',
};

/** The file name a part announces (Content-Disposition, then Content-Type), cleaned, if any. */
export function partFilename(disposition: Parameters, type: Parameters): string | undefined {
  const found = parameterText(disposition, 'filename') ?? parameterText(type, 'name');
  const name = found === undefined ? '' : cleanFilename(found);
  return name === '' ? undefined : name;
}

/** What parts without a name are called, in the reader's language. */
export interface UnnamedWords {
  readonly file: string;
  readonly image: string;
  readonly message: string;
  readonly invitation: string;
}

/** A name for a part that has none: its kind, its number, the extension of its type. */
export function generatedFilename(type: string, part: string, words: UnnamedWords): string {
  const number = part.replace(/[^0-9.]/g, '').replaceAll('.', '-') || '1';
  return cleanFilename(`${words[kindOf(type)]}-${number}.${EXTENSIONS[type] ?? 'bin'}`);
}

function kindOf(type: string): keyof UnnamedWords {
  if (type.startsWith('image/')) return 'image';
  if (EXTENSIONS[type] === 'ics') return 'invitation';
  return type === 'message/rfc822' ? 'message' : 'file';
}

/** A parameter's text: RFC 2231 charset and continuations, encoded words, raw 8-bit. */
export function parameterText(parameters: Parameters, name: string): string | undefined {
  const lower = new Map<string, string>();
  for (const [key, value] of Object.entries(parameters))
    lower.set(key.toLowerCase(), String(value));
  const whole = lower.get(`${name}*`);
  if (whole !== undefined) return decodeExtended([{ text: whole, isEncoded: true }]);
  const sections = continuations(lower, name);
  if (sections.length > 0) return decodeExtended(sections);
  const plain = lower.get(name);
  return plain === undefined ? undefined : decodePlain(plain);
}

interface Section {
  readonly text: string;
  readonly isEncoded: boolean;
}

function continuations(parameters: ReadonlyMap<string, string>, name: string): Section[] {
  const sections: Section[] = [];
  for (let index = 0; index < MAX_SECTIONS; index++) {
    const encoded = parameters.get(`${name}*${index}*`);
    const text = encoded ?? parameters.get(`${name}*${index}`);
    if (text === undefined) break;
    sections.push({ text, isEncoded: encoded !== undefined });
  }
  return sections;
}

function decodeExtended(sections: readonly Section[]): string {
  const first = sections[0]?.text ?? '';
  const mark = sections[0]?.isEncoded ? /^([^']{0,60})'[^']{0,30}'/.exec(first) : null;
  const pieces = sections.map(({ text, isEncoded }, index) => {
    const body = index === 0 && mark ? text.slice(mark[0].length) : text;
    return isEncoded ? percentBytes(body) : Buffer.from(body, 'utf8');
  });
  const text = decodeText(Buffer.concat(pieces), mark?.[1] || 'utf-8');
  return text.includes('=?') ? decodeWords(text) : text;
}

function percentBytes(text: string): Buffer {
  const source = Buffer.from(text, 'utf8').toString('latin1');
  const binary = source.replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(binary, 'latin1');
}

function decodePlain(value: string): string {
  if (value.includes('=?')) return decodeWords(value);
  // Bytes that a parser kept one per character.
  if (/[\u0080-\u00ff]/.test(value) && !/[^\0-\u00ff]/.test(value)) {
    return decodeText(Buffer.from(value, 'latin1'), 'latin1');
  }
  // Percent encoding without the RFC 2231 star, as some web programs write it.
  if (!/%[c-fC-F][0-9a-fA-F]%[89abAB][0-9a-fA-F]/.test(value)) return value;
  const decoded = percentBytes(value).toString('utf8');
  return decoded.includes('\ufffd') ? value : decoded;
}

/** A file name without path, control or bidi marks, or characters that systems refuse. */
export function cleanFilename(name: string): string {
  const last = cleanLine(name).split(/[/\\]/).at(-1) ?? '';
  const plain = last
    .replace(/[<>:"|?*]/g, '_')
    .replace(/^[.\s]+/, '')
    .replace(/[.\s]+$/, '');
  if (plain.length <= MAX_NAME_CHARS) return plain;
  const dot = plain.lastIndexOf('.');
  const extension = dot > 0 && plain.length - dot <= 12 ? plain.slice(dot) : '';
  const stem = plain.slice(0, MAX_NAME_CHARS - extension.length);
  // No character cut in two.
  return stem.replace(/[\ud800-\udbff]$/, '') + extension;
}
