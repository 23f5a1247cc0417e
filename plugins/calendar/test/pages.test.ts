import type { PluginTest, RouteInput } from 'estafette/plugin/testing';
import type { EventFields } from '../ics';
import { fieldsOf } from '../ics';
import { type CalendarStore, FIRST_CALENDAR, type Person } from '../store';
import { anObject, aPerson, at, startCalendar, takingPlace } from './kit';

let test: PluginTest;
let store: CalendarStore;
let me: Person;

beforeEach(async () => {
  ({ test, store, me } = await startCalendar());
  test.clock.advance(Date.UTC(2026, 10, 19, 9, 0) - test.clock.now());
  await store.calendars(me);
});
afterEach(() => test.stop());

const put = async (uid: string, fields: Partial<EventFields> = {}): Promise<string> => {
  const text = anObject(uid, fields);
  await store.put(me, FIRST_CALENDAR, `${uid}.ics`, text);
  return (await store.object(me, FIRST_CALENDAR, `${uid}.ics`))?.id ?? '';
};
const timed = (from: string, to: string): Partial<EventFields> => ({
  start: at(from),
  end: at(to),
});
const html = (path: string, query: Readonly<Record<string, string>> = {}): Promise<string> =>
  test.renderRoute(path, { query });
const post = (
  path: string,
  body: Readonly<Record<string, string>>,
  more: Partial<RouteInput> = {},
) => test.route('post', path, { body, ...more });

const TYPED = {
  uid: '3f0b8a52-7d37-4b7e-9c5e-2f1f3f9b1c01',
  summary: 'Réunion',
  startDate: '2026-11-23',
  startTime: '09:00',
  endDate: '2026-11-23',
  endTime: '10:00',
  repeat: 'never',
  ends: 'never',
} as const;
const save = (fill: Readonly<Record<string, string>> = {}) => post('/edit', { ...TYPED, ...fill });
const month = ['2026-11-01 00:00', '2026-12-01 00:00'] as const;
const objectOf = async (id: string) => store.objectById(me, id);

it('shows the work week with its number, and says what is on other days', async () => {
  await put('one', { summary: 'Point d’équipe', ...timed('2026-11-16 09:00', '2026-11-16 10:00') });

  const work = await html('/', { view: 'work' });
  await put('two', timed('2026-11-21 09:00', '2026-11-21 10:00'));
  const more = await html('/', { view: 'work' });
  const whole = await html('/', { view: 'week' });

  expect(work).toContain('16 – 20 novembre 2026, semaine 47');
  expect(work).toContain('Point d’équipe');
  expect(work).not.toContain('cal-hidden');
  expect(more).toContain('1 évènement un autre jour');
  expect(whole).toContain('16 – 22 novembre 2026, semaine 47');
  expect(whole).not.toContain('cal-hidden');
});

it('draws the days and hours of the agent, those of what takes place outside, or all', async () => {
  await test.setUserSetting('wednesday', false);
  await test.setUserSetting('firstHour', '09:00');
  await test.setUserSetting('lastHour', '18:00');

  const usual = await html('/', { view: 'work' });
  await put('early', timed('2026-11-17 06:30', '2026-11-17 07:00'));
  await put('late', timed('2026-11-17 20:00', '2026-11-17 20:10'));
  const wide = await html('/', { view: 'work' });
  const all = await html('/', { view: 'day', hours: 'all' });

  expect(usual).toContain('data-h="9" data-lh="9"');
  expect(usual).not.toContain('data-day="2026-11-18"');
  expect(wide).toContain('data-h="6" data-lh="15"');
  expect(all).toContain('data-h="0" data-lh="24"');
});

it('opens with the view of the agent, and leaves week numbers out where they want none', async () => {
  await test.setUserSetting('view', 'month');
  await test.setUserSetting('weekNumbers', false);

  const month = await html('/');
  const week = await html('/', { view: 'week' });
  await test.setUserSetting('view', 'planning');

  expect(month).toContain('data-view="month"');
  expect(week).not.toContain('semaine 47');
  expect(week).not.toContain('cal-mini-week');
  expect(await test.route('get', '/')).toMatchObject({ redirect: '/calendar/planning' });
});

