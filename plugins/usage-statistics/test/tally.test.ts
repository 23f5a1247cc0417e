import type { SiteId } from 'estafette/plugin';
import { createTally } from '../tally';

const at = (day: string) => ({ site: 'test' as SiteId, day });

it('counts each person once a day', () => {
  const tally = createTally();
  for (const user of [1, 2, 2, 1]) tally.add(at('2026-01-15'), 'signIns', user);
  tally.add(at('2026-01-16'), 'signIns', 1);

  expect(tally.take().map(({ day, counts, people }) => [day, counts.signIns, people])).toEqual([
    ['2026-01-15', 4, 2],
    ['2026-01-16', 1, 1],
  ]);
});

it('gives counts once, and people as they are', () => {
  const tally = createTally();
  tally.add(at('2026-01-15'), 'searches', 1);
  tally.take();

  expect(tally.take()).toEqual([]);
  tally.add(at('2026-01-15'), 'searches', 2);
  expect(tally.take()).toMatchObject([{ counts: { searches: 1 }, people: 2 }]);
});

it('loses nothing that could not be written', () => {
  const tally = createTally();
  tally.add(at('2026-01-15'), 'messagesRead', 1);
  tally.giveBack(tally.take());
  tally.add(at('2026-01-15'), 'messagesRead', 1);

  expect(tally.take()).toMatchObject([{ counts: { messagesRead: 2 }, people: 1 }]);
});

it('forgets people with their day, once it is written', () => {
  const tally = createTally();
  tally.add(at('2026-01-15'), 'signIns', 1);
  tally.keepOnly(new Set());
  expect(tally.take()).toMatchObject([{ people: 1 }]);
  tally.keepOnly(new Set());
  tally.add(at('2026-01-15'), 'signIns', 2);

  expect(tally.take()).toMatchObject([{ people: 1 }]);
});

it('gives nothing of people but how many they are', () => {
  const first = createTally();
  const second = createTally();
  first.add(at('2026-01-15'), 'signIns', 1);
  second.add(at('2026-01-15'), 'signIns', 1);

  expect(JSON.stringify(first.take())).toBe(JSON.stringify(second.take()));
});
