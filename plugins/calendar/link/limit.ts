/** Names that are counted at once; whoever comes with more of them is refused until the next span. */
const NAMES_MAX = 20_000;

/** Says whether a name comes no more than `max` times in a span, in this process. */
export function limiter({ max, everyMs }: { readonly max: number; readonly everyMs: number }) {
  let span = -1;
  const counts = new Map<string, number>();
  return (name: string, now: number): boolean => {
    const at = Math.floor(now / everyMs);
    if (at !== span) counts.clear();
    span = at;
    const count = (counts.get(name) ?? 0) + 1;
    if (count === 1 && counts.size >= NAMES_MAX) return false;
    counts.set(name, count);
    return count <= max;
  };
}
