import { fieldValue, type HeaderField, headerEnd, parseFields, parseParameters } from './headers';

// Dovecot's own limits (mail_max_mime_parts, nested depth 100): deeper content is one leaf.
const MAX_DEPTH = 100;
const MAX_PARTS = 10_000;

/** One MIME entity by its offsets in the message; nothing is copied. */
export interface MimePart {
  readonly headerStart: number;
  readonly bodyStart: number;
  readonly bodyEnd: number;
  readonly fields: readonly HeaderField[];
  /** Lower case. */
  readonly type: string;
  readonly subtype: string;
  readonly params: readonly (readonly [string, string])[];
  readonly children: readonly MimePart[];
  /** The enclosed message of a `message/rfc822` part. */
  readonly message: MimePart | undefined;
}

interface Budget {
  parts: number;
}

/** The tree of a whole message. Never throws: what makes no sense is a text or binary leaf. */
export function parseMime(raw: Buffer): MimePart {
  return parsePart(raw, 0, raw.length, 'text/plain', 0, { parts: MAX_PARTS });
}

function parsePart(
  raw: Buffer,
  start: number,
  end: number,
  fallbackType: string,
  depth: number,
  budget: Budget,
): MimePart {
  budget.parts--;
  const bodyStart = headerEnd(raw, start, end);
  const fields = parseFields(raw, start, bodyStart);
  const declared = parseParameters(fieldValue(fields, 'content-type') ?? fallbackType);
  const [type, subtype] = splitType(declared.value, fallbackType);
  const part = { headerStart: start, bodyStart, bodyEnd: end, fields, params: declared.params };
  const boundary = declared.params.find(([name]) => name === 'boundary')?.[1];
  const mayNest = depth < MAX_DEPTH && budget.parts > 0;
  if (type === 'multipart' && boundary && mayNest) {
    const inner = subtype === 'digest' ? 'message/rfc822' : 'text/plain';
    // The budget is spent while the list is walked: what is beyond it is left out.
    const children = splitBody(raw, bodyStart, end, boundary).flatMap(([from, to]) =>
      budget.parts > 0 ? parsePart(raw, from, to, inner, depth + 1, budget) : [],
    );
    if (children.length > 0) return { ...part, type, subtype, children, message: undefined };
  }
  if (type === 'message' && subtype === 'rfc822' && mayNest && isPlainEncoding(fields)) {
    const message = parsePart(raw, bodyStart, end, 'text/plain', depth + 1, budget);
    return { ...part, type, subtype, children: [], message };
  }
  const leaf =
    type === 'multipart' || type === 'message' ? demoted(type, subtype) : [type, subtype];
  return {
    ...part,
    type: leaf[0] ?? 'text',
    subtype: leaf[1] ?? 'plain',
    children: [],
    message: undefined,
  };
}

/** A multipart without parts, or a message that cannot be opened, is served as one leaf. */
const demoted = (type: string, subtype: string): [string, string] =>
  type === 'message' && subtype !== 'rfc822' ? [type, subtype] : ['text', 'plain'];

function splitType(value: string, fallback: string): [string, string] {
  const match = /^([!-.0-~]+)\/([!-.0-~]+)$/.exec(value.trim().toLowerCase());
  if (match?.[1] && match[2]) return [match[1], match[2]];
  const [type, subtype] = fallback.split('/');
  return [type ?? 'text', subtype ?? 'plain'];
}

/** RFC 2046 5.2.1: a message/rfc822 part must not be encoded; one that is stays closed. */
function isPlainEncoding(fields: readonly HeaderField[]): boolean {
  const encoding = fieldValue(fields, 'content-transfer-encoding')?.toLowerCase() ?? '7bit';
  return encoding === '7bit' || encoding === '8bit' || encoding === 'binary';
}

/** Offsets of the parts between boundary lines; a missing closing line ends at `end`. */
function splitBody(raw: Buffer, start: number, end: number, boundary: string): [number, number][] {
  const marker = Buffer.from(`--${boundary}`, 'latin1');
  const parts: [number, number][] = [];
  let open: number | undefined;
  let at = raw.indexOf(marker, start);
  while (at !== -1 && at < end) {
    const after = at + marker.length;
    const lineStart = at === start || raw[at - 1] === 10;
    const closing = raw[after] === 45 && raw[after + 1] === 45;
    if (lineStart && (closing || isBlank(raw, after, end))) {
      if (open !== undefined) parts.push([open, beforeLineEnd(raw, open, at)]);
      open = undefined;
      if (closing) break;
      const lf = raw.indexOf(10, after);
      open = lf === -1 || lf >= end ? end : lf + 1;
    }
    at = raw.indexOf(marker, after);
  }
  if (open !== undefined) parts.push([open, end]);
  return parts;
}

/** Only white space until the end of the line: `--abc` must not match a part of `--abcdef`. */
function isBlank(raw: Buffer, from: number, end: number): boolean {
  for (let at = from; at < end; at++) {
    const byte = raw[at];
    if (byte === 10) return true;
    if (byte !== 13 && byte !== 32 && byte !== 9) return false;
  }
  return true;
}

/** The line end before a boundary belongs to the boundary (RFC 2046 5.1.1). */
function beforeLineEnd(raw: Buffer, start: number, at: number): number {
  let end = at;
  if (end > start && raw[end - 1] === 10) end--;
  if (end > start && raw[end - 1] === 13) end--;
  return end;
}
