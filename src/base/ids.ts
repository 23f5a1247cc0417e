import { createHash, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';

// Crockford's alphabet: no I, L, O, U, so that a reference can be read over the telephone.
const READABLE = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** A request reference a person can dictate to support: `7K4Q-92MD-XT`. */
export function newRequestId(): string {
  const pick = () => READABLE[randomInt(READABLE.length)] ?? '0';
  const chars = Array.from({ length: 10 }, pick).join('');
  return `${chars.slice(0, 4)}-${chars.slice(4, 8)}-${chars.slice(8)}`;
}

/** `bytes` of randomness (32 by default: 256 bits) as base64url. */
export const newToken = (bytes = 32): string => randomBytes(bytes).toString('base64url');

/** SHA-256 as hex: how bearer values are stored. */
export const sha256 = (value: string | Buffer): string =>
  createHash('sha256').update(value).digest('hex');

/** Compares two secrets in constant time whatever their lengths. */
export function sameSecret(a: string, b: string): boolean {
  return timingSafeEqual(Buffer.from(sha256(a), 'hex'), Buffer.from(sha256(b), 'hex'));
}
