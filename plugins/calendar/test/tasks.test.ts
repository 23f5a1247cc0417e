import type { PluginTest } from 'estafette/plugin/testing';
import { type CalendarStore, FIRST_CALENDAR, type Person } from '../store';
import { changedTask, markedTask, newTask } from '../tasks/edit';
import { taskFacts } from '../tasks/facts';
import { startCalendar } from './kit';

const NOW = Date.UTC(2026, 10, 23, 9, 0);
let test: PluginTest;
let store: CalendarStore;
let me: Person;

beforeEach(async () => {
  ({ test, store, me } = await startCalendar());
  test.clock.advance(NOW - test.clock.now());
  await store.calendars(me);
});
afterEach(() => test.stop());

const aTask = (uid: string, lines: readonly string[]): string =>
  [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//x//EN',
    'BEGIN:VTODO',
    `UID:${uid}`,
    'DTSTAMP:20261101T000000Z',
    ...lines,
    'END:VTODO',
    'END:VCALENDAR',
    '',
  ].join('\r\n');
const put = async (uid: string, lines: readonly string[]): Promise<string> => {
  const made = await store.put(me, FIRST_CALENDAR, `${uid}.ics`, aTask(uid, lines));
  if (made.kind !== 'created') throw new Error(made.kind);
  return made.id;
};
const textOf = async (id: string): Promise<string> =>
  ((await store.objectById(me, id))?.text ?? '').replaceAll('\r\n ', '');

interface Group {
  readonly id: string;
  readonly tasks: readonly { readonly title: string; readonly due: string; readonly id: string }[];
}
async function list(query: Readonly<Record<string, string>> = {}): Promise<readonly Group[]> {
  const page = (await test.route('get', '/tasks', { query })) as unknown as {
    readonly model: { readonly groups: readonly Group[] };
  };
  return page.model.groups;
}
const titles = (groups: readonly Group[]): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(groups.map(({ id, tasks }) => [id, tasks.map(({ title }) => title)]));

it('are listed by when they are due, done ones apart, of programs too', async () => {
  await put('late', ['SUMMARY:En retard', 'DUE;TZID=Europe/Paris:20261123T093000']);
  await put('now', ['SUMMARY:Ce soir', 'DUE:20261123T170000Z', 'PRIORITY:1']);
  await put('day', ['SUMMARY:Aujourd’hui', 'DUE;VALUE=DATE:20261123']);
  await put('week', ['SUMMARY:Vendredi', 'DTSTART:20261127T080000Z', 'DURATION:PT1H']);
  await put('later', ['SUMMARY:En 2027', 'DUE;VALUE=DATE:20270105']);
  await put('none', ['SUMMARY:Un jour']);
  await put('done', ['SUMMARY:Fait', 'STATUS:COMPLETED', 'COMPLETED:20261120T100000Z']);

  const groups = await list();

  expect(titles(groups)).toEqual({
    late: ['En retard'],
    today: ['Ce soir', 'Aujourd’hui'],
    week: ['Vendredi'],
    later: ['En 2027'],
    undated: ['Un jour'],
  });
  expect(groups[1]?.tasks[0]?.due).toBe('Aujourd’hui, 18\u00a0h');
  expect(titles(await list({ show: 'done' }))).toEqual({ done: ['Fait'] });
  expect(titles(await list({ show: 'today' }))).toEqual({
    late: ['En retard'],
    today: ['Ce soir', 'Aujourd’hui'],
  });
  expect(titles(await list({ q: 'vendr' }))).toEqual({ week: ['Vendredi'] });
});

it('are added in one line, with the day and hour that it says', async () => {
  await test.route('post', '/tasks/add', { body: { text: 'Rendre le rapport vendredi 17h' } });
  await test.route('post', '/tasks/add', { body: { text: 'Ranger le bureau' } });

  const groups = await list();
  expect(titles(groups)).toEqual({ week: ['Rendre le rapport'], undated: ['Ranger le bureau'] });
  expect(groups[0]?.tasks[0]?.due).toMatch(/^Vendredi 27 novembre 2026, 17/);
  expect(await textOf(groups[0]?.tasks[0]?.id ?? '')).toMatch(
    /DUE;TZID=Europe\/Paris:20261127T170000/,
  );
});

it('are done and opened again, and a form that is sent twice does it once', async () => {
  const id = await put('one', ['SUMMARY:Une', 'PERCENT-COMPLETE:40', 'X-OTHER:kept']);
  const etag = (await store.objectById(me, id))?.etag ?? '';

  for (const _ of [1, 2])
    await test.route('post', '/tasks/mark', { body: { id, etag, mark: 'done' } });
  expect(await textOf(id)).toMatch(/PERCENT-COMPLETE:100[\s\S]*STATUS:COMPLETED/);
  expect(await textOf(id)).toContain('X-OTHER:kept');
  await test.route('post', '/tasks/mark', { body: { id, mark: 'open' } });
  const open = await textOf(id);
  expect(open).toContain('STATUS:NEEDS-ACTION');
  expect(open).not.toMatch(/COMPLETED:|PERCENT/);
  expect(await test.route('post', '/tasks/mark', { body: { id: 'nothing' } })).toMatchObject({
    status: 404,
  });
});

