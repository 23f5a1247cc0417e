import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { AppError } from '../base/errors';
import type { SessionId, UserId } from '../base/types';
import { deriveKey, type KeyRing } from './keys';
import type { SessionSecret } from './types';

// Layout of a sealed secret: key id (1) | salt (16) | nonce (12) | tag (16) | ciphertext.
const SALT_BYTES = 16;
const NONCE_BYTES = 12; // NIST SP 800-38D 5.2.1.1
const TAG_BYTES = 16;
const HEADER_BYTES = 1 + SALT_BYTES + NONCE_BYTES + TAG_BYTES;
const PAD_TO = 128; // bytes of clear text: the length of a password does not show

const secretShape = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('password'), username: z.string(), password: z.string() }),
  z.object({
    kind: z.literal('external'),
    username: z.string(),
    plugin: z.string(),
    method: z.string(),
    tokens: z
      .object({
        access: z.string(),
        refresh: z.string().exactOptional(),
        expiresAt: z.string().exactOptional(),
      })
      .exactOptional(),
    leaving: z.record(z.string(), z.string()).exactOptional(),
  }),
]);
// Rows of sessions that were open before there was another kind.
const formerShape = z
  .strictObject({ username: z.string(), password: z.string() })
  .transform((fields) => ({ kind: 'password' as const, ...fields }));
const storedShape = z.union([secretShape, formerShape]);

/** What a sealed secret is bound to: another session's or user's row cannot be put in its place. */
export interface SealContext {
  readonly sessionId: SessionId;
  readonly userId: UserId;
  /** The half that only the cookie holds. */
  readonly half: string;
}

/** Seals a secret (base64); neither the database nor the cookie alone opens it. */
export function sealSecret(keys: KeyRing, context: SealContext, secret: SessionSecret): string {
  const salt = randomBytes(SALT_BYTES);
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', sealKey(keys, keys.currentId, salt, context), nonce);
  cipher.setAAD(boundTo(context));
  const clear = padded(Buffer.from(JSON.stringify(secretShape.parse(secret))));
  const sealed = Buffer.concat([cipher.update(clear), cipher.final()]);
  const header = [Buffer.from([keys.currentId]), salt, nonce, cipher.getAuthTag()];
  return Buffer.concat([...header, sealed]).toString('base64');
}

/** Opens what {@link sealSecret} made; throws `session/frozen` when it cannot be opened. */
export function openSecret(
  keys: KeyRing,
  context: SealContext,
  sealed: string | undefined,
): SessionSecret {
  try {
    return storedShape.parse(JSON.parse(decrypt(keys, context, sealed ?? '')));
  } catch {
    // Without its cause: errors of JSON and zod quote the text that they were given.
    throw new AppError('session/frozen', { details: { reason: 'credential-unreadable' } });
  }
}

/** JSON followed by spaces, which its parser ignores. */
const padded = (json: Buffer): Buffer =>
  Buffer.concat([json, Buffer.alloc((PAD_TO - (json.length % PAD_TO)) % PAD_TO, ' ')]);

function decrypt(keys: KeyRing, context: SealContext, sealed: string): string {
  const bytes = Buffer.from(sealed, 'base64');
  if (bytes.length <= HEADER_BYTES) throw new Error('too short');
  const salt = bytes.subarray(1, 1 + SALT_BYTES);
  const nonce = bytes.subarray(1 + SALT_BYTES, 1 + SALT_BYTES + NONCE_BYTES);
  const tag = bytes.subarray(HEADER_BYTES - TAG_BYTES, HEADER_BYTES);
  const key = sealKey(keys, bytes.readUInt8(0), salt, context);
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(boundTo(context));
  decipher.setAuthTag(tag);
  const clear = [decipher.update(bytes.subarray(HEADER_BYTES)), decipher.final()];
  return Buffer.concat(clear).toString('utf8');
}

function sealKey(keys: KeyRing, id: number, salt: Buffer, { half, userId }: SealContext): Buffer {
  const secret = keys.secret(id);
  if (!secret) throw new Error('retired key');
  const both = Buffer.concat([secret, Buffer.from(half, 'base64url')]);
  return deriveKey(both, salt, `estafette mail credential ${userId}`);
}

const boundTo = ({ sessionId, userId }: SealContext) => Buffer.from(`${sessionId}:${userId}`);
