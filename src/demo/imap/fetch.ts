import { quoted, renderEnvelope, renderStructure } from './render';
import { sectionBytes } from './section';
import type { StoredMessage } from './store';
import { SyntaxProblem, type Token, tokenText } from './tokens';

export type Chunk = string | Buffer;

/** One data item asked by FETCH. */
export interface FetchItem {
  readonly name: string;
  /** For BODY[…] and the RFC822 family: what is asked, what it is called in the answer. */
  readonly section?: string;
  readonly label?: string;
  readonly partial?: readonly [number, number];
  readonly marksSeen?: boolean;
}

const MACROS: Readonly<Record<string, readonly string[]>> = {
  FAST: ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE'],
  ALL: ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE', 'ENVELOPE'],
  FULL: ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE', 'ENVELOPE', 'BODY'],
};
const PLAIN_ITEMS = new Set([
  'UID',
  'FLAGS',
  'INTERNALDATE',
  'RFC822.SIZE',
  'ENVELOPE',
  'BODY',
  'BODYSTRUCTURE',
  'MODSEQ',
]);
const OLD_ITEMS: Readonly<Record<string, { section: string; marksSeen: boolean }>> = {
  RFC822: { section: '', marksSeen: true },
  'RFC822.TEXT': { section: 'TEXT', marksSeen: true },
  'RFC822.HEADER': { section: 'HEADER', marksSeen: false },
};

/** The items of a FETCH, macros opened. Throws SyntaxProblem for an unknown one. */
export function parseFetchItems(token: Token | undefined): FetchItem[] {
  const tokens = token?.kind === 'list' ? token.items : token ? [token] : [];
  const names = tokens.map((item) => tokenText(item));
  const opened = names.flatMap((name) => MACROS[name.toUpperCase()] ?? [name]);
  if (opened.length === 0) throw new SyntaxProblem('nothing to fetch');
  return opened.map(parseItem);
}

function parseItem(text: string): FetchItem {
  const name = text.toUpperCase();
  if (PLAIN_ITEMS.has(name)) return { name };
  const old = OLD_ITEMS[name];
  if (old) return { name: 'BODY[]', label: name, ...old };
  const match = /^BODY(\.PEEK)?\[(.*)\](?:<(\d+)\.(\d+)>)?$/i.exec(text);
  if (!match) throw new SyntaxProblem(`unknown item ${name.slice(0, 40)}`);
  const [, peek, section = '', offset, length] = match;
  const partial = offset === undefined ? undefined : ([Number(offset), Number(length)] as const);
  const origin = partial ? `<${partial[0]}>` : '';
  return {
    name: 'BODY[]',
    section,
    label: `BODY[${section.toUpperCase()}]${origin}`,
    marksSeen: peek === undefined,
    ...(partial ? { partial } : {}),
  };
}

/** `(UID 7 FLAGS (\Seen) …)` for one message. */
export function renderFetch(message: StoredMessage, items: readonly FetchItem[]): Chunk[] {
  const chunks: Chunk[] = [];
  for (const item of items) {
    chunks.push(chunks.length === 0 ? '(' : ' ');
    pushItem(chunks, message, item);
  }
  chunks.push(')');
  return chunks;
}

function pushItem(chunks: Chunk[], message: StoredMessage, item: FetchItem): void {
  if (item.section === undefined) {
    chunks.push(`${item.name} `, plainItem(message, item.name));
    return;
  }
  const whole = sectionBytes(message.raw, message.mime, item.section);
  if (!whole) {
    chunks.push(`${item.label} NIL`);
    return;
  }
  const [offset, length] = item.partial ?? [0, whole.length];
  const bytes = whole.subarray(offset, offset + length);
  chunks.push(`${item.label} {${bytes.length}}\r\n`, bytes);
}

function plainItem(message: StoredMessage, name: string): Chunk {
  switch (name) {
    case 'UID':
      return String(message.uid);
    case 'FLAGS':
      return `(${[...message.flags].join(' ')})`;
    case 'MODSEQ':
      return `(${message.modseq})`;
    case 'INTERNALDATE':
      return quoted(formatDate(message.internalDate));
    case 'RFC822.SIZE':
      return String(message.raw.length);
    default:
      return rendered(message, name);
  }
}

function rendered(message: StoredMessage, name: string): Buffer {
  const known = message.rendered.get(name);
  if (known) return known;
  const text =
    name === 'ENVELOPE'
      ? renderEnvelope(message.mime.fields)
      : renderStructure(message.raw, message.mime, name === 'BODYSTRUCTURE');
  const bytes = Buffer.from(text, 'latin1');
  message.rendered.set(name, bytes);
  return bytes;
}

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** `17-Jul-1996 02:44:25 +0000`. */
export function formatDate(date: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = String(date.getUTCDate()).padStart(2, ' ');
  const time = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(two).join(':');
  return `${day}-${MONTHS[date.getUTCMonth()]}-${date.getUTCFullYear()} ${time} +0000`;
}

/** The reverse, with any zone; undefined when it is not a date. */
export function parseDate(text: string): Date | undefined {
  const match = /^\s?(\d{1,2})-(\w{3})-(\d{4})(?: (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d))?$/.exec(
    text,
  );
  const month = MONTHS.findIndex((name) => name.toLowerCase() === match?.[2]?.toLowerCase());
  if (!match || month === -1) return undefined;
  const [year, day, hours, minutes, seconds, zoneHours, zoneMinutes] = [3, 1, 4, 5, 6, 8, 9].map(
    (index) => Number(match[index] ?? 0),
  );
  const zone = ((zoneHours ?? 0) * 60 + (zoneMinutes ?? 0)) * (match[7] === '-' ? -1 : 1);
  const utc = Date.UTC(year ?? 0, month, day, hours, minutes, seconds);
  return new Date(utc - zone * 60_000);
}
