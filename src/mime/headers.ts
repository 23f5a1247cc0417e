import { Buffer } from 'node:buffer';
import { decodeText } from './charset';
import { decodeWords } from './encoded-words';

/** Limits on a header block: a 5 MB header or 50,000 fields come only from attackers. */
const MAX_HEADER_BYTES = 1024 * 1024;
const MAX_HEADER_LINES = 10_000;

/** One header field: `name` as written, `raw` unfolded, `value` decoded for people. */
export interface HeaderField {
  readonly name: string;
  readonly raw: string;
  readonly value: string;
}

export interface HeaderBlock {
  readonly fields: readonly HeaderField[];
  readonly truncated: boolean;
}

/** Parses a raw header block (RFC 5322 2.2): unfolds, decodes words and raw 8-bit text. */
export function parseHeaders(block: Uint8Array | string): HeaderBlock {
  const bytes = typeof block === 'string' ? Buffer.from(block, 'utf8') : block;
  const head = Buffer.from(
    bytes.buffer,
    bytes.byteOffset,
    Math.min(bytes.length, MAX_HEADER_BYTES),
  );
  const lines = head.toString('latin1').split(/\r\n|\n|\r/, MAX_HEADER_LINES + 1);
  const fields: HeaderField[] = [];
  for (const field of unfold(lines.slice(0, MAX_HEADER_LINES))) {
    const colon = field.indexOf(':');
    if (colon > 0) fields.push(readField(field, colon));
  }
  return {
    fields,
    truncated: bytes.length > MAX_HEADER_BYTES || lines.length > MAX_HEADER_LINES,
  };
}

/** Lines joined into fields; the block ends at the first empty line. */
function unfold(lines: readonly string[]): string[] {
  const fields: string[][] = [];
  for (const line of lines) {
    if (line === '') break;
    const current = fields.at(-1);
    if (current && /^[ \t]/.test(line)) current.push(line);
    else fields.push([line]);
  }
  return fields.map((parts) => parts.join(''));
}

function readField(field: string, colon: number): HeaderField {
  const text = field.slice(colon + 1);
  const raw = /[\u0080-\u00ff]/.test(text) ? decodeText(Buffer.from(text, 'latin1')) : text;
  const value = collapse(decodeWords(raw));
  return { name: field.slice(0, colon).trim(), raw: raw.trim(), value };
}

/** Controls, among them an encoded CR or LF, become spaces: a value is one line of text. */
const collapse = (value: string): string => value.replace(/\p{Cc}+/gu, ' ').trim();

/** All values of a field by name, without regard to case. */
export function headerValues(block: HeaderBlock, name: string): readonly string[] {
  const wanted = name.toLowerCase();
  return block.fields.filter((field) => field.name.toLowerCase() === wanted).map((f) => f.value);
}

/** The first value of a field, if any. */
export const firstHeader = (block: HeaderBlock, name: string): string | undefined =>
  headerValues(block, name)[0];
