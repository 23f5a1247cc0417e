import { Buffer } from 'node:buffer';

/**
 * UTF-7 (RFC 2152) to text. Old Exchange gateways still send it; broken runs are kept as they
 * came rather than lost.
 */
export function decodeUtf7(ascii: string): string {
  return ascii.replace(/\+([A-Za-z0-9+/]*)(-?)/g, (whole: string, run: string, end: string) => {
    if (run === '') return end === '-' ? '+' : whole;
    const bytes = Buffer.from(run, 'base64');
    const even = bytes.length - (bytes.length % 2);
    if (even === 0) return whole;
    return Buffer.from(bytes.subarray(0, even)).swap16().toString('utf16le');
  });
}
