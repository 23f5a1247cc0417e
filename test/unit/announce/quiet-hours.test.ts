import { isQuiet } from '../../../src/announce/quiet-hours';

const PARIS = 'Europe/Paris';
const NIGHT = { content: 'full', quietFrom: '20', quietTo: '7', weekend: 'quiet' } as const;

// In November, Paris is an hour ahead of UTC; the 24th is a Tuesday, the 28th a Saturday.
it.each([
  ['2026-11-24T18:59:00Z', false],
  ['2026-11-24T19:00:00Z', true],
  ['2026-11-24T23:30:00Z', true],
  ['2026-11-25T05:59:00Z', true],
  ['2026-11-25T06:00:00Z', false],
  ['2026-11-27T22:59:00Z', true],
  ['2026-11-28T11:00:00Z', true],
  ['2026-11-29T11:00:00Z', true],
  ['2026-11-30T11:00:00Z', false],
])('at %s, quiet: %s', (at, expected) => {
  expect(isQuiet(NIGHT, Date.parse(at), PARIS)).toBe(expected);
});

it('is quiet at the hours of the clock of the site, summer and overseas', () => {
  expect(isQuiet(NIGHT, Date.parse('2026-07-21T18:30:00Z'), PARIS)).toBe(true);
  expect(isQuiet(NIGHT, Date.parse('2026-11-24T09:00:00Z'), 'Pacific/Noumea')).toBe(true);
});

it('is never quiet for who wants no night, but on the days that they left quiet', () => {
  const none = { ...NIGHT, quietFrom: 'none' } as const;
  expect(isQuiet(none, Date.parse('2026-11-24T02:00:00Z'), PARIS)).toBe(false);
  expect(isQuiet(none, Date.parse('2026-11-28T11:00:00Z'), PARIS)).toBe(true);
  const always = { ...none, weekend: 'on' } as const;
  expect(isQuiet(always, Date.parse('2026-11-28T11:00:00Z'), PARIS)).toBe(false);
});
