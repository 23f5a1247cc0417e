import type { PluginTest } from 'estafette/plugin/testing';
import type { EventFields } from '../ics';
import { fieldsOf } from '../ics';
import { type CalendarStore, FIRST_CALENDAR, type Person } from '../store';
import { anObject, at, startCalendar, takingPlace } from './kit';

let test: PluginTest;
let store: CalendarStore;
let me: Person;

beforeEach(async () => {
  ({ test, store, me } = await startCalendar());
  test.clock.advance(Date.UTC(2026, 10, 16, 9, 0) - test.clock.now());
  await store.calendars(me);
});
afterEach(() => test.stop());

const put = async (fields: Partial<EventFields>) => {
  await store.put(me, FIRST_CALENDAR, 'one.ics', anObject('one', { summary: 'Point', ...fields }));
  return objectOf();
};
const objectOf = async () => {
  const object = await store.object(me, FIRST_CALENDAR, 'one.ics');
  if (!object) throw new Error('gone');
  return object;
};
const move = (body: Readonly<Record<string, string>>) => test.route('post', '/move', { body });
const month = ['2026-11-01 00:00', '2026-12-01 00:00'] as const;
const once = { start: at('2026-11-17 09:00'), end: at('2026-11-17 10:00') };

it('gives an event other times and leaves the rest of it', async () => {
  const { id, etag } = await put({ ...once, location: 'Salle', alarms: [15], categories: ['A'] });

  const answer = await move({ id, etag, start: '2026-11-18T14:15', end: '2026-11-18T15:45' });
  const now = await objectOf();

  expect(answer).toEqual({ json: { kind: 'moved', etag: now.etag } });
  expect(fieldsOf(now.text)?.fields).toMatchObject({
    start: at('2026-11-18 14:15'),
    end: at('2026-11-18 15:45'),
    zone: 'Europe/Paris',
    location: 'Salle',
    alarms: [15],
    categories: ['A'],
  });
});

it('writes nothing over what was changed meanwhile', async () => {
  const { id } = await put(once);
  const before = await objectOf();

  const answer = await move({
    id,
    etag: '"old"',
    start: '2026-11-18T14:00',
    end: '2026-11-18T15:00',
  });

  expect(answer).toEqual({ json: { kind: 'changed' }, status: 409 });
  expect((await objectOf()).etag).toBe(before.etag);
});

it('keeps the zone of an event that the agent sees on other clocks', async () => {
  await test.setUserSetting('zone', 'America/Cayenne');
  const { id, etag } = await put(once);

  // 05:00 in Cayenne is 09:00 in Paris.
  await move({ id, etag, start: '2026-11-17T06:00', end: '2026-11-17T07:00' });

  expect(fieldsOf((await objectOf()).text)?.fields).toMatchObject({
    start: at('2026-11-17 10:00'),
    zone: 'Europe/Paris',
  });
});

it('moves one occurrence, or the series with the weekday of its rule', async () => {
  const { id, etag } = await put({ ...once, rule: 'FREQ=WEEKLY;BYDAY=TU;COUNT=2' });

  await move({
    id,
    etag,
    at: '20261117T090000',
    scope: 'this',
    start: '2026-11-17T11:00',
    end: '2026-11-17T12:00',
  });
  const one = await takingPlace(store, me, month);
  await move({
    id,
    etag: (await objectOf()).etag,
    at: '20261124T090000',
    scope: 'all',
    start: '2026-11-26T09:00',
    end: '2026-11-26T10:00',
  });

  expect(one).toEqual(['Point 2026-11-17T10:00', 'Point 2026-11-24T08:00']);
  expect(await takingPlace(store, me, month)).toEqual([
    // The one that was moved by itself is where it was put.
    'Point 2026-11-17T10:00',
    'Point 2026-11-26T08:00',
  ]);
});

it('moves whole days by days', async () => {
  const { id, etag } = await put({
    isAllDay: true,
    zone: '',
    start: at('2026-11-17 00:00'),
    end: at('2026-11-19 00:00'),
  });

  await move({ id, etag, start: '2026-11-18T00:00', end: '2026-11-20T00:00' });

  expect(fieldsOf((await objectOf()).text)?.fields).toMatchObject({
    isAllDay: true,
    start: at('2026-11-18 00:00'),
    end: at('2026-11-20 00:00'),
  });
});

it.each([
  [{ start: 'x', end: '2026-11-18T15:00' }],
  [{ start: '2026-11-18T15:00', end: '2026-11-18T14:00' }],
  [{ start: '2026-03-29T02:30', end: '2026-03-29T02:45' }],
])('refuses times that are none: %j', async (times) => {
  const { id, etag } = await put(once);

  expect(await move({ id, etag, ...times })).toEqual({ json: { kind: 'refused' }, status: 422 });
  expect(await move({ ...times, id: 'somebody-else' })).toEqual({ status: 404 });
});

it('tells scripts what may be moved, and begins a form with the hours that were drawn', async () => {
  const { id, etag } = await put(once);

  const page = await test.renderRoute('/', { query: { view: 'week', on: '2026-11-17' } });
  const form = await test.renderRoute('/edit', {
    query: { start: '2026-11-17T14:00', end: '2026-11-17T16:30' },
  });

  expect(page.replaceAll(/&#34;|&quot;/g, "'")).toContain(
    `data-move="${id}" data-at="" data-etag="${etag.replaceAll('"', "'")}" data-start="2026-11-17T09:00" data-end="2026-11-17T10:00"`,
  );
  expect(form).toMatch(/name="endTime"[^>]*value="16:30"/);
});
