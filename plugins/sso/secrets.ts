import { randomBytes, timingSafeEqual } from 'node:crypto';

/** 32 bytes, 43 characters: more than the 32 that providers ask for (OpenID Connect, ProConnect). */
export const randomWord = (): string => randomBytes(32).toString('base64url');

/** Whether two words are the same, in a time that does not tell where they differ. */
export function isSame(one: string | undefined, other: string | undefined): boolean {
  if (one === undefined || other === undefined || one === '') return false;
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
