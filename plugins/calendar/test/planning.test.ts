import type { PluginTest } from 'estafette/plugin/testing';
import type { EventFields } from '../ics';
import { cellsOf, halvesOf, type Span } from '../planning/cells';
import { addPeople, groupsOf, PEOPLE_MAX } from '../planning/groups';
import { know } from '../planning/known';
import { type CalendarStore, FIRST_CALENDAR, type Person } from '../store';
import { dayOf, HOUR_MS } from '../time/days';
import { anObject, aPerson, at, startCalendar } from './kit';

let test: PluginTest;
let store: CalendarStore;
let me: Person;
const grace = aPerson(7, { mail: 'grace@test.example' });

beforeEach(async () => {
  ({ test, store, me } = await startCalendar());
  test.clock.advance(Date.UTC(2026, 10, 19, 9, 0) - test.clock.now());
  await store.calendars(me);
});
afterEach(() => test.stop());

const table = (name: string) => test.db.table(name);
const put = async (person: Person, uid: string, fields: Partial<EventFields>): Promise<void> => {
  await store.calendars(person);
  await know(table, person);
  await store.put(person, FIRST_CALENDAR, `${uid}.ics`, anObject(uid, fields));
};
const timed = (from: string, to: string): Partial<EventFields> => ({
  start: at(from),
  end: at(to),
});
const group = (...mails: readonly string[]) =>
  addPeople(
    table,
    me,
    { id: '', title: 'Accueil' },
    mails.map((mail) => ({ mail, name: '' })),
  );

