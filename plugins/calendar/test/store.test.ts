import type { PluginTest } from 'estafette/plugin/testing';
import { type CalendarStore, FIRST_CALENDAR, type Person } from '../store';
import { anObject, aPerson, at, startCalendar, storeOf, takingPlace } from './kit';

const DAY_MS = 86_400_000;
const YEAR = ['2026-01-01 00:00', '2027-01-01 00:00'] as const;

let test: PluginTest;
let store: CalendarStore;
let me: Person;
const other = aPerson(9_001);
const start = async (config = {}): Promise<void> => {
  ({ test, store, me } = await startCalendar({ config }));
  await store.calendars(me);
};
afterEach(() => test.stop());

const put = (uid: string, fields = {}, when = {}, calendar = FIRST_CALENDAR) =>
  store.put(me, calendar, `${uid}.ics`, anObject(uid, fields), when);
const etagOf = async (uid: string): Promise<string> =>
  (await store.object(me, FIRST_CALENDAR, `${uid}.ics`))?.etag ?? '';

it('gives everybody a calendar, once', async () => {
  await start();

  const [first, second] = await Promise.all([store.calendars(other), store.calendars(other)]);

  expect(first).toEqual(second);
  expect(first).toMatchObject([{ id: FIRST_CALENDAR, rights: 'manage', isOwn: true }]);
});

it('keeps the bytes of an object, and a strong tag of them', async () => {
  await start();
  const text = anObject('one').replace('END:VEVENT', 'X-OTHER;A="b,c":é;,\\n\r\nEND:VEVENT');

  const first = await store.put(me, FIRST_CALENDAR, 'one.ics', text);
  const object = await store.object(me, FIRST_CALENDAR, 'one.ics');

  expect(first).toMatchObject({ kind: 'created', etag: object?.etag });
  expect(object).toMatchObject({ text, uid: 'one', uri: 'one.ics', component: 'VEVENT' });
  expect(object?.etag).toMatch(/^"[\w-]{20,}"$/);
});

describe('conditions', () => {
  it('refuse what was written by somebody else since', async () => {
    await start();
    await put('one');
    const etag = await etagOf('one');
    await put('one', { location: 'x' }, { ifMatch: etag });

    expect(await put('one', { location: 'y' }, { ifMatch: etag })).toEqual({ kind: 'conflict' });
    expect(await put('one', {}, { ifNoneMatch: true })).toEqual({ kind: 'conflict' });
    expect(await store.remove(me, FIRST_CALENDAR, 'one.ics', { ifMatch: etag })).toBe('conflict');
  });

  it('let one of two writers at once through', async () => {
    await start();
    await put('one');
    const when = { ifMatch: await etagOf('one') };

    const both = await Promise.all([
      put('one', { location: 'x' }, when),
      put('one', { location: 'y' }, when),
    ]);

    expect(both.map(({ kind }) => kind).sort()).toEqual(['conflict', 'updated']);
  });
});

describe('a series that is split', () => {
  const parts = async (later: string, ifMatch?: string) => ({
    uid: 'one',
    uri: 'one.ics',
    text: anObject('one', { rule: 'FREQ=DAILY;COUNT=2' }),
    ifMatch: ifMatch ?? (await etagOf('one')),
    rest: {
      uri: 'two.ics',
      text: later,
    },
  });
  const later = anObject('two', {
    start: at('2026-01-07 09:00'),
    end: at('2026-01-07 10:00'),
    rule: 'FREQ=DAILY;COUNT=1',
  });

  it('is both its halves', async () => {
    await start();
    await put('one', { rule: 'FREQ=DAILY;COUNT=3' });

    const split = await store.split(me, FIRST_CALENDAR, await parts(later));

    const second = await store.object(me, FIRST_CALENDAR, 'two.ics');
    expect(split).toMatchObject({ kind: 'created', etag: second?.etag });
    expect((await takingPlace(store, me, YEAR)).map((one) => one.slice(0, 14))).toEqual([
      'one 2026-01-05',
      'one 2026-01-06',
      'two 2026-01-07',
    ]);
  });

  it('is as it was where one of them cannot be written', async () => {
    await start();
    await put('one', { rule: 'FREQ=DAILY;COUNT=3' });
    const before = await store.object(me, FIRST_CALENDAR, 'one.ics');

    const refused = [
      await store.split(me, FIRST_CALENDAR, await parts('no calendar')),
      await store.split(me, FIRST_CALENDAR, await parts(later, '"old"')),
    ];

    expect(refused).toEqual([{ kind: 'refused', reason: 'not-an-object' }, { kind: 'conflict' }]);
    expect(await store.object(me, FIRST_CALENDAR, 'one.ics')).toEqual(before);
    expect(await store.object(me, FIRST_CALENDAR, 'two.ics')).toBeUndefined();
  });
});

