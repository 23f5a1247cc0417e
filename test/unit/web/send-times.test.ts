import { nextOpening } from '../../../src/web/send-times';

const HOURS = { days: [1, 2, 3, 4, 5], from: '08:00', to: '19:00' };

it.each([
  ['Tuesday at noon', { day: '2026-11-24', time: '12:00', weekday: 2 }, undefined],
  ['Tuesday, early', { day: '2026-11-24', time: '06:30', weekday: 2 }, '2026-11-24 08:00'],
  ['Tuesday, late', { day: '2026-11-24', time: '19:00', weekday: 2 }, '2026-11-25 08:00'],
  ['Friday, late', { day: '2026-11-27', time: '21:00', weekday: 5 }, '2026-11-30 08:00'],
  ['Sunday', { day: '2026-11-29', time: '10:00', weekday: 7 }, '2026-11-30 08:00'],
])('%s', (_name, now, expected) => {
  const next = nextOpening(HOURS, now);
  expect(next && `${next.day} ${next.time}`).toBe(expected);
});

it('of one day a week comes back a week later', () => {
  const now = { day: '2026-11-25', time: '20:00', weekday: 3 };
  expect(nextOpening({ ...HOURS, days: [3] }, now)).toEqual({ day: '2026-12-02', time: '08:00' });
});