it('shows the hours of a second zone beside those of the agent', async () => {
  await test.setUserSetting('zone2', 'Pacific/Noumea');

  const page = await html('/', { view: 'day' });

  expect(page).toMatch(/<i>19:00<\/i>09:00/);
});

it('tells what has no room beside the others as a number, and leads to the list', async () => {
  for (let number = 1; number <= 11; number += 1)
    await put(`n${number}`, timed('2026-11-17 09:00', '2026-11-17 10:00'));

  const day = await html('/', { view: 'day', on: '2026-11-17' });
  const week = await html('/', { view: 'week', on: '2026-11-17' });

  expect(day).toContain(
    'data-c="7" data-of="8"><a href="/calendar?view=list&amp;on=2026-11-17">4 autres',
  );
  expect(week).toContain(
    'data-c="3" data-of="4"><a href="/calendar?view=day&amp;on=2026-11-17">8 autres',
  );
});

it('puts events that overlap beside one another', async () => {
  await put('one', timed('2026-11-17 11:00', '2026-11-17 12:30'));
  await put('two', timed('2026-11-17 11:30', '2026-11-17 13:00'));

  const page = await html('/', { view: 'day', on: '2026-11-17' });

  expect(page).toContain('data-h="11" data-m="0" data-lh="1" data-lm="30" data-c="0" data-of="2"');
  expect(page).toContain('data-h="11" data-m="30" data-lh="1" data-lm="30" data-c="1" data-of="2"');
});

it('draws a month as a table, and leads to the day for what has no room', async () => {
  for (let number = 1; number <= 6; number += 1)
    await put(`n${number}`, timed('2026-11-23 09:00', '2026-11-23 10:00'));
  await put('days', {
    summary: 'Séminaire',
    isAllDay: true,
    zone: '',
    ...timed('2026-11-04 00:00', '2026-11-07 00:00'),
  });

  const page = await html('/', { view: 'month', on: '2026-11-10' });

  expect(page).toContain('Évènements de novembre 2026');
  expect(page).toContain('href="/calendar?view=day&amp;on=2026-11-23">3 autres</a>');
  expect(page.split('>Séminaire<').length - 1).toBe(3);
});

it('finds an event by a word, coming ones first', async () => {
  await put('old', { summary: 'Comité ancien', ...timed('2026-03-02 09:00', '2026-03-02 10:00') });
  await put('new', {
    summary: 'Comité prochain',
    ...timed('2026-12-02 09:00', '2026-12-02 10:00'),
  });

  const page = await html('/', { q: 'comite' });

  expect(page).toContain('2 évènements');
  expect(page.indexOf('Comité prochain')).toBeLessThan(page.indexOf('Comité ancien'));
  expect(await html('/', { q: 'introuvable' })).toContain('Aucun évènement ne correspond');
});

it('says when an event is, how it repeats, and where its meeting is', async () => {
  const id = await put('one', {
    summary: 'Comité',
    rule: 'FREQ=WEEKLY;UNTIL=20261231T225959Z',
    description: 'Voir https://zoom.us/j/123, puis déjeuner.',
    alarms: [15],
    ...timed('2026-11-23 09:00', '2026-11-23 10:00'),
  });

  const page = await html('/event', { id, at: '20261123T090000' });

  expect(page).toContain('Lundi 23 novembre 2026, 9\u00a0h – 10\u00a0h');
  expect(page).toContain('Chaque semaine\u00a0: lundi, jusqu’au 31 décembre 2026');
  expect(page).toContain('Rejoindre (Zoom)');
  expect(page).toContain('href="https://zoom.us/j/123" target="_blank"');
  expect(page).toContain('15 minutes avant');
});

it('tells both clocks of an event of elsewhere', async () => {
  const id = await put('one', {
    zone: 'America/New_York',
    ...timed('2026-11-23 09:00', '2026-11-23 10:00'),
  });

  const page = await html('/event', { id });

  expect(page).toContain('15\u00a0h – 16\u00a0h');
  expect(page).toContain('America/New York\u00a0: lundi 23 novembre 2026, 9\u00a0h – 10\u00a0h');
});

