/**
 * Freezes plain objects and arrays all the way down. Instances (dates, buffers, streams, errors)
 * are left alone: they have a life of their own, and typed arrays cannot be frozen. What was met,
 * instances and functions as well, is added to `seen`.
 */
export function deepFreeze<T>(value: T, seen: WeakSet<object> = new WeakSet()): T {
  const waiting: unknown[] = [value];
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (!isReference(next) || seen.has(next)) continue;
    seen.add(next);
    if (!Array.isArray(next) && (typeof next === 'function' || !isPlainObject(next))) continue;
    Object.freeze(next);
    // Not spread: a list of a hundred thousand is more arguments than a call may have.
    for (const member of Object.values(next)) waiting.push(member);
  }
  return value;
}

/** What may be shared: objects and functions. */
export const isReference = (value: unknown): value is object =>
  (typeof value === 'object' && value !== null) || typeof value === 'function';

/** An object as JSON has them, of this realm or another: its prototype is nobody's child. */
export function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return (
    prototype === null ||
    (typeof prototype === 'object' && Object.getPrototypeOf(prototype) === null)
  );
}
