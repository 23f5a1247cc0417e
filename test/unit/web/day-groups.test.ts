import { dayGroups } from '../../../src/web/day-groups';

const t = (key: string): string => key.replace('mail.group.', '');
/** Wednesday 11 November 2026, 00:30 in Paris. */
const now = Date.parse('2026-11-10T23:30:00Z');
const groups = dayGroups({ now, timeZone: 'Europe/Paris', locale: 'fr', t: t as never });

it.each([
  ['2026-11-10T23:10:00Z', 'today'],
  ['2026-12-25T10:00:00Z', 'today'],
  ['2026-11-10T22:59:00Z', 'yesterday'],
  ['2026-11-09T05:00:00Z', 'week'],
  ['2026-11-08T22:59:00Z', 'lastWeek'],
  ['2026-11-02T00:00:00Z', 'lastWeek'],
  ['2026-11-01T12:00:00Z', 'month'],
  ['2026-10-31T12:00:00Z', 'Octobre 2026'],
  ['2025-11-11T12:00:00Z', 'Novembre 2025'],
])('a message of %s is under « %s »', (date, title) => {
  expect(groups.titleOf(date)).toBe(title);
});

it('keeps the hour of the agent, not of the server, over a change of hour', () => {
  const spring = dayGroups({
    now: Date.parse('2026-03-29T21:30:00Z'),
    timeZone: 'Europe/Paris',
    locale: 'en',
    t: t as never,
  });
  expect(spring.titleOf('2026-03-28T23:10:00Z')).toBe('today');
  expect(spring.titleOf('2026-03-28T22:50:00Z')).toBe('yesterday');
});
