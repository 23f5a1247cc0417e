/** One header field as found: raw bytes read as latin1, unfolded. */
export interface HeaderField {
  readonly name: string;
  readonly value: string;
  /** Offsets of the whole field, line end included, in the message. */
  readonly start: number;
  readonly end: number;
}

const LF = 10;
const SPACE = 32;
const TAB = 9;

/** Where the header ends: offset of the first body byte. A missing blank line ends at `end`. */
export function headerEnd(raw: Buffer, start: number, end: number): number {
  let line = start;
  while (line < end) {
    const lf = raw.indexOf(LF, line);
    const stop = lf === -1 || lf >= end ? end : lf + 1;
    const length = stop - line;
    if (length === 1 || (length === 2 && raw[line] === 13)) return stop;
    line = stop;
  }
  return end;
}

/** Fields between two offsets, in order. Lines without a colon are passed over. */
export function parseFields(raw: Buffer, start: number, end: number): HeaderField[] {
  const fields: HeaderField[] = [];
  let at = start;
  while (at < end) {
    const from = at;
    do {
      const lf = raw.indexOf(LF, at);
      at = lf === -1 || lf >= end ? end : lf + 1;
    } while (at < end && (raw[at] === SPACE || raw[at] === TAB));
    const colon = raw.indexOf(58, from);
    if (colon === -1 || colon >= at) continue;
    const name = raw.toString('latin1', from, colon).trim();
    const value = raw
      .toString('latin1', colon + 1, at)
      .replace(/\r?\n/g, '')
      .trim();
    if (name !== '') fields.push({ name, value, start: from, end: at });
  }
  return fields;
}

/** First value of a field, or undefined. */
export function fieldValue(fields: readonly HeaderField[], name: string): string | undefined {
  const wanted = name.toLowerCase();
  return fields.find((field) => field.name.toLowerCase() === wanted)?.value;
}

export interface ParameterValue {
  readonly value: string;
  /** Lower-case names, RFC 2231 marks kept as they are: the client decodes them. */
  readonly params: readonly (readonly [string, string])[];
}

const MAX_PARAMETERS = 100;

/** `text/plain; charset="utf-8"` → value and parameters; comments are dropped. */
export function parseParameters(field: string): ParameterValue {
  const pieces = splitOutsideQuotes(field, ';');
  const value = (pieces.shift() ?? '').replace(/\([^()]*\)/g, '').trim();
  const params: (readonly [string, string])[] = [];
  for (const piece of pieces.slice(0, MAX_PARAMETERS)) {
    const equals = piece.indexOf('=');
    if (equals < 1) continue;
    const name = piece.slice(0, equals).trim().toLowerCase();
    params.push([name, unquote(piece.slice(equals + 1).trim())]);
  }
  return { value, params };
}

/** Splits at a character that is neither quoted nor escaped. */
export function splitOutsideQuotes(text: string, separator: string): string[] {
  const pieces: string[] = [];
  let quoted = false;
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === '\\' && quoted) at++;
    else if (char === '"') quoted = !quoted;
    else if (char === separator && !quoted) {
      pieces.push(text.slice(from, at));
      from = at + 1;
    }
  }
  pieces.push(text.slice(from));
  return pieces;
}

/** Takes the quotes and backslashes off a quoted string; anything else is returned as it is. */
export function unquote(text: string): string {
  if (!text.startsWith('"')) return withoutComment(text);
  const end = text.endsWith('"') && text.length > 1 ? -1 : undefined;
  return text.slice(1, end).replace(/\\(.)/g, '$1');
}

function withoutComment(text: string): string {
  const open = text.endsWith(')') ? text.lastIndexOf('(') : -1;
  return open === -1 ? text : text.slice(0, open).trimEnd();
}
