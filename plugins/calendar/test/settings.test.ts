import type { SiteId } from 'estafette/plugin';
import type { PluginTest } from 'estafette/plugin/testing';
import { SETTINGS } from '../settings/sections';
import { preferencesIn, preferencesOf } from '../settings/values';
import { isInWork, workOf } from '../settings/working-hours';
import { type CalendarStore, FIRST_CALENDAR, type Person } from '../store';
import { DAY_MS, dayOf, HOUR_MS } from '../time/days';
import { ianaZone } from '../time/zone';
import { at, startCalendar, takingPlace } from './kit';

let test: PluginTest;
let store: CalendarStore;
let me: Person;

beforeEach(async () => {
  ({ test, store, me } = await startCalendar());
  test.clock.advance(Date.UTC(2026, 10, 19, 9, 0) - test.clock.now());
  await store.calendars(me);
});
afterEach(() => test.stop());

const TYPED = {
  summary: 'Réunion',
  startDate: '2026-11-23',
  startTime: '09:00',
  endDate: '2026-11-23',
  endTime: '10:00',
  repeat: 'never',
  ends: 'never',
};

it('counts days and hours of work by what the agent chose', async () => {
  await test.setUserSetting('wednesday', false);
  await test.setUserSetting('workFrom', '08:30');
  await test.setUserSetting('zone', 'America/Cayenne');

  const settings = async () => test.settings();
  const { working, zone } = preferencesIn(await settings(), 'Europe/Paris');

  expect(zone.id).toBe('America/Cayenne');
  expect(working).toMatchObject({ days: [0, 1, 3, 4], from: 8.5 * HOUR_MS, to: 18 * HOUR_MS });
  const thursday = dayOf(2026, 11, 19);
  expect(workOf(working, thursday - 1)).toBeUndefined();
  expect(workOf(working, thursday)?.from).toBe(at('2026-11-19 08:30'));
  expect(isInWork(working, at('2026-11-19 17:00'), at('2026-11-19 18:00'))).toBe(true);
  expect(isInWork(working, at('2026-11-19 17:30'), at('2026-11-19 18:30'))).toBe(false);
  expect(isInWork(working, thursday * DAY_MS, at('2026-11-20 09:00'))).toBe(false);
});

it('reads the settings of somebody who is not there, from their site and their choices', async () => {
  await test.setUserSetting('length', '30');

  const chosen = await preferencesOf(
    {
      settings: () => test.settings(),
      site: (id) => ({ id, title: 'T', mailDomains: [], locale: 'fr', timeZone: 'Indian/Reunion' }),
    },
    'test' as SiteId,
    7,
  );

  expect([chosen.zone.id, chosen.lengthMs, chosen.reminder]).toEqual([
    'Indian/Reunion',
    HOUR_MS / 2,
    undefined,
  ]);
});

it('offers only zones that this system knows, and takes settings for what they are', () => {
  const choices = SETTINGS.flatMap(({ fields }) => fields).filter(({ key }) => /^zone/.test(key));
  const names = choices.flatMap((field) =>
    field.kind === 'choice' ? field.options.map(({ value }) => value) : [],
  );

  expect(names.filter((name) => name !== '' && !ianaZone(name))).toEqual([]);
  expect(preferencesIn({ zone: 'Nowhere/None', view: 'x' }, 'Europe/Paris')).toMatchObject({
    view: 'work',
    zone: { id: 'Europe/Paris' },
    secondZone: undefined,
  });
});

it('begins a new event with the length, the reminder and the zone of the agent', async () => {
  await test.setUserSetting('length', '30');
  await test.setUserSetting('reminder', '15');
  await test.setUserSetting('zone', 'Indian/Reunion');

  const form = await test.renderRoute('/edit', { query: { start: '2026-11-23T14:00' } });
  await test.route('post', '/edit', { body: { ...TYPED, uid: 'a'.repeat(20) } });

  expect(form).toMatch(/name="endTime"[^>]*value="14:30"/);
  expect(form).toMatch(/<option value="15" selected>/);
  const month = ['2026-11-01 00:00', '2026-12-01 00:00'] as const;
  expect(await takingPlace(store, me, month)).toEqual(['Réunion 2026-11-23T05:00']);
});

it('puts new events into the usual calendar, and forgets one that is gone', async () => {
  const made = await store.createCalendar(me, { title: 'Service' });
  const id = made.kind === 'created' ? made.id : '';

  const chosen = await test.route('post', '/calendars/usual', { body: { calendar: id } });
  await test.route('post', '/edit', { body: { ...TYPED, uid: 'b'.repeat(20) } });
  const into = await store.object(me, id, `${'b'.repeat(20)}.ics`);
  await store.removeCalendar(me, id);
  await test.route('post', '/edit', { body: { ...TYPED, uid: 'c'.repeat(20) } });

  expect(chosen).toMatchObject({ redirect: '/calendar/calendars?done=usual' });
  expect(into?.summary).toBe('Réunion');
  expect(await store.object(me, FIRST_CALENDAR, `${'c'.repeat(20)}.ics`)).toBeDefined();
  expect(
    await test.route('post', '/calendars/usual', { body: { calendar: 'nobody' } }),
  ).toMatchObject({ status: 404 });
});
