const MAX_LOGIN_CHARS = 256; // an address is at most 254 (RFC 5321 4.5.3.1.3)
const MAX_PASSWORD_BYTES = 1_024; // far beyond any password; hashing megabytes is an attack
const CONTROL = /\p{Cc}/u;

export interface LoginInput {
  readonly login: string;
  readonly password: string;
}

/**
 * What a person typed, ready for a directory; undefined when no directory is to be asked. An empty
 * password is an anonymous bind to LDAP, which succeeds for everybody (RFC 4513 5.1.2).
 */
export function usableLogin(login: string, password: string): LoginInput | undefined {
  const name = login.trim().normalize('NFC');
  if (name === '' || name.length > MAX_LOGIN_CHARS || CONTROL.test(name)) return undefined;
  if (password === '' || Buffer.byteLength(password) > MAX_PASSWORD_BYTES) return undefined;
  if (password.includes('\0')) return undefined; // C libraries stop reading there
  return { login: name, password };
}
