import type { Clock } from '../base/clock';

/** Counts what happens to each key within a moving window, so that rare accidents never add up. */
export function createWindowCount(
  clock: Clock,
  { limit, windowMs }: { readonly limit: number; readonly windowMs: number },
): (key: string) => boolean {
  const recent = new Map<string, readonly number[]>();
  /** Counts one more; true when there were `limit` of them within the window. */
  return (key) => {
    const now = clock.now();
    const times = [...(recent.get(key) ?? []).filter((at) => now - at < windowMs), now];
    recent.set(key, times.slice(-limit));
    return times.length >= limit;
  };
}
