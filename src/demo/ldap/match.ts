import type { Filter } from 'ldapjs';

/** One entry: attribute names as written, values as lists; pictures are bytes. */
export interface DirectoryEntry {
  readonly dn: string;
  readonly attributes: Readonly<Record<string, readonly (string | Buffer)[]>>;
}

/** An entry with its attributes under lower-case names, values folded, ready to be searched. */
export interface IndexedEntry {
  readonly entry: DirectoryEntry;
  readonly dn: string;
  readonly folded: ReadonlyMap<string, readonly string[]>;
}

const fold = (text: string): string => text.normalize('NFC').trim().toLowerCase();

/** A value of a filter: ldapjs gives accents as it writes them (RFC 4515 3), `\c3\a9`. */
const foldWanted = (text: string): string =>
  fold(
    text.replace(/(?:\\[0-9a-f]{2})+/gi, (bytes) =>
      Buffer.from(bytes.replaceAll('\\', ''), 'hex').toString(),
    ),
  );

/** Bytes are there, and compared with nothing. */
const foldValue = (value: string | Buffer): string =>
  typeof value === 'string' ? fold(value) : value.toString('base64');

/** Lower case, no space around commas and equal signs: enough for the names of the demo. */
export const normalizeDn = (dn: string): string => fold(dn).replace(/\s*([,=])\s*/g, '$1');

export function indexEntry(entry: DirectoryEntry): IndexedEntry {
  const folded = Object.entries(entry.attributes).map(
    ([name, values]) => [name.toLowerCase(), values.map(foldValue)] as const,
  );
  return { entry, dn: normalizeDn(entry.dn), folded: new Map(folded) };
}

/** What ldapjs filters hold; its own `matches` compares names and values case-sensitively. */
interface FilterShape {
  readonly type: string;
  readonly attribute?: string;
  readonly value?: string;
  readonly filters?: readonly Filter[];
  readonly filter?: Filter;
  /** The pieces of a substring filter; ldapjs names them in two ways. */
  readonly json?: SubstringShape;
}

interface SubstringShape {
  readonly initial?: string;
  readonly any?: readonly string[];
  readonly final?: string;
  readonly subInitial?: string;
  readonly subAny?: readonly string[];
  readonly subFinal?: string;
}

/** RFC 4511 4.5.1.7 with caseIgnoreMatch everywhere, as the usual schemas have it. */
export function matchesFilter(entry: IndexedEntry, filter: Filter): boolean {
  // The published types of ldapjs tell only `type` and `matches`.
  const shape = filter as unknown as FilterShape;
  const filters = shape.filters ?? (shape.filter ? [shape.filter] : []);
  switch (shape.type) {
    case 'AndFilter':
      return filters.every((one) => matchesFilter(entry, one));
    case 'OrFilter':
      return filters.some((one) => matchesFilter(entry, one));
    case 'NotFilter':
      return !filters.some((one) => matchesFilter(entry, one));
    default:
      return matchesValue(entry.folded.get((shape.attribute ?? '').toLowerCase()), shape);
  }
}

function matchesValue(values: readonly string[] | undefined, shape: FilterShape): boolean {
  if (!values) return shape.type === 'PresenceFilter' && shape.attribute?.toLowerCase() === 'dn';
  const wanted = foldWanted(shape.value ?? '');
  switch (shape.type) {
    case 'PresenceFilter':
      return true;
    case 'EqualityFilter':
    case 'ApproximateFilter':
      return values.includes(wanted);
    case 'GreaterThanEqualsFilter':
      return values.some((value) => value >= wanted);
    case 'LessThanEqualsFilter':
      return values.some((value) => value <= wanted);
    case 'SubstringFilter':
      return values.some((value) => matchesSubstring(value, shape.json ?? {}));
    default:
      return false;
  }
}

function matchesSubstring(value: string, pieces: SubstringShape): boolean {
  const initial = foldWanted(pieces.initial ?? pieces.subInitial ?? '');
  const final = foldWanted(pieces.final ?? pieces.subFinal ?? '');
  if (!value.startsWith(initial)) return false;
  let at = initial.length;
  for (const any of pieces.any ?? pieces.subAny ?? []) {
    const piece = foldWanted(any);
    const found = value.indexOf(piece, at);
    if (found === -1) return false;
    at = found + piece.length;
  }
  return value.length - final.length >= at && value.endsWith(final);
}