it('shows when others are busy, absent or at home, and never what they do', async () => {
  const secret = { summary: 'Entretien secret', location: 'Bureau caché' };
  await put(grace, 'one', { ...secret, ...timed('2026-11-16 09:00', '2026-11-16 10:00') });
  await put(grace, 'two', {
    ...secret,
    isAllDay: true,
    zone: '',
    showAs: 'telework',
    ...timed('2026-11-17 00:00', '2026-11-18 00:00'),
  });
  await put(grace, 'three', {
    ...secret,
    showAs: 'leave',
    visibility: 'private',
    ...timed('2026-11-18 13:30', '2026-11-18 17:00'),
  });
  const { id } = await group('grace@test.example', 'nobody@else.example');

  const page = await test.renderRoute('/planning', { query: { group: id } });
  const row = page.slice(page.indexOf('grace@test.example'), page.indexOf('nobody@else.example'));

  expect(row).toMatch(/plan-cell is-busy"><span>Occupé/);
  expect(row).toMatch(/colspan="2"><span class="plan-cell is-telework">[\s\S]*?<span>Télétravail/);
  expect(row).toMatch(/plan-cell is-leave"><span>Congé/);
  expect(page).not.toMatch(/secret|caché/);
  expect(page.slice(page.indexOf('nobody@else.example'))).toContain('Aucun agenda connu');
});

it('tells nothing of who closed their times, nor on a site that keeps them', async () => {
  await put(grace, 'one', timed('2026-11-16 09:00', '2026-11-16 10:00'));
  const { id } = await group('grace@test.example');

  const open = await test.renderRoute('/planning', { query: { group: id } });
  await test.stop();
  ({ test, store, me } = await startCalendar({ config: { freeBusy: 'shared' } as never }));
  test.clock.advance(Date.UTC(2026, 10, 19, 9, 0) - test.clock.now());
  await put(grace, 'one', timed('2026-11-16 09:00', '2026-11-16 10:00'));
  const closed = await test.renderRoute('/planning', {
    query: { group: (await group('grace@test.example')).id },
  });

  expect(open).toContain('plan-cell is-busy"><span>Occupé');
  expect(closed).not.toContain('plan-cell is-busy"><span>Occupé');
  expect(closed).toContain('Aucun agenda connu');
});

it('reads the titles of one’s own row, and leads from a free time to a new event', async () => {
  await put(me, 'one', { summary: 'Comité', ...timed('2026-11-19 14:00', '2026-11-19 15:00') });

  const page = await test.renderRoute('/planning', { query: { span: 'day' } });

  expect(page).toMatch(/class="plan-cell is-busy" href="\/calendar\/event[^>]*><span>Comité/);
  expect(page).toContain('href="/calendar/edit?start=2026-11-19T15%3A00"');
});

it('keeps groups of people, by address or by a name of the directory', async () => {
  const by = (body: Readonly<Record<string, string>>, to = 'people') =>
    test.route('post', `/planning/${to}`, { body: { on: '2026-11-16', ...body } });

  const first = await by({ who: 'Grace@test.example' });
  const [made] = await groupsOf(table, me);
  const second = await by({ group: made?.id ?? '', who: 'ada@test.example' });
  const nobody = await by({ group: made?.id ?? '', who: 'zz' });
  await by({ group: made?.id ?? '', title: 'Accueil', without: 'ada@test.example' }, 'group');
  const [kept] = await groupsOf(table, me);
  const alien = await by({ group: 'nope', delete: 'yes' }, 'group');
  await by({ group: made?.id ?? '', delete: 'yes' }, 'group');

  expect(first).toMatchObject({
    redirect: expect.stringContaining('/calendar/planning?on=2026-11-16'),
  });
  expect(second).toMatchObject({ redirect: expect.stringContaining(`group=${made?.id}`) });
  expect(nobody).toMatchObject({ status: 422, view: 'planning' });
  expect(kept).toMatchObject({ title: 'Accueil', people: [{ mail: 'grace@test.example' }] });
  expect(alien).toMatchObject({ status: 404 });
  expect(await groupsOf(table, me)).toEqual([]);
});

it('keeps no more people than a page can show', async () => {
  const many = Array.from({ length: PEOPLE_MAX + 5 }, (_, index) => `p${index}@test.example`);

  const { isFull } = await group(...many);

  expect(isFull).toBe(true);
  expect((await groupsOf(table, me))[0]?.people).toHaveLength(PEOPLE_MAX);
});

describe('boxes of time', () => {
  const day = dayOf(2026, 11, 16);
  const halves = halvesOf(day, { from: 9 * HOUR_MS, to: 18 * HOUR_MS });
  const span = (from: string, to: string, showAs: Span['showAs'], title = ''): Span => ({
    start: at(`2026-11-16 ${from}`),
    end: at(`2026-11-16 ${to}`),
    showAs,
    title,
    href: '',
  });

  it.each<[string, readonly Span[], readonly unknown[]]>([
    [
      'nothing',
      [],
      [
        ['free', 1],
        ['free', 1],
      ],
    ],
    ['one of the whole day', [span('08:00', '19:00', 'absent')], [['absent', 2]]],
    [
      'what weighs most',
      [span('09:00', '10:00', 'busy'), span('08:00', '12:00', 'leave')],
      [
        ['leave', 1],
        ['free', 1],
      ],
    ],
    [
      'free time',
      [span('09:00', '10:00', 'free')],
      [
        ['free', 1],
        ['free', 1],
      ],
    ],
    [
      'the evening, which is nobody’s',
      [span('20:00', '21:00', 'busy')],
      [
        ['free', 1],
        ['free', 1],
      ],
    ],
    [
      'two of one kind',
      [span('09:00', '10:00', 'busy', 'a'), span('15:00', '16:00', 'busy', 'b')],
      [
        ['busy', 1],
        ['busy', 1],
      ],
    ],
  ])('say %s', (_name, spans, said) => {
    expect(cellsOf(spans, halves).map(({ showAs, wide }) => [showAs, wide])).toEqual(said);
  });
});

it('tells when all are free, and invites them from there', async () => {
  await put(grace, 'one', timed('2026-11-20 09:00', '2026-11-20 10:00'));
  await put(grace, 'two', {
    isAllDay: true,
    zone: '',
    showAs: 'telework',
    ...timed('2026-11-19 00:00', '2026-11-20 00:00'),
  });
  await put(me, 'three', timed('2026-11-20 09:30', '2026-11-20 10:30'));
  const { id } = await group('grace@test.example', 'nobody@else.example');

  const page = await test.renderRoute('/planning', {
    query: { group: id, on: '2026-11-20', span: 'day' },
  });
  const row = page.slice(page.indexOf('<tfoot>'), page.indexOf('</tfoot>'));
  const week = await test.renderRoute('/planning', { query: { group: id } });

  expect(row).toContain('sauf 1 agenda inconnu');
  expect(row).toMatch(/2 occupés[\s\S]*1 occupé[\s\S]*Tous libres/);
  const href = /href="([^"]+T11:00)"/.exec(row.replaceAll('%3A', ':'))?.[1] ?? '';
  expect(href).toContain(`planning=${id}`);
  // Thursday is of work at home, and what is left of this morning begins now.
  expect(week.replaceAll('%3A', ':')).toMatch(/start=2026-11-19T10:00"[^>]*>[\s\S]*Tous libres/);
  expect(week).not.toMatch(/planning=[^&]+&amp;start=2026-11-1[68]/);

  const form = await test.renderRoute('/edit', {
    query: { planning: id, start: '2026-11-20T11:00' },
  });
  expect(form.match(/name="person" value="[^"]+"/g)).toEqual([
    'name="person" value="grace@test.example"',
    'name="person" value="nobody@else.example"',
  ]);
  const times = await test.renderRoute('/free-busy', { query: { planning: id, on: '2026-11-20' } });
  expect(times).toContain('Revenir au planning');
  expect(times).toContain('value="grace@test.example"');
});

it('names the people of one’s own groups alone', async () => {
  const { id } = await addPeople(table, grace, { id: '', title: 'Leur groupe' }, [
    { mail: 'secret@else.example', name: '' },
  ]);

  for (const planning of [id, '', 'none', 'shared'])
    expect(await test.renderRoute('/edit', { query: { planning } })).not.toContain('name="person"');
});
