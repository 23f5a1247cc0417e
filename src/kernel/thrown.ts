import { isNativeError } from 'node:util/types';

/** An Error whatever was thrown: plugins may throw strings, `undefined`, objects without prototype. */
export function toError(thrown: unknown): Error {
  if (thrown instanceof Error || isNativeError(thrown)) return thrown; // also another realm's
  try {
    return new Error(`thrown: ${String(thrown)}`);
  } catch {
    return new Error('thrown: a value without a text form'); // Object.create(null), hostile toString
  }
}
