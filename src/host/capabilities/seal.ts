import { randomBytes } from 'node:crypto';
import { openText, sealText } from '../../base/aead';
import { AppError } from '../../base/errors';
import { deriveKey, type KeyRing } from '../../session';

// Layout of what is sealed: key id (1) | salt (16) | what `sealText` makes.
const SALT_BYTES = 16;
const HEADER_BYTES = 1 + SALT_BYTES;
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
  const bound = (boundTo: string): string => `${plugin}\n${boundTo}`;
  return {
    seal(text, boundTo) {
      if (text.length > MAX_CHARS) throw refuse(plugin, 'too long to be sealed');
      const salt = randomBytes(SALT_BYTES);
      const key = keyOf(keys.currentId, salt);
      if (!key) throw refuse(plugin, 'no key');
      const sealed = sealText(key, text, { boundTo: bound(boundTo) });
      return Buffer.concat([Buffer.from([keys.currentId]), salt, sealed]).toString('base64url');
    },
    open(sealed, boundTo) {
      const bytes = Buffer.from(sealed, 'base64url');
      if (bytes.length < HEADER_BYTES) return undefined;
      const key = keyOf(bytes.readUInt8(0), bytes.subarray(1, HEADER_BYTES));
      if (!key) return undefined; // retired since
      try {
        return openText(key, bytes.subarray(HEADER_BYTES), bound(boundTo));
      } catch {
        return undefined; // altered, of another plugin, or bound to something else
      }
    },
  };
}

const refuse = (plugin: string, problem: string): AppError =>
  new AppError('request/forbidden', { details: { plugin, problem } });