describe('what is refused', () => {
  it.each([
    ['somebody else’s calendar', { kind: 'refused', reason: 'missing' }],
    ['a text that is none', { kind: 'refused', reason: 'not-an-object' }],
    ['a path', { kind: 'refused', reason: 'uri' }],
    ['a uid that is there', { kind: 'uid-conflict', uri: 'one.ics' }],
    ['what is too large', { kind: 'refused', reason: 'too-large' }],
    ['one too many', { kind: 'refused', reason: 'full' }],
  ])('%s', async (what, refusal) => {
    await start({ maxObjects: 1, maxObjectKilobytes: 16 });
    await put('one');
    const puts: Readonly<Record<string, () => Promise<unknown>>> = {
      'somebody else’s calendar': () => store.put(other, FIRST_CALENDAR, 'x.ics', anObject('x')),
      'a text that is none': () => store.put(me, FIRST_CALENDAR, 'x.ics', 'BEGIN:VCARD'),
      'a path': () => store.put(me, FIRST_CALENDAR, '../x.ics', anObject('x')),
      'a uid that is there': () => store.put(me, FIRST_CALENDAR, 'x.ics', anObject('one')),
      'what is too large': () => put('x', { description: 'x'.repeat(20_000) }),
      'one too many': () => put('two'),
    };

    expect(await puts[what]?.()).toEqual(refusal);
    expect([...(await store.counts(me)).values()]).toEqual([1]);
  });

  it('more than a person may keep, the trash included', async () => {
    await start({ maxMegabytes: 1, maxObjectKilobytes: 1_000 });
    expect(await put('one', { description: 'x'.repeat(700_000) })).toMatchObject({
      kind: 'created',
    });
    await store.remove(me, FIRST_CALENDAR, 'one.ics');

    expect(await put('two', { description: 'x'.repeat(400_000) })).toEqual({
      kind: 'refused',
      reason: 'quota',
    });
    expect(await put('three')).toMatchObject({ kind: 'created' });
    await store.purge(me);
    expect(await put('two', { description: 'x'.repeat(400_000) })).toMatchObject({
      kind: 'created',
    });
  });
});

describe('a window', () => {
  it('holds what takes place in it, by start, of the calendars that are asked for', async () => {
    await start();
    const second = await store.createCalendar(me, { title: 'Formation' });
    const id = second.kind === 'created' ? second.id : '';
    await put('weekly', { rule: 'FREQ=WEEKLY;COUNT=3' });
    await put('late', { start: at('2026-01-12 08:00'), end: at('2026-01-12 08:30') });
    await put('other', { start: at('2026-01-13 09:00'), end: at('2026-01-13 10:00') }, {}, id);

    const week = ['2026-01-11 23:00', '2026-01-18 23:00'] as const;
    expect(await takingPlace(store, me, week)).toEqual([
      'late 2026-01-12T07:00',
      'weekly 2026-01-12T08:00',
      'other 2026-01-13T08:00',
    ]);
    expect(await takingPlace(store, me, week, { calendars: [id] })).toEqual([
      'other 2026-01-13T08:00',
    ]);
    expect(await takingPlace(store, other, week)).toEqual([]);
  });

  it('finds words, whatever their case and accents, in titles, places and notes', async () => {
    await start();
    await put('Réunion', { location: 'Salle 204', description: 'Budget' });
    await put('autre');

    for (const text of ['reunion', 'SALLE budget', '204'])
      expect(await takingPlace(store, me, YEAR, { text })).toEqual(['Réunion 2026-01-05T08:00']);
    expect(await takingPlace(store, me, YEAR, { text: '%' })).toEqual([]);
  });

  it('is cut where far more takes place than can be shown, and says so', async () => {
    await start();
    await put('hours', { rule: 'FREQ=HOURLY' });
    const window = { from: at(YEAR[0]), to: at('2030-01-01 00:00'), zone: 'Europe/Paris' };

    const found = await store.occurrences(me, { ...window, limit: 100 });

    expect([found.occurrences.length, found.isCut]).toEqual([100, true]);
  });

  it('has whole days where the reader is', async () => {
    await start();
    await put('jour', {
      isAllDay: true,
      start: at('2026-05-01 00:00'),
      end: at('2026-05-02 00:00'),
    });

    expect(await takingPlace(store, me, ['2026-04-30 22:30', '2026-04-30 22:45'])).toHaveLength(1);
    expect(await takingPlace(store, me, ['2026-05-01 22:00', '2026-05-01 23:00'])).toHaveLength(0);
  });
});

