/** Calendars that nobody means well with, or that some program wrote wrong: made of these lines. */

const calendar = (...lines: readonly string[]): string =>
  ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//Hostile//EN', ...lines, 'END:VCALENDAR', ''].join(
    '\r\n',
  );

const TIMES = ['DTSTART:20270304T090000Z', 'DTEND:20270304T100000Z'];
const event = (uid: string, ...lines: readonly string[]): string =>
  calendar('BEGIN:VEVENT', `UID:${uid}`, 'DTSTAMP:20270101T000000Z', ...lines, 'END:VEVENT');
const stamp = (at: number): string => new Date(at).toISOString().replace(/[-:]|\.\d+/g, '');
const days = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, at) => stamp(Date.UTC(2027, 2, 4 + at, 9)));
const HTML = '<img src=x onerror="alert(1)"><script>alert(2)</script>&lt;b&gt;';
const zone = (name: string, ...lines: readonly string[]): readonly string[] => [
  'BEGIN:VTIMEZONE',
  `TZID:${name}`,
  ...lines,
  'END:VTIMEZONE',
];
const standard = (from: string, to: string, start = '19700101T000000'): readonly string[] => [
  'BEGIN:STANDARD',
  `DTSTART:${start}`,
  `TZOFFSETFROM:${from}`,
  `TZOFFSETTO:${to}`,
  'END:STANDARD',
];
const DEEP = 10_000;

