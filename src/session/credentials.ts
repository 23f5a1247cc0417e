import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { openText, sealText } from '../base/aead';
import { AppError } from '../base/errors';
import type { SessionId, UserId } from '../base/types';
import { deriveKey, type KeyRing } from './keys';
import type { SessionSecret } from './types';

// Layout of a sealed secret: key id (1) | salt (16) | what `sealText` makes.
const SALT_BYTES = 16;
const HEADER_BYTES = 1 + SALT_BYTES;
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
  const key = sealKey(keys, keys.currentId, salt, context);
  const clear = padded(JSON.stringify(secretShape.parse(secret)));
  const sealed = sealText(key, clear, { boundTo: boundTo(context) });
  return Buffer.concat([Buffer.from([keys.currentId]), salt, sealed]).toString('base64');
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
const padded = (json: string): string =>
  json + ' '.repeat((PAD_TO - (Buffer.byteLength(json) % PAD_TO)) % PAD_TO);

function decrypt(keys: KeyRing, context: SealContext, sealed: string): string {
  const bytes = Buffer.from(sealed, 'base64');
  if (bytes.length <= HEADER_BYTES) throw new Error('too short');
  const key = sealKey(keys, bytes.readUInt8(0), bytes.subarray(1, HEADER_BYTES), context);
  return openText(key, bytes.subarray(HEADER_BYTES), boundTo(context));
}

function sealKey(keys: KeyRing, id: number, salt: Buffer, { half, userId }: SealContext): Buffer {
  const secret = keys.secret(id);
  if (!secret) throw new Error('retired key');
  const both = Buffer.concat([secret, Buffer.from(half, 'base64url')]);
  return deriveKey(both, salt, `estafette mail credential ${userId}`);
}

const boundTo = ({ sessionId, userId }: SealContext): string => `${sessionId}:${userId}`;
