const MAX_LOGIN_CHARS = 256; // an address is at most 254 (RFC 5321 4.5.3.1.3)
const MAX_PASSWORD_BYTES = 1_024; // far beyond any password; hashing megabytes is an attack
const CONTROL = /\p{Cc}/u;

export interface LoginInput {
  readonly login: string;
  readonly password: string;
}

/**
 * The one form of a typed login: what limits and the lock count by, what our tables and the directory
 * are asked for, what the log takes two spellings for one by. NFKC, because directories fold widths
 * and ligatures too (RFC 4518 2.3): each spelling would be guessed at anew.
 */
export const canonicalLogin = (typed: string): string =>
  typed.normalize('NFKC').toLowerCase().normalize('NFKC').trim();

/**
 * The form of a login that a provider vouches for: its case alone says nothing. Letters of another
 * width are other letters there, and perhaps another person's.
 */
export const claimedLogin = (claimed: string): string =>
  claimed.normalize('NFC').trim().toLowerCase();

/**
 * What a person typed, ready for a directory; undefined when no directory is to be asked. An empty
 * password is an anonymous bind to LDAP, which succeeds for everybody (RFC 4513 5.1.2).
 */
export function usableLogin(login: string, password: string): LoginInput | undefined {
  const name = canonicalLogin(login);
  if (name === '' || name.length > MAX_LOGIN_CHARS || CONTROL.test(name)) return undefined;
  if (password === '' || Buffer.byteLength(password) > MAX_PASSWORD_BYTES) return undefined;
  if (password.includes('\0')) return undefined; // C libraries stop reading there
  return { login: name, password };
}
