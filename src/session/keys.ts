import { createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { AppError } from '../base/errors';

const MIN_SECRET_BYTES = 32; // as strong as the AES-256 key derived from it
const NO_SALT = Buffer.alloc(0);

/** One server secret; `id` (1 to 255) is written with whatever it protects. */
export interface ServerKey {
  readonly id: number;
  readonly secret: Buffer;
}

/** The server's secrets: the first makes, all of them open. */
export interface KeyRing {
  readonly currentId: number;
  /** The secret of a key id; undefined once it has been retired. */
  secret(id: number): Buffer | undefined;
  readonly ids: readonly number[];
}

/** A key ring, newest key first; throws `config/invalid` for weak, missing or repeated keys. */
export function createKeyRing(keys: readonly ServerKey[]): KeyRing {
  const secrets = new Map(keys.map(({ id, secret }) => [id, Buffer.from(secret)]));
  const current = keys[0];
  const isUsable = keys.every(
    ({ id, secret }) =>
      Number.isInteger(id) && id >= 1 && id <= 255 && secret.length >= MIN_SECRET_BYTES,
  );
  if (!current || !isUsable || secrets.size !== keys.length) {
    throw new AppError('config/invalid', { details: { reason: 'server-keys' } });
  }
  return {
    currentId: current.id,
    secret: (id) => secrets.get(id),
    ids: keys.map(({ id }) => id),
  };
}

/** A 256-bit key for one purpose (RFC 5869): keys of different purposes tell nothing of another. */
export const deriveKey = (secret: Buffer, salt: Buffer, purpose: string): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, salt, purpose, 32));

/** The same of a key of the ring; of one that has been retired, a key that opens nothing. */
export const purposeKey = (keys: KeyRing, id: number, purpose: string): Buffer =>
  deriveKey(keys.secret(id) ?? randomBytes(MIN_SECRET_BYTES), NO_SALT, purpose);

/** Our mark of a text, under a key of the ring and for one purpose (HMAC-SHA-256). */
export const markOf = (
  keys: KeyRing,
  id: number,
  { purpose, text }: { readonly purpose: string; readonly text: string | Buffer },
): Buffer =>
  createHmac('sha256', purposeKey(keys, id, purpose))
    .update(text)
    .digest();
