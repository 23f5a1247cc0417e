import { isNativeError } from 'node:util/types';

const MAX_CHARS = 500;

/** An Error whatever was thrown: plugins may throw strings, `undefined`, objects without prototype. */
export function toError(thrown: unknown): Error {
  if (thrown instanceof Error || isNativeError(thrown)) return thrown; // also another realm's
  try {
    return new Error(`thrown: ${textOf(thrown)}`);
  } catch {
    return new Error('thrown: a value without a text form'); // Object.create(null), hostile toString
  }
}

/** `[object Object]` would tell nobody what is wrong: its message, or what it holds. */
function textOf(thrown: unknown): string {
  const text = String(thrown);
  if (typeof thrown !== 'object' || thrown === null) return text;
  const { message } = thrown as { readonly message?: unknown };
  if (typeof message === 'string' && message !== '') return message.slice(0, MAX_CHARS);
  return text === '[object Object]' ? JSON.stringify(thrown).slice(0, MAX_CHARS) : text;
}