/** By name; each is sent through every door. */
export const HOSTILE_CALENDARS: Readonly<Record<string, () => string | Buffer>> = {
  'a rule of each second': () => event('secondly', ...TIMES, 'RRULE:FREQ=SECONDLY'),
  'a rule of each minute, without end': () => event('minutely', ...TIMES, 'RRULE:FREQ=MINUTELY'),
  'the 30th of February': () =>
    event('february', ...TIMES, 'RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30'),
  'hours of the 30th of February, counted': () =>
    event('hours', ...TIMES, 'RRULE:FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30;COUNT=9'),
  'a rule until the year 9999': () =>
    event('until', ...TIMES, 'RRULE:FREQ=DAILY;UNTIL=99991231T235959Z'),
  'a rule of every part at once': () =>
    event(
      'parts',
      ...TIMES,
      `RRULE:FREQ=YEARLY;BYHOUR=${Array.from({ length: 24 }, (_, at) => at).join()};BYMINUTE=${Array.from({ length: 60 }, (_, at) => at).join()};BYSECOND=${Array.from({ length: 60 }, (_, at) => at).join()}`,
    ),
  '50,000 exceptions': () =>
    event('exceptions', ...TIMES, 'RRULE:FREQ=DAILY', `EXDATE:${days(50_000).join()}`),
  'a few thousand times a day, the last of them': () =>
    event(
      'dense',
      'DTSTART:20261124T100000Z',
      'RRULE:FREQ=YEARLY;BYSETPOS=-366;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYHOUR=0,1,2,3,4,5,6,7,8,9;BYMINUTE=1,2,3,4,5,6,7,8,9;BYSECOND=1,2,3,4,5,6,7,8,9',
    ),
  'as many times a day as are taken': () =>
    event(
      'often',
      'DTSTART:20261124T100000Z',
      `RRULE:FREQ=YEARLY;BYSETPOS=-366;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYHOUR=${Array.from({ length: 24 }, (_, at) => at).join()};BYMINUTE=0,10,20,30,40,50`,
    ),
  '50,000 dates': () => event('many-dates', ...TIMES, `RDATE:${days(50_000).join()}`),
  '10,000 dates': () => event('dates', ...TIMES, `RDATE:${days(10_000).join()}`),
  'periods as dates': () =>
    event(
      'periods',
      ...TIMES,
      'RDATE;VALUE=PERIOD:20270305T090000Z/20270305T110000Z,20270306T090000Z/PT1H',
    ),
  '10,000 attendees': () =>
    event(
      'attendees',
      ...TIMES,
      'ORGANIZER:mailto:ada@saisons.example',
      ...Array.from(
        { length: 10_000 },
        (_, at) => `ATTENDEE;CN="P ${at}":mailto:p${at}@saisons.example`,
      ),
    ),
  'HTML in every field': () =>
    event(
      'html',
      ...TIMES,
      ...['SUMMARY', 'LOCATION', 'DESCRIPTION', 'CATEGORIES', 'COMMENT', 'URL'].map(
        (name) => `${name}:${HTML}`,
      ),
    ),
  'no UID': () => calendar('BEGIN:VEVENT', ...TIMES, 'SUMMARY:sans', 'END:VEVENT'),
  'no start': () => event('no-start', 'SUMMARY:sans début'),
  'two definitions of one zone': () =>
    calendar(
      ...zone('Maison', ...standard('+0100', '+0100')),
      ...zone('Maison', ...standard('+0500', '+0500')),
      'BEGIN:VEVENT',
      'UID:two-zones',
      'DTSTART;TZID=Maison:20270304T090000',
      'END:VEVENT',
    ),
  'a zone of 10,000 changes': () =>
    calendar(
      ...zone(
        'Girouette',
        ...Array.from({ length: 10_000 }, (_, at) =>
          standard(
            '+0100',
            at % 2 === 0 ? '+0200' : '+0100',
            stamp(Date.UTC(1990, 0, at)).slice(0, 15),
          ),
        ).flat(),
      ),
      'BEGIN:VEVENT',
      'UID:girouette',
      'DTSTART;TZID=Girouette:20270304T090000',
      'RRULE:FREQ=DAILY',
      'END:VEVENT',
    ),
  'a zone that nobody defines': () => event('nowhere', 'DTSTART;TZID=Nulle/Part:20270304T090000'),
  'lines that are folded at a character': () =>
    Buffer.concat([
      Buffer.from(
        event('folded', ...TIMES, 'SUMMARY:caf').replace('SUMMARY:caf', 'SUMMARY:caf\u00c3'),
      ),
    ]),
  'lines that go on from nothing': () => ` x\r\n ${event('from-nothing', ...TIMES)}`,
  'lines that end with LF alone': () =>
    event('lf', ...TIMES, 'SUMMARY:LF').replaceAll('\r\n', '\n'),
  'UTF-16': () => Buffer.from(`\uFEFF${event('utf-16', ...TIMES, 'SUMMARY:é')}`, 'utf16le'),
  'bytes of no text': () =>
    Buffer.concat([Buffer.from(event('bytes', ...TIMES)), Buffer.from([0xff, 0xfe, 0, 0xc3])]),
  'a property of 900 kB': () => event('huge', ...TIMES, `DESCRIPTION:${'x'.repeat(900_000)}`),
  'a name of 900 kB': () => event('name', ...TIMES, `${'X'.repeat(900_000)}:x`),
  'a line of 900 kB of folds': () =>
    event('folds', ...TIMES, `SUMMARY:${'x\r\n '.repeat(200_000)}`),
  [`components ${DEEP} deep`]: () =>
    calendar(
      'BEGIN:VEVENT',
      'UID:deep',
      ...TIMES,
      ...Array.from({ length: DEEP }, () => 'BEGIN:X-DEEP'),
      ...Array.from({ length: DEEP }, () => 'END:X-DEEP'),
      'END:VEVENT',
    ),
  '10,000 alarms': () =>
    event(
      'alarms',
      ...TIMES,
      ...Array.from({ length: 10_000 }, () => [
        'BEGIN:VALARM',
        'ACTION:DISPLAY',
        'TRIGGER:-PT15M',
        'REPEAT:1000',
        'DURATION:PT1S',
        'END:VALARM',
      ]).flat(),
    ),
  'a negative length': () => event('negative', TIMES[0] ?? '', 'DURATION:-P10D'),
  'an end before its start': () =>
    event('backwards', 'DTSTART:20270304T090000Z', 'DTEND:20200304T090000Z'),
  'a length of a million days': () => event('long', TIMES[0] ?? '', 'DURATION:P999999D'),
  'the year 1': () => event('year-1', 'DTSTART:00010101T000000Z', 'RRULE:FREQ=DAILY'),
  'the year 9999': () => event('year-9999', 'DTSTART:99991231T235959Z', 'RRULE:FREQ=DAILY'),
  'the 31st of a 13th month': () => event('month-13', 'DTSTART:20271331T250000Z'),
  'a name of an object of it': () =>
    event('__proto__', ...TIMES, 'SUMMARY;__PROTO__=x;CONSTRUCTOR=y:prototype', '__PROTO__:x'),
  'a property that every object has': () => event('inherited', ...TIMES, 'CONSTRUCTOR:x'),
  'signs that turn text': () => event('turn', ...TIMES, 'SUMMARY:\u202Egnp.erutcaf\u0000\u0007'),
  '2,000 exceptions of a series': () =>
    calendar(
      'BEGIN:VEVENT',
      'UID:series',
      ...TIMES,
      'RRULE:FREQ=DAILY',
      'END:VEVENT',
      ...days(2_000).flatMap((day) => [
        'BEGIN:VEVENT',
        'UID:series',
        `RECURRENCE-ID:${day}`,
        `DTSTART:${day}`,
        'END:VEVENT',
      ]),
    ),
  'a METHOD': () =>
    event('method', ...TIMES).replace('VERSION:2.0', 'VERSION:2.0\r\nMETHOD:REQUEST'),
  'no end': () => event('unended', ...TIMES).replace('END:VEVENT\r\nEND:VCALENDAR\r\n', ''),
  'nothing but a beginning': () => 'BEGIN:VCALENDAR',
};
