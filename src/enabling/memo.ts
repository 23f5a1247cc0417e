/** Computes each key once, for at most `max` keys; the oldest is forgotten for one more. */
export function createMemo<V>(max: number): (key: string, compute: () => V) => V {
  const known = new Map<string, V>();
  return (key, compute) => {
    const found = known.get(key);
    if (found !== undefined) return found;
    const value = compute();
    const oldest = known.keys().next();
    if (known.size >= max && !oldest.done) known.delete(oldest.value);
    known.set(key, value);
    return value;
  };
}
