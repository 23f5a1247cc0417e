import { randomBytes } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { ConfigIssue } from './config-errors';
import { errorCode } from './error-code';
import { makeFolder } from './folders';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Secrets are short: a larger file is the wrong one. */
const SECRET_FILE_MAX_BYTES = 64 * 1024;
/** AES-256 and HKDF-SHA-256 take 32 bytes. */
const KEY_MIN_BYTES = 32;
/** Random bytes repeat little: fewer different ones is a typed or zeroed key. */
const KEY_MIN_DIFFERENT = 12;

export const KEY_VARIABLE = 'ESTAFETTE_SECRET_KEY';

/** `['attachment-reminder', 'apiKey']` → `ESTAFETTE_ATTACHMENT_REMINDER_API_KEY`. */
export function secretVariable(...words: readonly string[]): string {
  const snake = words.map((word) =>
    word
      .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
      .replace(/[^A-Za-z0-9]+/g, '_')
      .toUpperCase(),
  );
  return ['ESTAFETTE', ...snake].join('_');
}

/** Reads secrets by variable name; faults are collected, values never appear in them. */
export class SecretReader {
  readonly issues: ConfigIssue[] = [];
  readonly #env: Environment;

  constructor(env: Environment) {
    this.#env = env;
  }

  /** Value of `NAME`, or the content of the file that `NAME_FILE` names, its last newline cut. */
  read(name: string): string | undefined {
    const direct = this.#env[name];
    const file = this.#env[`${name}_FILE`];
    if (direct !== undefined && direct !== '') {
      if (file) this.fault(`${name}_FILE`, `given beside ${name}: keep one of them`);
      return direct;
    }
    return file === undefined || file === '' ? undefined : this.#readFile(`${name}_FILE`, file);
  }

  fault(variable: string, message: string): void {
    if (this.issues.some(({ path: known }) => known === variable)) return;
    this.issues.push({ file: 'environment', path: variable, message });
  }

  #readFile(variable: string, file: string): string | undefined {
    try {
      const stats = statSync(file);
      if (!stats.isFile() || stats.size > SECRET_FILE_MAX_BYTES) {
        this.fault(variable, `expected a small file, found something else at ${file}`);
        return undefined;
      }
      const text = readFileSync(file, 'utf8').replace(/\r?\n$/, '');
      if (text === '') this.fault(variable, `the file ${file} is empty`);
      return text === '' ? undefined : text;
    } catch (error) {
      const code = errorCode(error) ?? 'error';
      this.fault(variable, `cannot read ${file} (${code})`);
      return undefined;
    }
  }
}

/** The server key from the environment; `undefined` when none is given or a fault was noted. */
export function readSecretKey(secrets: SecretReader): Buffer | undefined {
  const text = secrets.read(KEY_VARIABLE);
  if (text === undefined) return undefined;
  const key = decodeKey(text.trim());
  if (key) return key;
  secrets.fault(
    KEY_VARIABLE,
    `expected at least ${KEY_MIN_BYTES} random bytes in base64 or hexadecimal; ${HOW_TO_MAKE_ONE}`,
  );
  return undefined;
}

const OLD_KEYS_VARIABLE = 'ESTAFETTE_AUDIT_OLD_KEYS';

/** Server keys that were replaced, separated by spaces or commas: they verify old lines of the audit log. */
export function readOldKeys(secrets: SecretReader): readonly Buffer[] {
  const words =
    secrets
      .read(OLD_KEYS_VARIABLE)
      ?.split(/[\s,]+/)
      .filter((word) => word !== '') ?? [];
  return words.flatMap((word) => {
    const key = decodeKey(word);
    if (!key) {
      secrets.fault(OLD_KEYS_VARIABLE, 'expected keys that were a server key, separated by spaces');
    }
    return key ? [key] : [];
  });
}

/** What to say in production when there is no key: one is never made up there. */
export const HOW_TO_MAKE_ONE = `make one with: openssl rand -base64 32`;

function decodeKey(text: string): Buffer | undefined {
  const isHex = /^(?:[0-9a-f]{2})+$/i.test(text);
  const isBase64 = /^[A-Za-z0-9+/_-]+={0,2}$/.test(text);
  if (!isHex && !isBase64) return undefined;
  const key = Buffer.from(text, isHex ? 'hex' : 'base64');
  const isStrong = key.length >= KEY_MIN_BYTES && new Set(key).size >= KEY_MIN_DIFFERENT;
  return isStrong ? key : undefined;
}

/**
 * The key of a development installation, made at the first start (mode 0600) so that sessions
 * outlive a restart. Two processes starting together end up with the same one.
 */
export function developmentKey(dataDir: string): Buffer {
  const file = path.join(dataDir, 'secret.key');
  makeFolder(dataDir);
  try {
    writeFileSync(file, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
  }
  const key = decodeKey(readFileSync(file, 'utf8').trim());
  if (!key) throw new Error(`${file} holds no usable key: remove it and start again`);
  return key;
}
