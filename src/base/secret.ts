import { inspect } from 'node:util';

const HIDDEN = '[secret]';

/** A password or token on its way to the one who needs it: no log, JSON or error prints it by accident. */
export interface SecretHandle {
  reveal(): string;
  toJSON(): string;
  toString(): string;
}

/** Wraps a secret; the clear value is reached by `reveal()` alone. */
export function secretHandle(value: string): SecretHandle {
  const handle = { reveal: () => value, toJSON: () => HIDDEN, toString: () => HIDDEN };
  Object.defineProperty(handle, inspect.custom, { value: () => HIDDEN });
  return Object.freeze(handle);
}
