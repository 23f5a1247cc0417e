import { types } from 'node:util';
import { isPlainObject, isReference } from './freeze';

const MAX_DEPTH = 64;
/** Members of all objects and lists together: a page model has some thousands, a large tree twenty. */
const MAX_MEMBERS = 200_000;
const MAX_CHARS = 32 * 1024 * 1024;

interface Walk {
  /** What is taken over as it is: frozen plain data, and instances that came with it. */
  readonly known: WeakSet<object>;
  /** Objects that are being copied: met again inside themselves, they are a cycle. */
  readonly open: Set<object>;
  /** Where it is, for whoever has to mend the answer. */
  readonly path: (string | number)[];
  members: number;
  chars: number;
}

/**
 * Plain data out of what a plugin answered: every getter read once, no proxy, no cycle, bounded and
 * frozen, so that what is checked is what is used. What the plugin was given (`known`) is kept as
 * it is, and the copies are added to it. Throws an error that says where it cannot be.
 */
export function plainCopy<T>(value: T, known: WeakSet<object> = new WeakSet()): T {
  const walk: Walk = { known, open: new Set(), path: [], members: 0, chars: 0 };
  return copy(value, walk) as T; // the same members, read once
}

function copy(value: unknown, walk: Walk): unknown {
  if (typeof value === 'string') {
    walk.chars += value.length;
    if (walk.chars > MAX_CHARS) throw refusal(walk, 'too much text');
    return value;
  }
  if (typeof value === 'symbol') throw refusal(walk, 'a symbol is no data');
  if (!isReference(value) || walk.known.has(value)) return value;
  if (typeof value === 'function') throw refusal(walk, 'a function is no data');
  if (isOpaque(value)) return value;
  if (types.isDate(value)) return new Date(Date.prototype.getTime.call(value));
  return copyMembers(value, walk);
}

function copyMembers(value: object, walk: Walk): unknown {
  if (walk.open.has(value)) throw refusal(walk, 'a cycle');
  if (walk.open.size >= MAX_DEPTH) throw refusal(walk, `deeper than ${MAX_DEPTH}`);
  walk.open.add(value);
  const made = Array.isArray(value) ? copyList(value, walk) : copyObject(value, walk);
  walk.open.delete(value);
  walk.known.add(made);
  return Object.freeze(made);
}

function copyList(list: readonly unknown[], walk: Walk): unknown[] {
  const { length } = list;
  count(length, walk);
  const made: unknown[] = [];
  for (let index = 0; index < length; index++) made.push(copyMember(list[index], index, walk));
  return made;
}

function copyObject(value: object, walk: Walk): Record<string, unknown> {
  if (!isPlainObject(value)) throw refusal(walk, 'neither a plain object nor a list');
  const names = Object.keys(value);
  count(names.length, walk);
  const made: Record<string, unknown> = {};
  for (const name of names) {
    // Written to an object it would be its prototype.
    if (name === '__proto__') throw refusal(walk, 'a member "__proto__"');
    made[name] = copyMember(Reflect.get(value, name), name, walk);
  }
  return made;
}

function copyMember(value: unknown, step: string | number, walk: Walk): unknown {
  walk.path.push(step);
  const made = copy(value, walk);
  walk.path.pop();
  return made;
}

function count(more: number, walk: Walk): void {
  walk.members += more;
  if (!(walk.members <= MAX_MEMBERS)) throw refusal(walk, 'too many members');
}

function refusal({ path }: Walk, reason: string): Error {
  const steps = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`));
  return new Error(`answer${steps.join('')}: ${reason}`);
}

/** Bytes and streams: files that plugins bring are read by whoever asked for them. */
const isOpaque = (value: object): boolean =>
  !types.isProxy(value) &&
  (types.isUint8Array(value) ||
    ('pipe' in value && typeof value.pipe === 'function' && !isPlainObject(value)));
