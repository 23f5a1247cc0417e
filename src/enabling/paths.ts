import { FORBIDDEN_KEYS } from '../kernel/config-layer';
import type { Plain } from './types';

/** Width of the column, and far more than any schema is deep. */
const PATH_MAX = 128;
const DEPTH_MAX = 8;
const PATH = /^[a-z][a-z0-9-]*(?:\.[A-Za-z0-9_-]+)+$/;

/** `calendar.firstDay` → its plugin and the keys below; `undefined` when it is no such path. */
export function splitPath(
  path: string,
): { readonly plugin: string; readonly keys: readonly string[] } | undefined {
  if (path.length > PATH_MAX || !PATH.test(path)) return undefined;
  const [plugin = '', ...keys] = path.split('.');
  if (keys.length > DEPTH_MAX || keys.some((key) => FORBIDDEN_KEYS.has(key))) return undefined;
  return { plugin, keys };
}

/** Whether one path holds the other, or they are the same. */
export const overlaps = (a: string, b: string): boolean =>
  a === b || a.startsWith(`${b}.`) || b.startsWith(`${a}.`);

/** `['week', 'start']` and 1 → `{ week: { start: 1 } }`. */
export const nest = (keys: readonly string[], value: unknown): Plain =>
  keys.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as Plain; // of one key at least
