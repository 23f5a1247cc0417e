import { dayAfter, momentOf, partsIn } from '../../../src/base/zoned';

const PARIS = 'Europe/Paris';
const iso = (ms: number | undefined): string => new Date(ms ?? Number.NaN).toISOString();

it.each([
  ['2026-11-25', '08:00', '2026-11-25T07:00:00.000Z'],
  ['2026-07-14', '08:00', '2026-07-14T06:00:00.000Z'],
  // The day after the clocks changed, asked the day before.
  ['2026-10-26', '08:00', '2026-10-26T07:00:00.000Z'],
  // Skipped in spring: half past two is half past three.
  ['2026-03-29', '02:30', '2026-03-29T01:30:00.000Z'],
  // Twice in autumn: the first.
  ['2026-10-25', '02:30', '2026-10-25T00:30:00.000Z'],
])('%s %s in Paris is %s', (day, time, expected) => {
  expect(iso(momentOf(day, time, PARIS))).toBe(expected);
});

it('agrees with what the clock shows, through a year of hours', () => {
  const start = Date.parse('2026-01-01T00:10:00Z');
  for (let hour = 0; hour < 366 * 24; hour++) {
    const ms = start + hour * 3_600_000;
    const { day, time } = partsIn(ms, PARIS);
    const back = momentOf(day, time, PARIS);
    // The hour that comes twice is told as its first.
    expect([ms, ms - 3_600_000]).toContain(back);
  }
});

it('tells days and weekdays', () => {
  expect(partsIn(Date.parse('2026-11-29T23:30:00Z'), PARIS)).toEqual({
    day: '2026-11-30',
    time: '00:30',
    weekday: 1,
  });
  expect(partsIn(Date.parse('2026-11-29T12:00:00Z'), PARIS).weekday).toBe(7);
  expect(dayAfter('2026-02-28', 1)).toBe('2026-03-01');
  expect(momentOf('2026-13-45', '08:00', PARIS)).toBeUndefined();
});
