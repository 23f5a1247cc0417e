import { types } from 'node:util';
import { isPlainObject } from './freeze';

const MAX_DEPTH = 64;
/** Members of all objects and lists together: a page model has some thousands, a large tree twenty. */
const MAX_MEMBERS = 200_000;
const MAX_CHARS = 32 * 1024 * 1024;

interface Walk {
  /** What is taken over as it is: frozen plain data, and instances that came with it. */
  readonly known: Set<unknown>;
  /** Objects that are being copied: met again inside themselves, they are a cycle. */
  readonly open: Set<object>;
  members: number;
  chars: number;
}

/**
 * Plain data out of what a plugin answered: every getter read once, no proxy, no cycle, bounded and
 * frozen, so that what is checked is what is used. What the plugin was given (`known`) is kept as
 * it is, and the copies are added to it. Throws an error that says where it cannot be.
 */
export function plainCopy<T>(value: T, known: Set<unknown> = new Set()): T {
  const walk: Walk = { known, open: new Set(), members: 0, chars: 0 };
  return copy(value, 'answer', walk) as T; // the same members, read once
}

function copy(value: unknown, at: string, walk: Walk): unknown {
  if (typeof value === 'string') {
    walk.chars += value.length;
    if (walk.chars > MAX_CHARS) throw new Error(`${at}: too much text`);
    return value;
  }
  if (typeof value === 'symbol') throw new Error(`${at}: a symbol is no data`);
  const isObject = typeof value === 'object' && value !== null;
  if ((!isObject && typeof value !== 'function') || walk.known.has(value)) return value;
  if (!isObject) throw new Error(`${at}: a function is no data`);
  if (isOpaque(value)) return value;
  if (types.isDate(value)) return new Date(Date.prototype.getTime.call(value));
  return copyMembers(value, at, walk);
}

function copyMembers(value: object, at: string, walk: Walk): unknown {
  if (walk.open.has(value)) throw new Error(`${at}: a cycle`);
  if (walk.open.size >= MAX_DEPTH) throw new Error(`${at}: deeper than ${MAX_DEPTH}`);
  walk.open.add(value);
  const made = Array.isArray(value) ? copyList(value, at, walk) : copyObject(value, at, walk);
  walk.open.delete(value);
  walk.known.add(made);
  return Object.freeze(made);
}

function copyList(list: readonly unknown[], at: string, walk: Walk): unknown[] {
  const { length } = list;
  count(length, at, walk);
  const made: unknown[] = [];
  for (let index = 0; index < length; index++) {
    made.push(copy(list[index], `${at}[${index}]`, walk));
  }
  return made;
}

function copyObject(value: object, at: string, walk: Walk): Record<string, unknown> {
  if (!isPlainObject(value)) throw new Error(`${at}: neither a plain object nor a list`);
  const names = Object.keys(value);
  count(names.length, at, walk);
  const made: Record<string, unknown> = {};
  for (const name of names) {
    // Written to an object it would be its prototype.
    if (name === '__proto__') throw new Error(`${at}: a member "__proto__"`);
    made[name] = copy(Reflect.get(value, name), `${at}.${name}`, walk);
  }
  return made;
}

function count(more: number, at: string, walk: Walk): void {
  walk.members += more;
  if (!(walk.members <= MAX_MEMBERS)) throw new Error(`${at}: too many members`);
}

/** Bytes and streams: files that plugins bring are read by whoever asked for them. */
const isOpaque = (value: object): boolean =>
  !types.isProxy(value) &&
  (types.isUint8Array(value) ||
    ('pipe' in value && typeof value.pipe === 'function' && !isPlainObject(value)));
