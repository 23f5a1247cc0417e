import { dayAt } from '../calendar';

it('makes one format for each time zone', () => {
  const made = jest.spyOn(Intl, 'DateTimeFormat');
  const midnight = Date.UTC(2026, 0, 15, 23, 30);

  const days = [0, 1, 2].map((hours) => [
    dayAt(midnight + hours * 3_600_000, 'Europe/Paris'),
    dayAt(midnight + hours * 3_600_000, 'America/Cayenne'),
  ]);

  expect(days).toEqual([
    ['2026-01-16', '2026-01-15'],
    ['2026-01-16', '2026-01-15'],
    ['2026-01-16', '2026-01-15'],
  ]);
  expect(made).toHaveBeenCalledTimes(2);
  made.mockRestore();
});
