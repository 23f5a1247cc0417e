import { Buffer } from 'node:buffer';

const VALUES = new Int8Array(256).fill(-1);
for (const [value, char] of [
  ...Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'),
].entries()) {
  VALUES[char] = value;
}
// base64url letters appear in mail written by web programs.
VALUES['-'.charCodeAt(0)] = 62;
VALUES['_'.charCodeAt(0)] = 63;

const PAD = 0x3d;

/** Base64 that skips foreign characters and goes on after padding in the middle (joined parts). */
export class Base64Decoder {
  private bits = 0;
  private count = 0;

  push(chunk: Buffer): Buffer {
    const out = Buffer.allocUnsafe(Math.ceil((chunk.length * 3) / 4) + 3);
    let length = 0;
    for (let index = 0; index < chunk.length; index++) {
      const byte = chunk[index] ?? 0;
      const value = VALUES[byte] ?? -1;
      if (value < 0) {
        if (byte === PAD) length = this.flush(out, length);
        continue;
      }
      this.bits = (this.bits << 6) | value;
      this.count++;
      if (this.count < 4) continue;
      out[length++] = (this.bits >> 16) & 0xff;
      out[length++] = (this.bits >> 8) & 0xff;
      out[length++] = this.bits & 0xff;
      this.bits = 0;
      this.count = 0;
    }
    return out.subarray(0, length);
  }

  end(): Buffer {
    const out = Buffer.allocUnsafe(2);
    return out.subarray(0, this.flush(out, 0));
  }

  /** Writes what an incomplete group of two or three letters holds. */
  private flush(out: Buffer, at: number): number {
    let length = at;
    if (this.count === 2) out[length++] = (this.bits >> 4) & 0xff;
    if (this.count === 3) {
      out[length++] = (this.bits >> 10) & 0xff;
      out[length++] = (this.bits >> 2) & 0xff;
    }
    this.bits = 0;
    this.count = 0;
    return length;
  }
}
