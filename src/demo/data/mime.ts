import { createHash } from 'node:crypto';
import iconv from 'iconv-lite';
import type { Person } from './people';

/** One MIME entity: its own header lines, then its body. */
export interface Entity {
  readonly headers: readonly string[];
  readonly body: Buffer;
}

export type Charset =
  | 'utf-8'
  | 'iso-8859-1'
  | 'iso-8859-15'
  | 'windows-1252'
  | 'iso-2022-jp'
  | 'koi8-r'
  | 'utf-7'
  | 'us-ascii';

export interface TextOptions {
  readonly charset?: Charset;
  /** What the header claims, when it lies. */
  readonly label?: string;
  readonly encoding?: '7bit' | '8bit' | 'quoted-printable' | 'base64';
  readonly flowed?: boolean;
  readonly subtype?: 'plain' | 'html' | 'calendar';
  /** After the charset: `; method=REQUEST`. */
  readonly more?: string;
}

export function encodeCharset(text: string, charset: Charset): Buffer {
  return charset === 'iso-2022-jp' ? encodeJis(text) : iconv.encode(text, charset);
}

/** ISO-2022-JP from EUC-JP (RFC 1468): the same two bytes without their high bit, between escapes. */
function encodeJis(text: string): Buffer {
  const pieces = text.match(/[\x20-\x7e\r\n]+|[^\x20-\x7e\r\n]+/g) ?? [];
  return Buffer.concat(
    pieces.map((piece) => {
      if (/^[\x20-\x7e\r\n]/.test(piece)) return Buffer.from(piece);
      const double = iconv.encode(piece, 'euc-jp').map((byte) => byte & 0x7f);
      return Buffer.concat([Buffer.from('\x1b$B'), double, Buffer.from('\x1b(B')]);
    }),
  );
}

export function textEntity(text: string, options: TextOptions = {}): Entity {
  const { charset = 'utf-8', encoding = 'quoted-printable', subtype = 'plain' } = options;
  const lines = options.flowed ? flow(text) : text;
  const bytes = encodeCharset(lines.replace(/\r?\n/g, '\r\n'), charset);
  const flowed = options.flowed ? '; format=flowed' : '';
  return {
    headers: [
      `Content-Type: text/${subtype}; charset=${options.label ?? charset}${flowed}${options.more ?? ''}`,
      `Content-Transfer-Encoding: ${encoding}`,
    ],
    body: encodeBody(bytes, encoding),
  };
}

function encodeBody(bytes: Buffer, encoding: string): Buffer {
  if (encoding === 'base64') return Buffer.from(wrapBase64(bytes));
  return encoding === 'quoted-printable' ? Buffer.from(quotedPrintable(bytes)) : bytes;
}

const wrapBase64 = (bytes: Buffer): string =>
  (bytes.toString('base64').match(/.{1,76}/g) ?? []).join('\r\n');

function quotedPrintable(bytes: Buffer): string {
  return bytes
    .toString('latin1')
    .split('\r\n')
    .map((line) => {
      const encoded = line.replace(/[^ -<>-~]/g, hexByte).replace(/[ \t]$/, hexByte);
      return softBreaks(encoded);
    })
    .join('\r\n');
}

const hexByte = (char: string): string =>
  `=${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;

const softBreaks = (line: string): string =>
  line.length <= 76 ? line : (line.match(/(?:=..|[^=]){1,72}/g) ?? []).join('=\r\n');

/** RFC 3676: lines of at most 72 characters, soft breaks end with a space; each line of a quote has its marks. */
function flow(text: string): string {
  return text
    .split('\n')
    .map((line) => {
      if (line === '-- ') return line;
      const marks = /^>+/.exec(line)?.[0] ?? '';
      const own = line.slice(marks.length).replace(/^ /, '');
      const broken = (marks === '' ? line : own).replace(/(.{50,70}) (?=\S)/g, '$1 \n');
      if (marks === '') return broken.replace(/^(From |\s)/, ' $1');
      return broken
        .split('\n')
        .map((piece) => (piece === '' ? marks : `${marks} ${piece}`))
        .join('\n');
    })
    .join('\n');
}

export interface FileOptions {
  readonly cid?: string;
  /** Sends the name raw, in latin1, as old programs do. */
  readonly rawName?: boolean;
}

export function fileEntity(
  name: string,
  type: string,
  bytes: Buffer,
  options: FileOptions = {},
): Entity {
  const named = options.rawName
    ? [`filename="${name}"`, `name="${name}"`]
    : [parameter('filename', name), parameter('name', name)];
  return {
    headers: [
      `Content-Type: ${type};\r\n ${named[1]}`,
      `Content-Disposition: ${options.cid ? 'inline' : 'attachment'};\r\n ${named[0]}`,
      ...(options.cid ? [`Content-ID: <${options.cid}>`] : []),
      'Content-Transfer-Encoding: base64',
    ],
    body: Buffer.from(wrapBase64(bytes)),
  };
}

/** RFC 2231 when the value is not ASCII. */
function parameter(name: string, value: string): string {
  if (/^[ -~]*$/.test(value)) return `${name}="${value.replace(/["\\]/g, '\\$&')}"`;
  return `${name}*=utf-8''${encodeURIComponent(value).replace(/['()*]/g, hexPercent)}`;
}

