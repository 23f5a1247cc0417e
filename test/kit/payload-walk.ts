import { types } from 'node:util';

/** What must be nowhere below a value that a plugin holds. */
export interface Forbidden {
  /** Names of members, without case. */
  readonly names: ReadonlySet<string>;
  /** Secrets as text: a password, a cookie, a key. */
  readonly values: readonly string[];
}

const MAX_NODES = 200_000;
const MAX_CHARS = 200_000;

/** Objects of the language, which every piece of code has. */
const BUILTINS: ReadonlySet<unknown> = new Set(
  [
    Object,
    Function,
    Array,
    Map,
    Set,
    Date,
    RegExp,
    Promise,
    Error,
    Symbol,
    Uint8Array,
    Buffer,
  ].flatMap((one) => [one, one.prototype]),
);

/**
 * Everything that can be reached from a value by property: own and inherited members, accessors,
 * symbols, members of functions, of maps and of sets. Answers where something forbidden is.
 */
export function findForbidden(root: unknown, { names, values }: Forbidden): readonly string[] {
  const found: string[] = [];
  const seen = new Set<unknown>();
  const queue: { readonly value: unknown; readonly path: string }[] = [{ value: root, path: '' }];

  const look = (value: unknown, path: string): void => {
    if (seen.size < MAX_NODES) queue.push({ value, path });
  };
  const lookAtMember = (owner: object, key: string | symbol, path: string): void => {
    const name = String(key);
    const here = `${path}.${name}`;
    let value: unknown;
    try {
      value = Reflect.get(owner, key);
    } catch (error) {
      look(error, `${here}!`);
      return;
    }
    const isThere = value !== undefined && value !== null && value !== '';
    if (isThere && names.has(name.toLowerCase())) found.push(`${here}: a forbidden name`);
    look(value, here);
  };

  for (let next = queue.pop(); next; next = queue.pop()) {
    const { value, path } = next;
    const text = Buffer.isBuffer(value) ? value.toString('latin1') : value;
    if (typeof text === 'string') {
      const cut = text.slice(0, MAX_CHARS);
      if (values.some((secret) => cut.includes(secret))) found.push(`${path}: a forbidden value`);
      continue;
    }
    const isWalked = (typeof value === 'object' && value !== null) || typeof value === 'function';
    if (!isWalked || seen.has(value) || BUILTINS.has(value)) continue;
    seen.add(value);
    if (types.isMap(value) || types.isSet(value)) {
      for (const item of value) look(item, `${path}[…]`);
    }
    for (
      let level: object | null = value as object;
      level !== null && !BUILTINS.has(level);
      level = Object.getPrototypeOf(level) as object | null
    ) {
      for (const key of Reflect.ownKeys(level)) {
        // `caller` and `arguments` of functions throw, by the language.
        if (typeof value === 'function' && (key === 'caller' || key === 'arguments')) continue;
        lookAtMember(value as object, key, path);
      }
    }
  }
  return [...new Set(found)];
}

/** A query of a plugin knows the connection to its own file; what is in there is walked as well. */
export const isOwnConnection = (fault: string): boolean =>
  /^a query\.0\.client(?:\.connectionSettings|\.config\.client)?: a forbidden name$/.test(fault);
