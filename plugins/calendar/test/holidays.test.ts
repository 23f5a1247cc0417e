import { isHoliday, REGIONS, type Region } from '../holidays/days';

const DAY_MS = 86_400_000;
const holidaysOf = (year: number, region?: Region): readonly string[] => {
  const days: string[] = [];
  for (let day = Date.UTC(year, 0, 1); day < Date.UTC(year + 1, 0, 1); day += DAY_MS)
    if (isHoliday(day / DAY_MS, region)) days.push(new Date(day).toISOString().slice(5, 10));
  return days;
};
const METROPOLE_2026 = ['01-01', '04-06', '05-01', '05-08', '05-14', '05-25', '07-14'].concat([
  '08-15',
  '11-01',
  '11-11',
  '12-25',
]);

it('finds the eleven holidays of a year', () => {
  expect(holidaysOf(2026)).toEqual(METROPOLE_2026);
});

it('counts a day once on which two fall', () => {
  // Ascension of 2008 was on the first of May.
  expect(holidaysOf(2008)).toHaveLength(10);
});

it.each([
  [2000, '04-24'],
  [2008, '03-24'],
  [2024, '04-01'],
  [2038, '04-26'],
] as const)('finds the Monday of Easter %i', (year, monday) => {
  expect(holidaysOf(year)).toContain(monday);
});

it('adds what regions have of their own', () => {
  const own = REGIONS.map((region) => [
    region,
    holidaysOf(2026, region).filter((day) => !METROPOLE_2026.includes(day)),
  ]);

  expect(own).toEqual([
    ['metropole', []],
    ['alsace-moselle', ['04-03', '12-26']],
    ['guadeloupe', ['05-27']],
    ['martinique', ['05-22']],
    ['guyane', ['06-10']],
    ['reunion', ['12-20']],
    ['mayotte', ['04-27']],
  ]);
});