it('that repeat come back on their next date, and end with their rule', async () => {
  const id = await put('week', [
    'SUMMARY:Arroser',
    'DTSTART;TZID=Europe/Paris:20261023T080000',
    'DUE;TZID=Europe/Paris:20261023T090000',
    'RRULE:FREQ=WEEKLY;COUNT=3',
  ]);

  const done = async (): Promise<string> => {
    const etag = (await store.objectById(me, id))?.etag ?? '';
    await test.route('post', '/tasks/mark', { body: { id, etag, mark: 'done' } });
    return textOf(id);
  };
  // Over the change of the clocks: the hour stays.
  const second = await done();
  expect(second).toContain('DTSTART;TZID=Europe/Paris:20261030T080000');
  expect(second).toContain('DUE;TZID=Europe/Paris:20261030T090000');
  expect(second).toContain('COUNT=2');
  expect(second).not.toContain('COMPLETED');
  expect(await done()).toContain('20261106T090000');
  expect(await done()).toContain('STATUS:COMPLETED');
});

it('are changed in a form that keeps what it is not about, and says what changed meanwhile', async () => {
  const id = await put('one', [
    'SUMMARY:Avant',
    'DUE;TZID=America/New_York:20261201T090000',
    'PRIORITY:3',
    'CATEGORIES:Équipe',
    'X-OTHER:kept',
  ]);
  const form = (await test.route('get', '/tasks/task', { query: { id } })) as unknown as {
    readonly model: { readonly etag: string; readonly form: Readonly<Record<string, string>> };
  };
  expect(form.model.form).toMatchObject({ dueDate: '2026-12-01', dueTime: '15:00', priority: '1' });
  const save = (fields: Readonly<Record<string, string>>) =>
    test.route('post', '/tasks/task', {
      body: { id, etag: form.model.etag, ...form.model.form, ...fields },
    });

  expect(await save({ summary: '' })).toMatchObject({ status: 422 });
  expect(await save({ dueDate: '2026-13-45' })).toMatchObject({
    status: 422,
    model: { form: { dueDate: '2026-13-45' } },
  });
  expect(await save({ percent: '120' })).toMatchObject({ status: 422 });
  expect(await save({ summary: 'Après', description: '<b>x</b>' })).toMatchObject({
    redirect: expect.stringContaining('done=task'),
  });
  const text = await textOf(id);
  // What was not touched is as it was: the zone, and a priority that forms have no word for.
  expect(text).toContain('DUE;TZID=America/New_York:20261201T090000');
  expect(text).toContain('PRIORITY:3');
  expect(text).toContain('CATEGORIES:Équipe');
  expect(text).toContain('X-OTHER:kept');
  expect(text).toContain('SUMMARY:Après');
  expect(await save({ summary: 'Autre' })).toMatchObject({
    status: 422,
    model: { form: { summary: 'Autre' } },
  });
  expect(await textOf(id)).toContain('SUMMARY:Après');
});

it('go to the trash, and come back', async () => {
  const id = await put('one', ['SUMMARY:Une']);
  const gone = await test.route('post', '/tasks/delete', { body: { id } });
  expect(gone).toMatchObject({ redirect: expect.stringContaining(`restore=${id}`) });
  expect(await list()).toEqual([]);
  expect(await test.route('post', '/restore', { body: { id } })).toMatchObject({
    redirect: expect.stringContaining('/calendar/tasks'),
  });
  expect(titles(await list())).toEqual({ undated: ['Une'] });
});

it('begin with a message and lead back to it, and to nothing else', async () => {
  const message = '/mail/me/INBOX/12';
  const form = await test.route('get', '/tasks/task', { query: { title: 'Sujet', message } });
  expect(form).toMatchObject({ model: { form: { summary: 'Sujet' }, message } });
  await test.route('post', '/tasks/task', { body: { summary: 'Sujet', message } });
  const [group] = await list();
  expect(
    await test.route('get', '/tasks/task', { query: { id: group?.tasks[0]?.id ?? '' } }),
  ).toMatchObject({ model: { message } });
  expect(
    await test.route('get', '/tasks/task', {
      query: { title: 'x', message: 'https://evil.example/' },
    }),
  ).toMatchObject({ model: { message: '' } });
});

it.each([
  ['no due', []],
  ['a due that is none', ['DUE:whenever']],
  ['a due before the start', ['DTSTART:20270101T000000Z', 'DUE:20260101T000000Z']],
  ['a rule each second', ['DTSTART:20270101T000000Z', 'RRULE:FREQ=SECONDLY']],
  ['a priority of letters', ['PRIORITY:high']],
] as const)('with %s are listed or refused, and done', async (_name, lines) => {
  const made = await store.put(
    me,
    FIRST_CALENDAR,
    'x.ics',
    aTask('x', ['SUMMARY:<i>x</i>', ...lines]),
  );
  if (made.kind !== 'created') return expect(made).toMatchObject({ kind: 'refused' });
  expect((await list()).flatMap(({ tasks }) => tasks)).toHaveLength(1);
  expect(
    await test.route('post', '/tasks/mark', { body: { id: made.id, mark: 'done' } }),
  ).toMatchObject({ redirect: expect.stringContaining('/calendar/tasks') });
  return undefined;
});

it('are written as programs read them', () => {
  const text = newTask(
    {
      summary: 'Une',
      description: 'Notes',
      due: { isAllDay: false, wall: Date.UTC(2026, 10, 27, 17), zone: 'Europe/Paris' },
      priority: 1,
      percent: 0,
    },
    { uid: 'u', now: NOW },
  );
  expect(text).toContain('BEGIN:VTIMEZONE');
  expect(taskFacts(text)).toMatchObject({ priority: 1, isDone: false });
  expect(taskFacts(markedTask(text, true, NOW))).toMatchObject({ isDone: true, percent: 100 });
  const none = { summary: 'Une', description: '', due: undefined, priority: 0, percent: 0 };
  expect(changedTask(text, none, NOW)).not.toMatch(/DUE|DESCRIPTION|PRIORITY/);
});
