import { createHash } from 'node:crypto';

/** The same for the same words (version 8, RFC 9562 5.8). */
export function uuidOf(...words: readonly (string | Buffer)[]): string {
  const hash = createHash('sha256');
  for (const word of words) hash.update(word);
  const hex = hash.digest('hex');
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ];
  return parts.join('-');
}
