import { Buffer } from 'node:buffer';

const LF = 0x0a;

/** A uuencoded line holds at most 45 octets in 61 characters; anything much longer is not one. */
const MAX_LINE_BYTES = 4096;

/** uuencode: lines between `begin` and `end`; lines that are not decodable are skipped. */
export class UuDecoder {
  private held: Buffer = Buffer.alloc(0);
  private isDone = false;

  push(chunk: Buffer): Buffer {
    const data = this.held.length > 0 ? Buffer.concat([this.held, chunk]) : chunk;
    const cut = data.lastIndexOf(LF) + 1;
    const rest = data.subarray(cut);
    this.held = Buffer.from(rest.length > MAX_LINE_BYTES ? rest.subarray(0, 0) : rest);
    return this.decode(data.subarray(0, cut));
  }

  end(): Buffer {
    const rest = this.held;
    this.held = Buffer.alloc(0);
    return this.decode(rest);
  }

  private decode(data: Buffer): Buffer {
    const pieces: Buffer[] = [];
    for (const line of data.toString('latin1').split('\n')) {
      if (this.isDone) break;
      const text = line.replace(/\r$/, '');
      if (/^begin(-base64)? [0-7]{3,4} /.test(text) || text === '') continue;
      if (text === 'end') this.isDone = true;
      else pieces.push(decodeLine(text));
    }
    return Buffer.concat(pieces);
  }
}

function decodeLine(text: string): Buffer {
  const value = (at: number): number => ((text.charCodeAt(at) || 0x20) - 0x20) & 0x3f;
  const length = value(0);
  const out = Buffer.alloc(Math.ceil(length / 3) * 3);
  for (let group = 0; group * 3 < length; group++) {
    const at = 1 + group * 4;
    const bits = (value(at) << 18) | (value(at + 1) << 12) | (value(at + 2) << 6) | value(at + 3);
    out[group * 3] = (bits >> 16) & 0xff;
    out[group * 3 + 1] = (bits >> 8) & 0xff;
    out[group * 3 + 2] = bits & 0xff;
  }
  return out.subarray(0, length);
}
