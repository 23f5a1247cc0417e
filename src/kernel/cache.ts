import type { Clock } from '../base/clock';
import type { SiteId, UserId } from '../base/types';

export interface CacheOptions<V> {
  readonly clock: Clock;
  /** Entries kept at most. */
  readonly max: number;
  /** Milliseconds from the moment an entry is set; a read does not prolong it. */
  readonly ttlMs?: number;
  /** Sum of `weigh` kept at most, usually bytes; a heavier single value is not kept. */
  readonly maxWeight?: number;
  readonly weigh?: (value: V) => number;
}

export interface CacheStats {
  readonly size: number;
  readonly weight: number;
  readonly hits: number;
  readonly misses: number;
  readonly evictions: number;
}

export interface Cache<V> {
  get(key: string): V | undefined;
  set(key: string, value: V): void;
  delete(key: string): boolean;
  /** Deletes every key that starts so; returns how many. Meant for keys of {@link cacheKey}. */
  deletePrefix(prefix: string): number;
  clear(): void;
  stats(): CacheStats;
}

interface Entry<V> {
  readonly value: V;
  readonly weight: number;
  readonly expiresAt: number;
}

/** A bounded cache that evicts the least recently used entry first. */
export function createCache<V>(options: CacheOptions<V>): Cache<V> {
  const { clock, max, ttlMs = Infinity, maxWeight = Infinity, weigh = () => 0 } = options;
  // A Map iterates in order of insertion: reinserting on read keeps the oldest use first.
  const entries = new Map<string, Entry<V>>();
  const counts = { weight: 0, hits: 0, misses: 0, evictions: 0 };

  function remove(key: string): boolean {
    const entry = entries.get(key);
    if (!entry) return false;
    counts.weight -= entry.weight;
    return entries.delete(key);
  }

  function live(key: string): Entry<V> | undefined {
    const entry = entries.get(key);
    if (!entry || clock.now() < entry.expiresAt) return entry;
    remove(key);
    return undefined;
  }

  function shrink(): void {
    for (const key of entries.keys()) {
      if (entries.size <= max && counts.weight <= maxWeight) return;
      remove(key);
      counts.evictions += 1;
    }
  }

  return {
    get(key) {
      const entry = live(key);
      if (!entry) {
        counts.misses += 1;
        return undefined;
      }
      counts.hits += 1;
      entries.delete(key);
      entries.set(key, entry);
      return entry.value;
    },
    set(key, value) {
      remove(key);
      const weight = weigh(value);
      if (weight > maxWeight || max < 1) return;
      entries.set(key, { value, weight, expiresAt: clock.now() + ttlMs });
      counts.weight += weight;
      shrink();
    },
    delete: remove,
    deletePrefix(prefix) {
      const keys = [...entries.keys()].filter((key) => key.startsWith(prefix));
      for (const key of keys) remove(key);
      return keys.length;
    },
    clear() {
      entries.clear();
      counts.weight = 0;
    },
    stats: () => ({ size: entries.size, ...counts }),
  };
}

/**
 * A key that always carries site and user (`shared` where the value is the same for all of a site's
 * users). Each part ends with a NUL, so that `cacheKey(site, user)` is a prefix of that user's keys
 * and of nobody else's, whatever the parts hold.
 */
export function cacheKey(
  site: SiteId,
  user: UserId | 'shared',
  ...parts: readonly (string | number | bigint)[]
): string {
  return [site, user, ...parts].map((part) => `${escapePart(String(part))}\0`).join('');
}

const escapePart = (part: string): string =>
  part.replaceAll('\x01', '\x01\x01').replaceAll('\0', '\x01\x02');
