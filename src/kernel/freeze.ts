/**
 * Freezes plain objects and arrays all the way down. Instances (dates, buffers, streams, errors)
 * are left alone: they have a life of their own, and typed arrays cannot be frozen.
 */
export function deepFreeze<T>(value: T): T {
  const seen = new Set<unknown>();
  const waiting: unknown[] = [value];
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (!isPlain(next) || seen.has(next)) continue;
    seen.add(next);
    Object.freeze(next);
    waiting.push(...Object.values(next));
  }
  return value;
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}
