import { Buffer } from 'node:buffer';

const LF = 0x0a;
const CR = 0x0d;
const EQUALS = 0x3d;

/** Lines are held back until complete; RFC 2045 says 76 octets, hostile mail says otherwise. */
const MAX_HELD_BYTES = 64 * 1024;

const isBlank = (byte: number | undefined): boolean => byte === 0x20 || byte === 0x09;

/** Quoted-printable (RFC 2045 6.7); a `=` that starts nothing valid stays as it is. */
export class QuotedPrintableDecoder {
  private held: Buffer = Buffer.alloc(0);

  push(chunk: Buffer): Buffer {
    const data = this.held.length > 0 ? Buffer.concat([this.held, chunk]) : chunk;
    const cut = this.cutAt(data);
    this.held = Buffer.from(data.subarray(cut));
    return decodeLines(data.subarray(0, cut));
  }

  end(): Buffer {
    const rest = this.held;
    this.held = Buffer.alloc(0);
    return decodeLines(rest, true);
  }

  /** Up to where nothing later can change the meaning: after a line end, or mid-text if too long. */
  private cutAt(data: Buffer): number {
    const lineEnd = data.lastIndexOf(LF) + 1;
    if (data.length - lineEnd <= MAX_HELD_BYTES) return lineEnd;
    const lastEscape = data.lastIndexOf(EQUALS);
    let cut = lastEscape >= data.length - 2 ? lastEscape : data.length;
    while (cut > lineEnd && isBlank(data[cut - 1])) cut--;
    // Nothing but blanks: no line of text, so it does not matter where it is cut.
    if (cut <= lineEnd) return data.length;
    return cut;
  }
}

function decodeLines(data: Buffer, isEnd = false): Buffer {
  const out = Buffer.allocUnsafe(data.length);
  let length = 0;
  let at = 0;
  while (at < data.length) {
    const newline = data.indexOf(LF, at);
    const next = newline < 0 ? data.length : newline + 1;
    length = decodeLine(data, at, next, { out, length, isCut: newline < 0 && !isEnd });
    at = next;
  }
  return out.subarray(0, length);
}

function decodeLine(
  data: Buffer,
  from: number,
  next: number,
  state: { out: Buffer; length: number; isCut: boolean },
): number {
  const { out } = state;
  let { length } = state;
  let end = next;
  if (data[end - 1] === LF && end > from) end--;
  if (data[end - 1] === CR && end > from) end--;
  const breakFrom = end;
  // Blanks before a line end were added in transport (rule 3).
  if (!state.isCut) while (end > from && isBlank(data[end - 1])) end--;
  const isSoft = !state.isCut && end > from && data[end - 1] === EQUALS;
  if (isSoft) end--;
  for (let index = from; index < end; index++) {
    const byte = data[index] ?? 0;
    const value = byte === EQUALS && index + 2 < end ? hexPair(data, index + 1) : -1;
    out[length++] = value < 0 ? byte : value;
    if (value >= 0) index += 2;
  }
  if (!isSoft) for (let index = breakFrom; index < next; index++) out[length++] = data[index] ?? 0;
  return length;
}

function hexPair(data: Buffer, at: number): number {
  const high = hexDigit(data[at] ?? 0);
  const low = hexDigit(data[at + 1] ?? 0);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
