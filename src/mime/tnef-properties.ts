/** Properties of an attachment that matter here (MS-OXPROPS). */
export const PROPERTY = {
  dataObject: 0x3701,
  filename: 0x3704,
  longFilename: 0x3707,
  mimeTag: 0x370e,
  displayName: 0x3001,
} as const;
type PropertyId = (typeof PROPERTY)[keyof typeof PROPERTY];

const WANTED: ReadonlySet<number> = new Set(Object.values(PROPERTY));

/** No honest sender writes as many. */
const MAX_PROPERTIES = 2_000;
const MAX_VALUES = 10_000;

const MULTIPLE = 0x1000;
const STRING8 = 0x001e;
const UNICODE = 0x001f;
const OBJECT = 0x000d;
const BINARY = 0x0102;
const VARIABLE: ReadonlySet<number> = new Set([STRING8, UNICODE, OBJECT, BINARY]);

/** Bytes of values of fixed size, padded to four (MS-OXTNEF 2.1.3.4). */
const FIXED: Readonly<Record<number, number>> = {
  2: 4,
  3: 4,
  4: 4,
  5: 8,
  6: 8,
  7: 8,
  10: 4,
  11: 4,
  20: 8,
  64: 8,
  72: 16,
};

/** Property values as bytes; text is decoded by whoever knows the code page. */
export type Properties = ReadonlyMap<
  PropertyId,
  { readonly isUnicode: boolean; readonly bytes: Buffer }
>;

/**
 * Reads a list of MAPI properties (MS-OXTNEF 2.1.3.4). What is wrong ends it: what was read before
 * stays. Every step moves on and every length is checked against what is left.
 */
export function readProperties(data: Buffer): Properties {
  const found = new Map<PropertyId, { isUnicode: boolean; bytes: Buffer }>();
  try {
    const count = Math.min(data.readUInt32LE(0), MAX_PROPERTIES);
    let at = 4;
    for (let index = 0; index < count; index += 1) {
      const type = data.readUInt16LE(at);
      const id = data.readUInt16LE(at + 2);
      at += 4;
      // A named property: a GUID, then a number or a name.
      if (id >= 0x8000) at = behindName(data, at);
      const value = readValue(data, at, type);
      at = value.end;
      if (isWanted(id) && value.first) {
        found.set(id, { isUnicode: (type & ~MULTIPLE) === UNICODE, bytes: value.first });
      }
    }
  } catch (error) {
    // By name: an error of Node may come from another realm than this file.
    if (Object(error).name !== 'RangeError') throw error;
  }
  return found;
}

const isWanted = (id: number): id is PropertyId => WANTED.has(id);
const padded = (length: number): number => Math.ceil(length / 4) * 4;

function behindName(data: Buffer, at: number): number {
  const kind = data.readUInt32LE(at + 16);
  if (kind === 0) return at + 24;
  return at + 24 + padded(data.readUInt32LE(at + 20));
}

function readValue(
  data: Buffer,
  start: number,
  type: number,
): { readonly first: Buffer | undefined; readonly end: number } {
  const base = type & ~MULTIPLE;
  const isVariable = VARIABLE.has(base);
  let at = start;
  let count = 1;
  if (isVariable || (type & MULTIPLE) !== 0) {
    count = data.readUInt32LE(at);
    at += 4;
  }
  if (count > MAX_VALUES) throw new RangeError('values');
  if (!isVariable) {
    const size = FIXED[base];
    if (size === undefined) throw new RangeError('type');
    return { first: undefined, end: at + size * count };
  }
  let first: Buffer | undefined;
  for (let index = 0; index < count; index += 1) {
    const length = data.readUInt32LE(at);
    if (at + 4 + length > data.length) throw new RangeError('length');
    first ??= data.subarray(at + 4, at + 4 + length);
    at += 4 + padded(length);
  }
  return { first, end: at };
}
