import { CardError } from './errors';

/** One property of a card, and exactly how it stands there. */
export interface ContentLine {
  /** With its folds and line breaks: what is written back when nothing changes it. */
  readonly raw: string;
  /** 1 for the first of the text. */
  readonly line: number;
  /** `item1` of `item1.EMAIL`, as written; `''` for none. */
  readonly group: string;
  /** Upper case. */
  readonly name: string;
  /** By upper-case name; words without a name (vCard 2.1) stand under `TYPE`, encodings and charsets under theirs. */
  readonly params: ReadonlyMap<string, readonly string[]>;
  /** Unfolded, still escaped and encoded. */
  readonly value: string;
}

const LINES_MAX = 20_000;
const PARAM_VALUES = 100; // as arguments of one call
/** Of a line; what is beyond stays in the card, and is nobody's type or language. */
const PARAMS_CHARS = 4_000;
const LINE = /[^\r\n]*(?:\r\n|\n|\r|$)/y;
const HEAD = /^(?:([A-Za-z0-9-]+)\.)?([A-Za-z0-9-]+)((?:;(?:[^":;]|"[^"]*")*)*):/;
const BARE_ENCODINGS = ['QUOTED-PRINTABLE', 'BASE64', 'B', '7BIT', '8BIT'];

function bodyOf(raw: string): string {
  let end = raw.length;
  while (end > 0 && (raw[end - 1] === '\n' || raw[end - 1] === '\r')) end -= 1;
  return raw.slice(0, end);
}

/**
 * The properties of a text, in order, `BEGIN` and `END` among them (RFC 6350 3.3). Lines that a card
 * of version 2.1 folds its own ways are put together too: quoted-printable by `=` at their end,
 * base64 up to an empty line. Throws {@link CardError} for a line that is no property.
 */
export function readLines(text: string): readonly ContentLine[] {
  const found: ContentLine[] = [];
  const physical = physicalLines(text);
  for (let at = 0; at < physical.length; ) {
    const first = physical[at] as string;
    if (bodyOf(first).trim() === '') {
      at += 1;
      continue;
    }
    const end = endOfProperty(physical, at);
    const parts = physical.slice(at, end);
    found.push(readLine(parts, at + 1));
    at = end;
  }
  return found;
}

function physicalLines(text: string): readonly string[] {
  const lines: string[] = [];
  LINE.lastIndex = 0;
  while (LINE.lastIndex < text.length) {
    if (lines.length === LINES_MAX) throw new CardError('too-many-lines', LINES_MAX);
    lines.push((LINE.exec(text) as RegExpExecArray)[0]);
  }
  return lines;
}

/** The index after the last line of the property that begins at an index. */
function endOfProperty(lines: readonly string[], start: number): number {
  // What it says of itself is seldom asked.
  let params: string | undefined;
  const says = (what: RegExp): boolean => {
    params ??= HEAD.exec(bodyOf(lines[start] as string))?.[3]?.toUpperCase() ?? '';
    return what.test(params);
  };
  let at = start + 1;
  for (; at < lines.length; at += 1) {
    const line = lines[at] as string;
    if (/^[ \t]/.test(line)) continue;
    const isSoft = bodyOf(lines[at - 1] as string).endsWith('=') && says(/QUOTED-PRINTABLE/);
    if (isSoft) continue;
    // Some programs break base64 without the space that tells of it.
    const isRest = /^[A-Za-z0-9+/]+={0,2}$/.test(bodyOf(line)) && says(/[;=](?:BASE64|B)(?:;|$)/);
    if (!isRest) break;
  }
  return at;
}

function readLine(parts: readonly string[], line: number): ContentLine {
  const [first = '', ...rest] = parts.map(bodyOf);
  const head = HEAD.exec(first);
  const params = head ? readParams(head[3] ?? '') : new Map<string, string[]>();
  const isQuoted = params.get('ENCODING')?.[0]?.toUpperCase() === 'QUOTED-PRINTABLE';
  const unfolded = joined(first, rest, isQuoted);
  const whole = rest.length === 0 ? head : HEAD.exec(unfolded);
  if (!whole) throw new CardError('no-colon', line);
  const [all, group = '', name = '', written = ''] = whole;
  return {
    raw: parts.join(''),
    line,
    group,
    name: name.toUpperCase(),
    params: whole === head ? params : readParams(written),
    value: unfolded.slice(all.length),
  };
}

/** Put together once: a text that grows part by part is copied as often as it has parts. */
function joined(first: string, rest: readonly string[], isQuoted: boolean): string {
  const parts = [first];
  for (const part of rest) {
    const last = parts.at(-1) as string;
    if (isQuoted && last.endsWith('=')) {
      parts[parts.length - 1] = last.slice(0, -1);
      parts.push(part);
    } else parts.push(/^[ \t]/.test(part) ? part.slice(1) : part);
  }
  return parts.join('');
}

/** Parameters by name; what follows a `=` may be a list, quoted or not. */
function readParams(text: string): Map<string, string[]> {
  const params = new Map<string, string[]>();
  const shown = text.slice(0, PARAMS_CHARS);
  for (const [, name = '', , value] of shown.matchAll(
    /;([A-Za-z0-9-]*)(=((?:[^";]|"[^"]*")*))?/g,
  )) {
    if (name === '' && value === undefined) continue;
    const isBare = value === undefined;
    const bareName = BARE_ENCODINGS.includes(name.toUpperCase()) ? 'ENCODING' : 'TYPE';
    const key = isBare ? bareName : name.toUpperCase();
    const values = isBare ? [name] : [...value.matchAll(/"([^"]*)"|([^",]+)/g)].map(paramValue);
    const known = params.get(key);
    if (known) known.push(...values.slice(0, PARAM_VALUES));
    else params.set(key, values);
  }
  return params;
}

/** RFC 6868: `^n`, `^^` and `^'`. */
const paramValue = ([, quoted, plain]: RegExpMatchArray): string =>
  (quoted ?? plain ?? '').replace(/\^([n^'])/g, (_, char: string) =>
    char === 'n' ? '\n' : char === "'" ? '"' : '^',
  );