const hexPercent = (char: string): string => `%${char.charCodeAt(0).toString(16).toUpperCase()}`;

export function messageEntity(raw: Buffer): Entity {
  return {
    headers: ['Content-Type: message/rfc822', 'Content-Disposition: attachment'],
    body: raw,
  };
}

/** Parts between boundary lines; the boundary comes from the content, so that it never changes. */
export function multipart(subtype: string, parts: readonly Entity[], more = ''): Entity {
  const hash = createHash('sha1');
  for (const part of parts) hash.update(part.headers.join()).update(part.body);
  const boundary = `=_${hash.digest('hex').slice(0, 24)}`;
  const pieces = parts.flatMap((part) => [Buffer.from(`--${boundary}\r\n`), render(part), CRLF]);
  return {
    headers: [`Content-Type: multipart/${subtype};\r\n boundary="${boundary}"${more}`],
    body: Buffer.concat([...pieces, Buffer.from(`--${boundary}--\r\n`)]),
  };
}

const CRLF = Buffer.from('\r\n');

const render = (entity: Entity): Buffer =>
  Buffer.concat([Buffer.from(`${entity.headers.join('\r\n')}\r\n\r\n`, 'latin1'), entity.body]);

export interface Letterhead {
  readonly from: Person;
  readonly to: readonly Person[];
  readonly cc?: readonly Person[];
  readonly subject: string;
  readonly date: Date;
  readonly messageId: string;
  /** Identifiers of the thread so far, oldest first. */
  readonly references?: readonly string[];
  /** More header lines, or replacements for those above when the name is the same. */
  readonly headers?: readonly (readonly [string, string])[];
  /** Charset of encoded words. */
  readonly charset?: Charset;
}

/** Servers write these on top, as often as they like. */
const TRACE: ReadonlySet<string> = new Set(['Received', 'Authentication-Results']);

/** A whole message with its header. */
export function message(head: Letterhead, content: Entity): Buffer {
  const { references = [], charset = 'utf-8' } = head;
  const people = (list: readonly Person[]): string =>
    list.map((person) => formatPerson(person, charset)).join(',\r\n ');
  const lines = new Map<string, string>([
    ['Date', head.date.toUTCString().replace('GMT', '+0000')],
    ['From', formatPerson(head.from, charset)],
    ['To', people(head.to)],
    ...(head.cc?.length ? [['Cc', people(head.cc)] as const] : []),
    ['Subject', encodeWords(head.subject, charset)],
    ['Message-ID', head.messageId],
    ...(references.length > 0 ? [['In-Reply-To', references.at(-1) ?? ''] as const] : []),
    ...(references.length > 0 ? [['References', references.join('\r\n ')] as const] : []),
    ['MIME-Version', '1.0'],
  ]);
  const trace = (head.headers ?? []).filter(([name]) => TRACE.has(name));
  for (const [name, value] of head.headers ?? []) if (!TRACE.has(name)) lines.set(name, value);
  const own = [...lines].map(([name, value]) => `${name}: ${value}`);
  const above = trace.map(([name, value]) => `${name}: ${value}`);
  return render({ headers: [...above, ...own, ...content.headers], body: content.body });
}

export function formatPerson({ name, mail }: Person, charset: Charset = 'utf-8'): string {
  if (name === '') return mail;
  if (/^[\w .'-]+$/.test(name)) return `${name} <${mail}>`;
  return /^[ -~]*$/.test(name)
    ? `"${name.replace(/["\\]/g, '\\$&')}" <${mail}>`
    : `${encodeWords(name, charset)} <${mail}>`;
}

/** RFC 2047 in base64, cut between characters, at most 75 bytes a word. */
export function encodeWords(text: string, charset: Charset = 'utf-8'): string {
  if (/^[ -~]*$/.test(text)) return text;
  const words: string[] = [];
  let piece = '';
  for (const char of text) {
    if (encodeCharset(piece + char, charset).length > 42) {
      words.push(piece);
      piece = '';
    }
    piece += char;
  }
  words.push(piece);
  return words
    .map((word) => `=?${charset}?B?${encodeCharset(word, charset).toString('base64')}?=`)
    .join('\r\n ');
}
