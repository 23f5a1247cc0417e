import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { AppError } from '../../base/errors';
import { deriveKey, type KeyRing } from '../../session';

// Layout of what is sealed: key id (1) | salt (16) | nonce (12) | tag (16) | ciphertext.
const SALT_BYTES = 16;
const NONCE_BYTES = 12; // NIST SP 800-38D 5.2.1.1
const TAG_BYTES = 16;
const HEADER_BYTES = 1 + SALT_BYTES + NONCE_BYTES + TAG_BYTES;
/** A secret, or a page’s own state: what is larger is data, and belongs elsewhere. */
const MAX_CHARS = 16_000;

/** Secrets of one plugin, under a key that only it has. */
export interface PluginSeals {
  seal(text: string, boundTo: string): string;
  open(sealed: string, boundTo: string): string | undefined;
}

/**
 * AES-256-GCM under keys derived from the server’s by plugin: the database of a plugin alone tells
 * nothing, and what one plugin sealed no other opens. `boundTo` is authenticated, not hidden.
 */
export function pluginSeals(plugin: string, keys: KeyRing): PluginSeals {
  const keyOf = (id: number, salt: Buffer): Buffer | undefined => {
    const secret = keys.secret(id);
    return secret && deriveKey(secret, salt, `estafette plugin seal ${plugin}`);
  };
  const bound = (boundTo: string): Buffer => Buffer.from(`${plugin}\n${boundTo}`);
  return {
    seal(text, boundTo) {
      if (text.length > MAX_CHARS) throw refuse(plugin, 'too long to be sealed');
      const salt = randomBytes(SALT_BYTES);
      const nonce = randomBytes(NONCE_BYTES);
      const key = keyOf(keys.currentId, salt);
      if (!key) throw refuse(plugin, 'no key');
      const cipher = createCipheriv('aes-256-gcm', key, nonce);
      cipher.setAAD(bound(boundTo));
      const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      const header = [Buffer.from([keys.currentId]), salt, nonce, cipher.getAuthTag()];
      return Buffer.concat([...header, sealed]).toString('base64url');
    },
    open(sealed, boundTo) {
      const bytes = Buffer.from(sealed, 'base64url');
      if (bytes.length < HEADER_BYTES) return undefined;
      const salt = bytes.subarray(1, 1 + SALT_BYTES);
      const nonce = bytes.subarray(1 + SALT_BYTES, 1 + SALT_BYTES + NONCE_BYTES);
      const key = keyOf(bytes.readUInt8(0), salt);
      if (!key) return undefined; // retired since
      const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
      decipher.setAAD(bound(boundTo));
      decipher.setAuthTag(bytes.subarray(HEADER_BYTES - TAG_BYTES, HEADER_BYTES));
      try {
        const clear = [decipher.update(bytes.subarray(HEADER_BYTES)), decipher.final()];
        return Buffer.concat(clear).toString('utf8');
      } catch {
        return undefined; // altered, of another plugin, or bound to something else
      }
    },
  };
}

const refuse = (plugin: string, problem: string): AppError =>
  new AppError('request/forbidden', { details: { plugin, problem } });
