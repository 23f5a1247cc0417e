import { AppError } from '../base/errors';

type Plain = Readonly<Record<string, unknown>>;

/** Merging these would change the prototype of the result, or of every object. */
export const FORBIDDEN_KEYS: ReadonlySet<string> = new Set([
  '__proto__',
  'constructor',
  'prototype',
]);

/**
 * Lays configuration over configuration, the last on top: objects merge key by key, arrays and
 * everything else replace, `undefined` leaves what is below. Inputs are not changed; throws
 * `config/invalid` on a key that would touch a prototype.
 */
export function layer(base: Plain, ...overrides: readonly (Plain | undefined)[]): Plain;
export function layer(base: unknown, ...overrides: readonly unknown[]): unknown;
export function layer(base: unknown, ...overrides: readonly unknown[]): unknown {
  return overrides.reduce<unknown>(over, copy(base));
}

function over(below: unknown, above: unknown): unknown {
  if (above === undefined) return below;
  if (!isPlain(below) || !isPlain(above)) return copy(above);
  const merged: Record<string, unknown> = { ...below };
  for (const [key, value] of entries(above)) {
    merged[key] = Object.hasOwn(merged, key) ? over(merged[key], value) : copy(value);
  }
  return merged;
}

function copy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copy);
  if (!isPlain(value)) return value;
  return Object.fromEntries(entries(value).map(([key, inner]) => [key, copy(inner)]));
}

function entries(object: Plain): [string, unknown][] {
  return Object.entries(object).map(([key, value]) => {
    if (FORBIDDEN_KEYS.has(key)) {
      throw new AppError('config/invalid', { details: { reason: `key "${key}" is not allowed` } });
    }
    return [key, value];
  });
}

/** Whether a value is an object as JSON has them: not an array, not an instance of a class. */
export function isPlain(value: unknown): value is Plain {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

/** The value at a path of plain objects and lists; `undefined` for none, never what is inherited. */
export function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((inner, key) => {
    if (Array.isArray(inner)) return inner[Number(key)] as unknown;
    return isPlain(inner) && Object.hasOwn(inner, key) ? inner[String(key)] : undefined;
  }, value);
}
