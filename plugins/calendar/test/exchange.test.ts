import type { PluginTest } from 'estafette/plugin/testing';
import { bringIn, type Report } from '../exchange/bring-in';
import { cutCalendar } from '../exchange/cut';
import { decodeFile } from '../exchange/decode';
import { exportCalendar } from '../exchange/export-file';
import { type CalendarStore, FIRST_CALENDAR, type Person } from '../store';
import { anObject, startCalendar, takingPlace } from './kit';

const YEAR = ['2026-01-01 00:00', '2027-01-01 00:00'] as const;
let test: PluginTest;
let store: CalendarStore;
let me: Person;

beforeEach(async () => {
  ({ test, store, me } = await startCalendar());
  await store.calendars(me);
});
afterEach(() => test.stop());

const file = (...lines: readonly string[]): string =>
  ['BEGIN:VCALENDAR', 'VERSION:2.0', ...lines, 'END:VCALENDAR', ''].join('\n');
const event = (uid: string, ...lines: readonly string[]): readonly string[] => [
  'BEGIN:VEVENT',
  ...(uid === '' ? [] : [`UID:${uid}`]),
  `SUMMARY:${uid || 'sans'}`,
  ...(lines.length > 0 ? lines : ['DTSTART:20260105T090000Z']),
  'END:VEVENT',
];
const bring = (text: string, maxBytes = 100_000): Promise<Report> =>
  bringIn(store, me, { calendar: FIRST_CALENDAR, text, maxBytes });

it('brings in what can be read, and tells the rest with its line', async () => {
  const text = file(
    ...event('a'),
    ...event('b', 'SUMMARY:sans début'),
    ...event('c', 'DTSTART:20261341T000000Z'),
    'BEGIN:VEVENT',
    'UID:d',
    ...event('e'),
    ...event('f', 'DTSTART:20260105T090000Z', 'RRULE:FREQ=SECONDLY'),
    ...event('g', 'DTSTART:20260105T090000Z', `DESCRIPTION:${'x'.repeat(20_000)}`),
  );

  const report = await bring(text, 10_000);

  expect(report.faults.map(({ line, fault }) => [line, fault])).toEqual([
    [18, 'unended'],
    [31, 'too-large'],
    [8, 'no-start'],
    [13, 'time'],
    [25, 'rule'],
  ]);
  expect(report).toMatchObject({ added: 2, updated: 0, isCut: false });
  expect(await takingPlace(store, me, YEAR)).toEqual(['a 2026-01-05T09:00', 'e 2026-01-05T09:00']);
});

it('makes nothing twice of a file that comes twice, with or without UID', async () => {
  const text = file(...event('a'), ...event(''));
  expect(await bring(text)).toMatchObject({ added: 2 });
  expect(await bring(text)).toMatchObject({ added: 0, updated: 0, same: 2 });

  expect(await bring(text.replace('SUMMARY:a', 'SUMMARY:b'))).toMatchObject({
    added: 0,
    updated: 1,
    same: 1,
  });
  expect(await takingPlace(store, me, YEAR)).toHaveLength(2);
});

it('keeps an event and its exceptions together, with the zones that they name', async () => {
  const zone = (name: string): readonly string[] => [
    'BEGIN:VTIMEZONE',
    `TZID:${name}`,
    'BEGIN:STANDARD',
    'DTSTART:19700101T000000',
    'TZOFFSETFROM:+0500',
    'TZOFFSETTO:+0500',
    'END:STANDARD',
    'END:VTIMEZONE',
  ];
  const text = file(
    ...zone('Maison'),
    ...zone('Ailleurs'),
    ...event('a', 'DTSTART;TZID=Maison:20260105T090000', 'RRULE:FREQ=DAILY;COUNT=2'),
    ...event('b'),
    ...event(
      'a',
      'RECURRENCE-ID;TZID=Maison:20260106T090000',
      'DTSTART;TZID=Maison:20260106T110000',
    ),
  );

  expect(await bring(text)).toMatchObject({ added: 2, faults: [] });

  expect(await takingPlace(store, me, YEAR)).toEqual([
    'a 2026-01-05T04:00',
    'b 2026-01-05T09:00',
    'a 2026-01-06T06:00',
  ]);
  for await (const objects of store.objects(me, FIRST_CALENDAR))
    for (const { uid, text: kept } of objects)
      expect([uid, kept.includes('TZID:Maison'), kept.includes('Ailleurs')]).toEqual([
        uid,
        uid === 'a',
        false,
      ]);
});

it('takes out what it brought in, and brings it in elsewhere as it was', async () => {
  await store.put(me, FIRST_CALENDAR, 'a.ics', anObject('a', { rule: 'FREQ=WEEKLY;COUNT=3' }));
  await store.put(me, FIRST_CALENDAR, 'b.ics', anObject('b', { description: 'un; deux, trois' }));
  const made = await store.createCalendar(me, { title: 'Autre' });
  const other = made.kind === 'created' ? made.id : '';

  const text =
    (await exportCalendar(store, me, { id: FIRST_CALENDAR, title: 'Mon; agenda' })) ?? '';
  const report = await bringIn(store, me, { calendar: other, text, maxBytes: 100_000 });

  expect(text.match(/BEGIN:VTIMEZONE/g)).toHaveLength(1);
  expect(text).toContain('X-WR-CALNAME:Mon\\; agenda\r\n');
  expect(report).toMatchObject({ added: 2, faults: [] });
  const taking = await takingPlace(store, me, YEAR, { calendars: [FIRST_CALENDAR] });
  expect(await takingPlace(store, me, YEAR, { calendars: [other] })).toEqual(taking);
});

it('stops where a calendar is full, and says why', async () => {
  await test.stop();
  ({ test, store, me } = await startCalendar({ config: { maxObjects: 1 } }));
  await store.calendars(me);

  const report = await bring(file(...event('a'), ...event('b')));

  expect(report).toMatchObject({ added: 1, faults: [{ fault: 'full' }] });
});

it.each([
  ['UTF-8', Buffer.from('\uFEFFBEGIN:VCALENDAR é')],
  ['UTF-16, little end first', Buffer.from('\uFEFFBEGIN:VCALENDAR é', 'utf16le')],
  ['UTF-16, big end first', Buffer.from('\uFEFFBEGIN:VCALENDAR é', 'utf16le').swap16()],
  ['Western Windows', Buffer.from('BEGIN:VCALENDAR é', 'latin1')],
])('reads %s', (_name, content) => {
  expect(decodeFile(content)).toMatch(/^\uFEFF?BEGIN:VCALENDAR é$/);
});

it('cuts a file at its components, alarms inside', () => {
  const text = file('BEGIN:VEVENT', 'UID:a', 'BEGIN:VALARM', 'END:VALARM', 'END:VEVENT').replaceAll(
    '\n',
    '\r',
  );
  // Old Macs end their lines so; nobody else does, and it is one line.
  expect([...cutCalendar(text, 1_000)]).toEqual([]);
  const [cut] = [...cutCalendar(text.replaceAll('\r', '\r\n'), 1_000)];
  expect(cut).toMatchObject({ kind: 'VEVENT', line: 3, name: 'a' });
  expect(cut && 'text' in cut ? cut.text : '').toContain('BEGIN:VALARM\r\nEND:VALARM\r\n');
});