describe('changes for programs', () => {
  it('are those since a token, and what went away', async () => {
    await start();
    await put('one');
    await put('two');
    const token = (await store.calendars(me))[0]?.syncToken ?? 0;
    await put('two', { location: 'x' });
    await put('three');
    await store.remove(me, FIRST_CALENDAR, 'one.ics');

    const changes = await store.changesSince(me, FIRST_CALENDAR, token);

    expect(changes?.changed.map(({ uri }) => uri)).toEqual(['two.ics', 'three.ics']);
    expect(changes?.removed).toEqual(['one.ics']);
    expect(await store.changesSince(me, FIRST_CALENDAR, 999)).toBeUndefined();
  });

  it('are asked for anew by who was away for longer than traces are kept', async () => {
    await start();
    await put('one');
    const token = (await store.calendars(me))[0]?.syncToken ?? 0;
    await store.remove(me, FIRST_CALENDAR, 'one.ics');
    test.clock.advance(100 * DAY_MS);
    await test.runJob('cleaning');

    expect(await store.changesSince(me, FIRST_CALENDAR, token)).toBeUndefined();
    expect(await store.changesSince(me, FIRST_CALENDAR, 0)).toMatchObject({ changed: [] });
  });
});

describe('the trash', () => {
  it('gives back what was deleted, under its id', async () => {
    await start();
    await put('one');
    const { id } = (await store.object(me, FIRST_CALENDAR, 'one.ics')) ?? { id: '' };
    await store.remove(me, FIRST_CALENDAR, 'one.ics');

    expect(await store.trash(me)).toMatchObject([{ id, summary: 'one' }]);
    expect(await store.restore(other, id)).toEqual({ kind: 'missing' });
    expect(await store.restore(me, id)).toEqual({ kind: 'restored', id });
    expect(await store.objectById(me, id)).toMatchObject({ uid: 'one', uri: 'one.ics' });
    expect(await store.trash(me)).toEqual([]);
  });

  it('keeps what cannot go back', async () => {
    await start();
    await put('one');
    await store.remove(me, FIRST_CALENDAR, 'one.ics');
    await put('one');
    const [{ id } = { id: '' }] = await store.trash(me);

    expect(await store.restore(me, id)).toEqual({ kind: 'uid-conflict' });
    expect(await store.trash(me)).toHaveLength(1);
  });

  it('has the events of a calendar that was deleted, and forgets in time', async () => {
    await start();
    await put('one');
    expect(await store.removeCalendar(me, FIRST_CALENDAR)).toBe('removed');

    expect(await store.trash(me)).toMatchObject([{ summary: 'one' }]);
    test.clock.advance(31 * DAY_MS);
    await test.runJob('cleaning');
    expect(await store.trash(me)).toEqual([]);
  });
});

it('erases all that is kept of a person, and nothing of others', async () => {
  await start();
  await put('one');
  await store.calendars(other);
  await store.put(other, FIRST_CALENDAR, 'b.ics', anObject('b'));

  const user = { id: test.user.id, site: me.site, login: 'x', mail: me.mail };
  await test.action('user:erased', { user } as never);

  expect(await store.object(me, FIRST_CALENDAR, 'one.ics')).toBeUndefined();
  expect(await store.object(other, FIRST_CALENDAR, 'b.ics')).toMatchObject({ uid: 'b' });
});

it('finds what was written meanwhile, and by whoever it was, in a window that it looked into', async () => {
  await start();
  const window = YEAR;
  await store.put(me, FIRST_CALENDAR, 'a.ics', anObject('a'));
  expect(await takingPlace(store, me, window)).toEqual(['a 2026-01-05T08:00']);
  expect(await takingPlace(store, me, window)).toEqual(['a 2026-01-05T08:00']);

  // Another process has another store, and the same database.
  await storeOf(test).put(me, FIRST_CALENDAR, 'b.ics', anObject('b'));
  expect(await takingPlace(store, me, window)).toHaveLength(2);
  await store.remove(me, FIRST_CALENDAR, 'a.ics');
  expect(await takingPlace(store, me, window)).toEqual(['b 2026-01-05T08:00']);
  await store.changeCalendar(me, FIRST_CALENDAR, { isShown: false });
  expect(await takingPlace(store, me, window)).toHaveLength(1);
  expect(await takingPlace(store, aPerson(me.user + 1), window)).toEqual([]);
});
