import type { UserId } from '../../../src/base/types';
import { cacheKey, createCache } from '../../../src/kernel/cache';
import { fakeClock, OTHER_SITE, SITE } from './fixtures/kit';

const user = (id: number) => id as UserId;

it('evicts the entry used least recently', () => {
  const cache = createCache<number>({ clock: fakeClock(), max: 2 });
  cache.set('a', 1);
  cache.set('b', 2);
  cache.get('a');
  cache.set('c', 3);

  expect([cache.get('a'), cache.get('b'), cache.get('c')]).toEqual([1, undefined, 3]);
  expect(cache.stats()).toEqual({ size: 2, weight: 0, hits: 3, misses: 1, evictions: 1 });
});

it('lets entries live ttlMs from the moment they are set', () => {
  const clock = fakeClock();
  const cache = createCache<number>({ clock, max: 10, ttlMs: 1_000 });
  cache.set('a', 1);
  clock.advance(999);
  expect(cache.get('a')).toBe(1);
  clock.advance(1);

  expect(cache.get('a')).toBeUndefined();
  expect(cache.stats().size).toBe(0);
});

it('bounds the weight, counts replaced values once, and refuses what is too heavy alone', () => {
  const cache = createCache<string>({
    clock: fakeClock(),
    max: 100,
    maxWeight: 10,
    weigh: (value) => value.length,
  });
  cache.set('a', '12345678');
  cache.set('a', '1234');
  cache.set('b', '123456');
  expect(cache.stats()).toMatchObject({ size: 2, weight: 10 });
  cache.set('c', '1');
  expect(cache.get('a')).toBeUndefined();
  cache.set('b', 'x'.repeat(11));

  expect(cache.get('b')).toBeUndefined();
  expect(cache.stats()).toMatchObject({ size: 1, weight: 1 });
  cache.clear();
  expect(cache.stats()).toMatchObject({ size: 0, weight: 0 });
});

it('deletes by prefix one user, and nobody whose id starts alike', () => {
  const cache = createCache<number>({ clock: fakeClock(), max: 10 });
  cache.set(cacheKey(SITE, user(1), 'rows', 7), 1);
  cache.set(cacheKey(SITE, user(1), 'tree'), 2);
  cache.set(cacheKey(SITE, user(12), 'rows', 7), 3);
  cache.set(cacheKey(OTHER_SITE, user(1), 'rows', 7), 4);

  expect(cache.deletePrefix(cacheKey(SITE, user(1)))).toBe(2);
  expect(cache.stats().size).toBe(2);
  expect(cache.delete('absent')).toBe(false);
});

it('makes different keys of different parts, whatever they hold', () => {
  const keys = [
    cacheKey(SITE, user(1), 'a', 'b'),
    cacheKey(SITE, user(1), 'a\0b'),
    cacheKey(SITE, user(1), 'a\x01b'),
    cacheKey(SITE, user(1), 'a\x01', 'b'),
    cacheKey(SITE, user(1), 'a\x01\x02b'),
    cacheKey(SITE, user(1), 'ab'),
    cacheKey(SITE, user(1), 'a', 'b', ''),
    cacheKey(SITE, 'shared', 'a', 'b'),
  ];

  expect(new Set(keys).size).toBe(keys.length);
});
