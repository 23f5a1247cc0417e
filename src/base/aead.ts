import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** AES-256-GCM (NIST SP 800-38D). Layout of what is sealed: nonce (12) | tag (16) | ciphertext. */
const CIPHER = 'aes-256-gcm';
export const NONCE_BYTES = 12; // 5.2.1.1
const TAG_BYTES = 16;
const START = NONCE_BYTES + TAG_BYTES;

export interface SealOptions {
  /** Authenticated, not hidden: what is sealed opens with the same alone. */
  readonly boundTo?: string;
  /** Under one key, never the same for two texts; random unless told. */
  readonly nonce?: Buffer;
}

/** Seals a text under a key of 32 bytes. */
export function sealText(
  key: Buffer,
  text: string,
  { boundTo = '', nonce = randomBytes(NONCE_BYTES) }: SealOptions = {},
): Buffer {
  const cipher = createCipheriv(CIPHER, key, nonce);
  cipher.setAAD(Buffer.from(boundTo));
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
}

/** Opens what {@link sealText} made; throws for anything else. */
export function openText(key: Buffer, sealed: Buffer, boundTo = ''): string {
  const nonce = sealed.subarray(0, NONCE_BYTES);
  const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(boundTo));
  decipher.setAuthTag(sealed.subarray(NONCE_BYTES, START));
  const clear = [decipher.update(sealed.subarray(START)), decipher.final()];
  return Buffer.concat(clear).toString('utf8');
}