it('shows markup of every field as text', async () => {
  const evil = '"><script>alert(1)</script>';
  const id = await put('one', {
    summary: evil,
    location: evil,
    description: evil,
    url: 'javascript:alert(1)',
    categories: [evil],
    ...timed('2026-11-19 09:00', '2026-11-19 10:00'),
  });
  await store.createCalendar(me, { title: evil });

  for (const page of [
    await html('/'),
    await html('/', { view: 'month' }),
    await html('/', { view: 'list' }),
    await html('/', { q: 'script' }),
    await html('/event', { id }),
    await html('/edit', { id }),
    await html('/calendars'),
  ]) {
    expect(page).not.toContain('<script');
    expect(page).not.toContain('href="javascript:');
  }
});

it('makes one event of a form that is sent twice', async () => {
  const first = await save();
  const second = await save();

  expect(first).toEqual({ redirect: '/calendar?on=2026-11-23&done=saved' });
  expect(second).toEqual(first);
  expect(await takingPlace(store, me, month)).toEqual(['Réunion 2026-11-23T08:00']);
});

it('gives a form back with what was typed and what is wrong', async () => {
  const answer = await save({ endTime: '08:00', summary: '', url: 'ftp://x', location: 'Ici' });

  expect(answer).toMatchObject({ status: 422 });
  const { model } = answer as unknown as {
    model: { errors: { field: string }[]; form: { location: string } };
  };
  expect(model.errors.map(({ field }) => field).sort()).toEqual(['endDate', 'summary', 'url']);
  expect(model.form.location).toBe('Ici');
  expect(await takingPlace(store, me, month)).toEqual([]);
});

