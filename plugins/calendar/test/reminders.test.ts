import type { PluginTest } from 'estafette/plugin/testing';
import type { EventFields } from '../ics';
import { nextRing, ringsOf } from '../reminders/rings';
import { type CalendarStore, FIRST_CALENDAR, type Person } from '../store';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../time/days';
import { ianaZone, UTC } from '../time/zone';
import { anObject, at, startCalendar } from './kit';

const PARIS = ianaZone('Europe/Paris') ?? UTC;
const withAlarm = (text: string, alarm: string): string =>
  text.replace(
    'END:VEVENT',
    `BEGIN:VALARM\r\nACTION:DISPLAY\r\nDESCRIPTION:x\r\n${alarm}\r\nEND:VALARM\r\nEND:VEVENT`,
  );
const iso = (ms: number | undefined): string =>
  ms === undefined ? 'never' : new Date(ms).toISOString().slice(0, 16);

describe('alarms of a text', () => {
  const once = anObject('one'); // 2026-01-05 09:00 in Paris
  const series = anObject('one', { rule: 'FREQ=DAILY;COUNT=400' });
  const day = anObject('one', {
    isAllDay: true,
    zone: '',
    start: at('2026-01-05 00:00'),
    end: at('2026-01-06 00:00'),
  });

  it.each([
    ['before the start', once, 'TRIGGER:-PT15M', '2026-01-05T07:45'],
    ['after the end', once, 'TRIGGER;RELATED=END:PT5M', '2026-01-05T09:05'],
    ['at a moment', once, 'TRIGGER;VALUE=DATE-TIME:20260104T100000Z', '2026-01-04T10:00'],
    ['of a whole day, where its reader is', day, 'TRIGGER:-PT9H', '2026-01-04T14:00'],
    ['of the next occurrence', series, 'TRIGGER:-PT15M', '2026-01-03T07:45'.replace('03', '05')],
    [
      'but not what was dismissed elsewhere',
      once,
      'TRIGGER:-PT15M\r\nACKNOWLEDGED:20260105T080000Z',
      'never',
    ],
    ['but not what starts a program', once, 'TRIGGER:-PT15M\r\nACTION:NONE', '2026-01-05T07:45'],
    ['but not what cannot be read', once, 'TRIGGER:soon', 'never'],
  ])('ring %s', (_name, text, alarm, expected) => {
    expect(iso(nextRing(withAlarm(text, alarm), Date.UTC(2026, 0, 3), PARIS)?.at)).toBe(expected);
  });

  it('ring for each occurrence, on both sides of a change of the clocks', () => {
    const text = withAlarm(series, 'TRIGGER:-PT30M');

    const rings = ringsOf(text, {
      after: Date.UTC(2026, 2, 28),
      to: Date.UTC(2026, 2, 31),
      zone: PARIS,
    });

    expect(rings.map((ring) => `${iso(ring.at)} ${ring.recurrence}`)).toEqual([
      '2026-03-28T07:30 20260328T090000',
      '2026-03-29T06:30 20260329T090000',
      '2026-03-30T06:30 20260330T090000',
    ]);
  });

  it('are found a year ahead, and never after the last', () => {
    const yearly = withAlarm(anObject('one', { rule: 'FREQ=YEARLY;COUNT=3' }), 'TRIGGER:-PT1H');

    const next = (after: number) => iso(nextRing(yearly, after, PARIS)?.at);

    expect(next(Date.UTC(2026, 0, 6))).toBe('2027-01-05T07:00');
    expect(next(Date.UTC(2028, 0, 6))).toBe('never');
  });

  it('of a task ring before it is due, until it is done', () => {
    const task = (more: string): string =>
      [
        'BEGIN:VCALENDAR',
        'VERSION:2.0',
        'PRODID:x',
        'BEGIN:VTODO',
        'UID:t',
        'SUMMARY:Rapport',
        'DUE:20260105T160000Z',
        more,
        'BEGIN:VALARM',
        'ACTION:DISPLAY',
        'TRIGGER;RELATED=END:-PT1H',
        'END:VALARM',
        'END:VTODO',
        'END:VCALENDAR',
        '',
      ].join('\r\n');

    expect(iso(nextRing(task('PRIORITY:1'), Date.UTC(2026, 0, 3), PARIS)?.at)).toBe(
      '2026-01-05T15:00',
    );
    expect(nextRing(task('STATUS:COMPLETED'), Date.UTC(2026, 0, 3), PARIS)).toBeUndefined();
  });

  it('of a rule without end cost no more than a look ahead', () => {
    const text = withAlarm(anObject('one', { rule: 'FREQ=HOURLY' }), 'TRIGGER:-P1000D');
    const started = performance.now();

    nextRing(text, Date.UTC(2030, 0, 1), PARIS);

    expect(performance.now() - started).toBeLessThan(1_000);
  });
});

