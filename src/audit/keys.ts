import { createHmac, hkdfSync } from 'node:crypto';
import { AppError } from '../base/errors';

const MIN_SECRET_BYTES = 32;
const NO_SALT = Buffer.alloc(0);
const NAME_CHARS = 16;

const derived = (secret: Buffer, purpose: string): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, NO_SALT, purpose, 32));

/** Keys of the chain, by the name that lines give them. */
export interface AuditKeys {
  /** Name of the key that seals new lines. */
  readonly currentId: string;
  /** HMAC-SHA-256 in hexadecimal; `undefined` for a key that is not known here. */
  mac(keyId: string, text: string): string | undefined;
  /** A word that stands for a text that may be a secret: the same text gives the same word. */
  pseudonym(text: string): string;
}

/**
 * Keys derived from the server's secrets (RFC 5869), the current one first, those before it to
 * verify alone. A key is named after itself: the same secret has the same name in every process, and
 * another secret never has it.
 */
export function createAuditKeys(secrets: readonly Buffer[]): AuditKeys {
  const named = secrets.map((secret) => {
    if (secret.length < MIN_SECRET_BYTES) {
      throw new AppError('config/invalid', { details: { reason: 'audit-keys' } });
    }
    const id = derived(secret, 'estafette audit key name').toString('hex').slice(0, NAME_CHARS);
    return { id, key: derived(secret, 'estafette audit chain'), secret };
  });
  const [current] = named;
  if (!current) throw new AppError('config/invalid', { details: { reason: 'audit-keys' } });
  const keys = new Map(named.map(({ id, key }) => [id, key]));
  const names = derived(current.secret, 'estafette audit pseudonyms');

  return {
    currentId: current.id,
    mac(keyId, text) {
      const key = keys.get(keyId);
      return key && createHmac('sha256', key).update(text, 'utf8').digest('hex');
    },
    pseudonym: (text) =>
      createHmac('sha256', names).update(text, 'utf8').digest('hex').slice(0, 16),
  };
}