it.each([
  ['daily', {}, 'FREQ=DAILY'],
  ['daily', { every: '3' }, 'FREQ=DAILY;INTERVAL=3'],
  ['weekdays', {}, 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR'],
  ['weekly', { weekday: '0' }, 'FREQ=WEEKLY;BYDAY=MO'],
  ['monthday', {}, 'FREQ=MONTHLY'],
  ['monthnth', {}, 'FREQ=MONTHLY;BYDAY=4MO'],
  ['monthlast', {}, 'FREQ=MONTHLY;BYDAY=-1MO'],
  ['yearly', { ends: 'count', count: '5' }, 'FREQ=YEARLY;COUNT=5'],
  ['weekly', { ends: 'until', until: '2026-12-31' }, 'FREQ=WEEKLY;UNTIL=20261231T225959Z'],
] as const)('writes the rule of %s %j', async (repeat, fill, rule) => {
  await save({ repeat, ...fill });

  const stored = await store.object(me, FIRST_CALENDAR, `${TYPED.uid}.ics`);
  const fields = fieldsOf(stored?.text ?? '')?.fields;
  expect(new Set(fields?.rule.split(';'))).toEqual(new Set(rule.split(';')));
});

it('changes one of a series, those from one on, or all', async () => {
  const id = await put('one', {
    rule: 'FREQ=DAILY;COUNT=4',
    ...timed('2026-11-23 09:00', '2026-11-23 10:00'),
  });
  const change = async (scope: string, day: number, summary: string) =>
    save({
      id,
      at: `202611${day}T090000`,
      scope,
      etag: (await objectOf(id))?.etag ?? '',
      summary,
      startDate: `2026-11-${day}`,
      endDate: `2026-11-${day}`,
      repeat: 'daily',
      ends: 'count',
      count: '4',
    });

  await change('this', 24, 'Seul');
  await change('following', 25, 'Suite');

  expect(await takingPlace(store, me, month)).toEqual([
    'one 2026-11-23T08:00',
    'Seul 2026-11-24T08:00',
    'Suite 2026-11-25T08:00',
    'Suite 2026-11-26T08:00',
  ]);
});

it('keeps a rule that the form has no words for', async () => {
  const rule = 'FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1';
  const id = await put('one', { rule, ...timed('2026-11-30 09:00', '2026-11-30 10:00') });
  expect(await html('/edit', { id })).toContain('Autre règle, gardée telle quelle');

  await save({
    id,
    etag: (await objectOf(id))?.etag ?? '',
    repeat: 'other',
    startDate: '2026-11-30',
    endDate: '2026-11-30',
  });

  const fields = fieldsOf((await objectOf(id))?.text ?? '')?.fields;
  expect([fields?.summary, fields?.rule]).toEqual(['Réunion', rule]);
});

it('tells of a change in another window, and writes nothing', async () => {
  const id = await put('one', timed('2026-11-23 09:00', '2026-11-23 10:00'));
  const etag = (await objectOf(id))?.etag ?? '';
  await save({ id, etag, location: 'Première' });

  const second = await save({ id, etag, location: 'Seconde' });

  expect(second).toMatchObject({
    status: 409,
    model: { differences: [{ label: 'Lieu', mine: 'Seconde', theirs: 'Première' }] },
  });
  expect((await objectOf(id))?.text).toContain('Première');
});

it('deletes an event or a part of a series, and brings it back', async () => {
  const id = await put('one', {
    rule: 'FREQ=DAILY;COUNT=3',
    ...timed('2026-11-23 09:00', '2026-11-23 10:00'),
  });

  await post('/delete', { id, at: '20261124T090000', scope: 'this' });
  expect(await takingPlace(store, me, month)).toHaveLength(2);
  const gone = await post('/delete', { id, at: '20261123T090000', scope: 'all' });
  expect(gone).toEqual({ redirect: `/calendar?on=2026-11-23&done=deleted&restore=${id}` });
  expect(await html('/trash')).toContain('one');
  await post('/restore', { id });

  expect(await takingPlace(store, me, month)).toHaveLength(2);
});

it('hides the calendars that are not ticked, and leads nowhere else', async () => {
  await put('one', { summary: 'Point', ...timed('2026-11-19 09:00', '2026-11-19 10:00') });
  const lists = { calendar: [FIRST_CALENDAR] };

  const answer = await post('/shown', { back: 'https://ailleurs.example/' }, { lists });

  expect(answer).toEqual({ redirect: '/calendar' });
  expect(await html('/', { view: 'day' })).not.toContain('Point');
  await post(
    '/shown',
    { back: '/calendar?view=day' },
    { lists: { ...lists, shown: [FIRST_CALENDAR] } },
  );
  expect(await html('/', { view: 'day' })).toContain('Point');
});

it('makes, renames and deletes calendars', async () => {
  await post('/calendars/create', { title: 'Formation', colour: 'amber' });
  const made = (await store.calendars(me)).find(({ title }) => title === 'Formation');
  const calendar = made?.id ?? '';

  await post('/calendars/change', { calendar, title: 'Stages', colour: 'red' });
  expect(await store.calendars(me)).toContainEqual(
    expect.objectContaining({ id: calendar, title: 'Stages', colour: 'red' }),
  );
  await post('/calendars/delete', { calendar });
  expect(await store.calendars(me)).toHaveLength(2);
  await post('/calendars/delete', { calendar, sure: 'yes' });

  expect(await store.calendars(me)).toHaveLength(1);
});

it('answers 404 for what is somebody else’s', async () => {
  const other = aPerson(99);
  await store.calendars(other);
  await store.put(other, FIRST_CALENDAR, 'x.ics', anObject('x'));
  const id = (await store.object(other, FIRST_CALENDAR, 'x.ics'))?.id ?? '';

  for (const path of ['/event', '/edit'])
    expect(await test.route('get', path, { query: { id } })).toMatchObject({ status: 404 });
  for (const path of ['/delete', '/restore', '/purge'])
    expect(await post(path, { id })).toMatchObject({ status: 404 });
});

it.each(['x', '2026-02-30', '0001-01-01', '9999-12-31', '2026-11'])(
  'takes %s for no day, and shows today',
  async (on) => {
    expect(await html('/', { view: 'day', on })).toContain('Jeudi 19 novembre 2026');
  },
);