describe('reminders', () => {
  let test: PluginTest;
  let store: CalendarStore;
  let me: Person;

  beforeEach(async () => {
    ({ test, store, me } = await startCalendar());
    test.clock.advance(Date.UTC(2026, 10, 19, 9, 0) - test.clock.now());
    await store.calendars(me);
    await test.renderRoute('/');
  });
  afterEach(() => test.stop());

  const put = async (uid: string, fields: Partial<EventFields>): Promise<void> => {
    await store.put(me, FIRST_CALENDAR, `${uid}.ics`, anObject(uid, fields));
  };
  const meeting = {
    summary: 'Comité',
    start: at('2026-11-19 10:30'),
    end: at('2026-11-19 11:30'),
    alarms: [15],
  };
  const tick = async (minutes: number): Promise<void> => {
    test.clock.advance(minutes * MINUTE_MS);
    await test.runJob('reminders');
  };
  const shown = async (): Promise<readonly string[]> => {
    const rows: { summary: string; shown_ms: number }[] = await test.db.table('calendar_rung');
    return rows
      .filter(({ shown_ms }) => shown_ms <= test.clock.now())
      .map(({ summary }) => summary);
  };
  const idOf = async (): Promise<string> =>
    ((await test.db.table('calendar_rung').first('id')) as { id: string }).id;

  it('ring when they are due and once, and are seen on the page', async () => {
    await put('one', meeting);

    await tick(14);
    const before = await shown();
    await tick(1);
    await test.runJob('reminders');
    const page = await test.renderSlot('page.banner@1');

    expect(before).toEqual([]);
    expect(await shown()).toEqual(['Comité']);
    expect(await test.db.table('calendar_alarms')).toEqual([]);
    expect(page).toContain('<b>Comité</b></a>, Aujourd’hui à 10\u00a0h\u00a030');
  });

  it('are dismissed, or come back; nobody answers those of others', async () => {
    await put('one', meeting);
    await tick(15);
    const id = await idOf();

    const alien = await test.route('post', '/reminders', { body: { id: 'nope' } });
    await test.route('post', '/reminders', { body: { id, minutes: '5' } });
    const snoozed = await shown();
    await tick(5);
    const back = await shown();
    const answer = await test.route('post', '/reminders', { body: { id } });

    expect(alien).toMatchObject({ status: 404 });
    expect([snoozed, back]).toEqual([[], ['Comité']]);
    expect(answer).toMatchObject({ redirect: '/calendar/reminders' });
    expect(await shown()).toEqual([]);
  });

  it('do not ring again for an event that is written again, but for one that is moved', async () => {
    await put('one', meeting);
    await tick(15);
    await test.route('post', '/reminders', { body: { id: await idOf() } });

    await put('one', { ...meeting, location: 'Ailleurs' });
    await tick(1);
    const same = await shown();
    await put('one', { ...meeting, start: at('2026-11-19 12:00'), end: at('2026-11-19 13:00') });
    await tick(90);

    expect(same).toEqual([]);
    expect(await shown()).toEqual(['Comité']);
  });

  it('go on with the next occurrence, and leave out what a stop made late', async () => {
    await put('one', { ...meeting, rule: 'FREQ=DAILY' });

    await tick(3 * 24 * 60); // two of them were days ago
    const late = await shown();
    await tick(15);

    expect(late).toEqual([]);
    expect(await shown()).toEqual(['Comité']);
    const [{ next_ms: next }] = await test.db.table('calendar_alarms');
    expect(next).toBe(Date.UTC(2026, 10, 23, 9, 15));
  });

  it('of what was deleted are forgotten', async () => {
    await put('one', meeting);
    await store.remove(me, FIRST_CALENDAR, 'one.ics');

    await tick(20);

    expect(await shown()).toEqual([]);
    expect(await test.db.table('calendar_alarms')).toEqual([]);
  });

  it('reach nobody who wants none', async () => {
    await test.setUserSetting('reminderBy', 'none');
    await put('one', meeting);

    await tick(15);

    expect(await shown()).toEqual([]);
    expect(await test.renderSlot('page.banner@1')).not.toContain('Comité');
  });

  it('go by mail, once, to who wants it', async () => {
    await test.setUserSetting('reminderBy', 'both');
    await put('one', meeting);

    await tick(15);
    await test.runJob('reminders');

    expect(test.posted).toHaveLength(1);
    expect(test.posted[0]).toMatchObject({ subject: expect.stringMatching(/^Rappel\s: Comité$/) });
    expect(test.clock.now()).toBeLessThan(Date.UTC(2026, 10, 19) + DAY_MS + HOUR_MS);
  });
});
