import { newToken } from '../base/ids';

/** One answer as the library reads it: its lines, and the literals that they announce, in order. */
export interface RawAnswer {
  readonly payload: Buffer;
  readonly literals?: readonly Buffer[];
}

export interface TrimLimits {
  /** Bytes of a BODYSTRUCTURE (several hundred parts); a longer one is answered as NIL. */
  readonly structureBytes: number;
  /** Bytes of an ENVELOPE (several thousand recipients); addresses beyond are left out. */
  readonly envelopeBytes: number;
}

// imapflow parses about 2 MB/s, in the thread that answers everybody: 30 ms, and 120 ms.
const LIMITS: TrimLimits = { structureBytes: 64 * 1024, envelopeBytes: 256 * 1024 };

/**
 * Name of an entry in place of the addresses that were left out of a list: no sender can write it,
 * for it is another one in each process.
 */
export const ADDRESSES_CUT = `estafette-cut-${newToken(12)}`;

const SPACE = 0x20;
const QUOTE = 0x22;
const OPEN = 0x28;
const CLOSE = 0x29;
const SECTION_OPEN = 0x5b;
const BACKSLASH = 0x5c;
const SECTION_CLOSE = 0x5d;
const LITERAL = 0x7b;

/** Where an element ends, and how many literals it announces. */
interface Skipped {
  readonly end: number;
  readonly literals: number;
}

class Malformed extends Error {}

/**
 * Takes out of a FETCH answer what a hostile message made too long to be parsed: one linear pass
 * over its bytes, of long answers only. What is not understood passes as it came.
 */
export function trimFetch<T extends RawAnswer>(answer: T, limits: TrimLimits = LIMITS): T {
  const { payload } = answer;
  if (payload.length <= Math.min(limits.structureBytes, limits.envelopeBytes)) return answer;
  const head = /^\* \d+ FETCH \(/i.exec(payload.toString('latin1', 0, 40));
  if (!head) return answer;
  const writer = new Writer(answer);
  try {
    trimItems(writer, head[0].length, limits);
  } catch (error) {
    if (error instanceof Malformed) return answer;
    throw error;
  }
  return { ...answer, ...writer.finish() };
}

/** Copies an answer but for what is told to be left out. */
class Writer {
  readonly bytes: Buffer;
  readonly #pieces: Buffer[] = [];
  readonly #literals: readonly Buffer[];
  readonly #kept: Buffer[] = [];
  #copied = 0;
  #literal = 0;

  constructor({ payload, literals }: RawAnswer) {
    this.bytes = payload;
    this.#literals = literals ?? [];
  }

  keep({ literals }: Skipped): void {
    this.#kept.push(...this.#literals.slice(this.#literal, this.#literal + literals));
    this.#literal += literals;
  }

  replace(start: number, { end, literals }: Skipped, by: string): void {
    this.#pieces.push(this.bytes.subarray(this.#copied, start), Buffer.from(by, 'latin1'));
    this.#copied = end;
    this.#literal += literals;
  }

  finish(): RawAnswer {
    this.#pieces.push(this.bytes.subarray(this.#copied));
    this.#kept.push(...this.#literals.slice(this.#literal));
    return { payload: Buffer.concat(this.#pieces), literals: this.#kept };
  }
}

/** The items of a FETCH answer: names, each with a value. */
function trimItems(writer: Writer, start: number, limits: TrimLimits): void {
  const { bytes } = writer;
  for (let at = start; bytes[at] !== CLOSE; ) {
    const name = skipElement(bytes, at);
    writer.keep(name);
    const value = name.end + 1;
    const skipped = skipElement(bytes, value);
    const length = skipped.end - value;
    const item = bytes.toString('latin1', at, Math.min(name.end, at + 20)).toUpperCase();
    if (item === 'BODYSTRUCTURE' && length > limits.structureBytes) {
      writer.replace(value, skipped, 'NIL');
    } else if (item === 'ENVELOPE' && length > limits.envelopeBytes) {
      trimEnvelope(writer, value, limits.envelopeBytes);
    } else writer.keep(skipped);
    at = afterSpace(bytes, skipped.end);
  }
}

/** Its lists of addresses, cut once `budget` bytes are spent on all of them. */
function trimEnvelope(writer: Writer, start: number, budget: number): void {
  const { bytes } = writer;
  let left = budget;
  for (let at = start + 1; bytes[at] !== CLOSE; ) {
    const field = skipElement(bytes, at);
    if (bytes[at] !== OPEN) writer.keep(field);
    else left = trimAddresses(writer, at, left);
    at = afterSpace(bytes, field.end);
  }
}

function trimAddresses(writer: Writer, start: number, budget: number): number {
  const { bytes } = writer;
  let left = budget;
  let isCut = false;
  for (let at = start + 1; bytes[at] !== CLOSE; ) {
    const address = skipElement(bytes, at);
    left -= address.end - at;
    // The first stays whatever its length: an empty list is no IMAP.
    if (left > 0 || at === start + 1) writer.keep(address);
    else {
      writer.replace(at, address, isCut ? '' : `("${ADDRESSES_CUT}" NIL NIL NIL)`);
      isCut = true;
    }
    at = afterSpace(bytes, address.end);
  }
  return left;
}

const afterSpace = (bytes: Buffer, at: number): number => (bytes[at] === SPACE ? at + 1 : at);

/** Passes over the list, string, literal mark or atom at `at`. */
function skipElement(bytes: Buffer, at: number): Skipped {
  let depth = 0;
  let literals = 0;
  for (let i = at; i < bytes.length; ) {
    const byte = bytes[i];
    if (depth === 0 && i > at && (byte === SPACE || byte === CLOSE)) return { end: i, literals };
    if (byte === OPEN || byte === SECTION_OPEN) depth++;
    if (byte === CLOSE || byte === SECTION_CLOSE) depth--;
    if (byte === QUOTE) i = afterQuoted(bytes, i);
    else if (byte === LITERAL) {
      i = afterLiteralMark(bytes, i);
      literals++;
    } else i++;
    if (depth === 0 && bytes[at] === OPEN) return { end: i, literals };
  }
  throw new Malformed();
}

function afterQuoted(bytes: Buffer, start: number): number {
  for (let i = start + 1; i < bytes.length; i++) {
    if (bytes[i] === BACKSLASH) i++;
    else if (bytes[i] === QUOTE) return i + 1;
  }
  throw new Malformed();
}

function afterLiteralMark(bytes: Buffer, start: number): number {
  const mark = /^\{\d+\+?\}\r?\n/.exec(bytes.toString('latin1', start, start + 30));
  if (!mark) throw new Malformed();
  return start + mark[0].length;
}
