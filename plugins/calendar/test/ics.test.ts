import { changed, created, type EventFields, fieldsOf, without } from '../ics';
import { readObject } from '../ics/object';
import { occurrencesOf } from '../ics/occurrences';
import { ianaZone, UTC } from '../time/zone';

const PARIS = ianaZone('Europe/Paris') ?? UTC;
const NOW = Date.UTC(2026, 10, 1, 12);

/** `2026-01-05 09:00` on the wall, as milliseconds. */
const at = (text: string): number => Date.parse(`${text.replace(' ', 'T')}:00Z`);

const FIELDS: EventFields = {
  summary: 'Point d’équipe',
  location: 'Salle Équinoxe',
  description: 'Ordre du jour ; à lire, avant\nla réunion',
  url: '',
  isAllDay: false,
  start: at('2026-01-05 09:00'),
  end: at('2026-01-05 10:00'),
  zone: 'Europe/Paris',
  rule: '',
  showAs: 'busy',
  visibility: 'public',
  categories: [],
  alarms: [15],
};

const anEvent = (fields: Partial<EventFields> = {}): string =>
  created({ ...FIELDS, ...fields }, { uid: 'one@test', now: NOW });

const calendar = (...lines: readonly string[]): string =>
  ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//test', ...lines, 'END:VCALENDAR', ''].join('\r\n');

const event = (...lines: readonly string[]): string =>
  calendar('BEGIN:VEVENT', 'UID:one@test', 'DTSTAMP:20260101T000000Z', ...lines, 'END:VEVENT');

/** Starts in a window as UTC shows them. */
function startsIn(text: string, from = '2026-01-01 00:00', to = '2027-01-01 00:00'): string[] {
  const window = { from: at(from), to: at(to), zone: PARIS, limit: 100 };
  return occurrencesOf(readObject(text).events, window).takings.map(({ start }) =>
    new Date(start).toISOString().slice(0, 16),
  );
}

const change = (recurrence: string, scope: 'this' | 'following' | 'all') => ({
  recurrence,
  scope,
  now: NOW,
  uid: 'two@test',
});

describe('a new event', () => {
  it('is read back as it was written, with a definition of its zone', () => {
    const fields = { ...FIELDS, rule: 'FREQ=WEEKLY;COUNT=4', categories: ['un', 'deux, trois'] };
    const text = created(fields, { uid: 'one@test', now: NOW });

    expect(fieldsOf(text)).toEqual({ fields, isSeries: true });
    expect(text).toContain('BEGIN:VTIMEZONE\r\nTZID:Europe/Paris');
    expect(text).toContain('DTSTART;TZID=Europe/Paris:20260105T090000');
    expect(startsIn(text)).toHaveLength(4);
  });

  it.each(['busy', 'tentative', 'free', 'absent', 'telework', 'leave'] as const)(
    'counts as %s',
    (showAs) => {
      const text = anEvent({ showAs });

      expect(fieldsOf(text)?.fields.showAs).toBe(showAs);
      const isOpen = showAs === 'free' || showAs === 'telework';
      expect(text.includes('TRANSP:TRANSPARENT')).toBe(isOpen);
    },
  );

  it('of whole days has dates without zone, its end outside', () => {
    const text = anEvent({
      isAllDay: true,
      start: at('2026-05-01 00:00'),
      end: at('2026-05-03 00:00'),
    });

    expect(text).toContain('DTSTART;VALUE=DATE:20260501\r\nDTEND;VALUE=DATE:20260503');
    // At midnight in Paris the day has begun, whatever UTC says.
    expect(startsIn(text, '2026-05-02 21:00', '2026-05-02 21:30')).toEqual(['2026-05-01T00:00']);
    expect(startsIn(text, '2026-05-02 22:00', '2026-05-02 23:00')).toEqual([]);
  });
});

describe('a change', () => {
  it('leaves alone what it is not about', () => {
    const text = event(
      'DTSTART;TZID=Europe/Paris:20260105T090000',
      'DTEND;TZID=Europe/Paris:20260105T100000',
      'SUMMARY;LANGUAGE=fr:Point',
      'X-OTHER;A="b,c":un\\, deux',
      'ATTENDEE;CN="Odile; T";PARTSTAT=ACCEPTED:mailto:odile@saisons.example',
      'BEGIN:VALARM',
      'ACTION:EMAIL',
      'TRIGGER:-P1D',
      'END:VALARM',
    );
    const form = fieldsOf(text);
    const fields = { ...FIELDS, ...form?.fields, location: 'Ici', alarms: [5] };

    const next = changed(text, fields, change('', 'all')).text;

    for (const line of [
      'SUMMARY;LANGUAGE=fr:Point',
      'X-OTHER;A="b,c":un\\, deux',
      'ATTENDEE;CN="Odile; T";PARTSTAT=ACCEPTED:mailto:odile@saisons.example',
      'DTSTART;TZID=Europe/Paris:20260105T090000',
      'ACTION:EMAIL',
      'TRIGGER:-P1D',
      'TRIGGER:-PT5M',
      'LOCATION:Ici',
    ])
      expect(next).toContain(`${line}\r\n`);
    expect(next).toMatch(/SEQUENCE:\d/);
  });

  it('of times takes the place of a duration', () => {
    const text = event('DTSTART:20260105T090000Z', 'DURATION:PT90M');
    const fields = { ...FIELDS, ...fieldsOf(text)?.fields };

    expect(fields.end - fields.start).toBe(90 * 60_000);
    const next = changed(text, { ...fields, end: fields.end + 60_000 }, change('', 'all')).text;
    expect(next).toContain('DTEND:20260105T103100Z');
    expect(next).not.toContain('DURATION');
  });
});

describe('a series', () => {
  const series = anEvent({ rule: 'FREQ=WEEKLY;COUNT=4' });
  const second = '20260112T090000';
  const form = (text: string, recurrence: string): EventFields => {
    const found = fieldsOf(text, recurrence);
    if (!found) throw new Error('no such occurrence');
    return found.fields;
  };

  it('keeps its hour when clocks change', () => {
    const text = anEvent({
      start: at('2026-03-23 09:00'),
      end: at('2026-03-23 10:00'),
      rule: 'FREQ=WEEKLY;COUNT=2',
    });

    expect(startsIn(text)).toEqual(['2026-03-23T08:00', '2026-03-30T07:00']);
  });

  it('has one occurrence moved, changed again, and taken out', () => {
    const moved = {
      ...form(series, second),
      start: at('2026-01-13 15:00'),
      end: at('2026-01-13 16:00'),
    };
    const once = changed(series, moved, change(second, 'this')).text;
    const twice = changed(
      once,
      { ...form(once, second), summary: 'Autre' },
      change(second, 'this'),
    ).text;

    expect(startsIn(once)).toEqual([
      '2026-01-05T08:00',
      '2026-01-13T14:00',
      '2026-01-19T08:00',
      '2026-01-26T08:00',
    ]);
    expect(form(twice, second)).toMatchObject({ summary: 'Autre', start: at('2026-01-13 15:00') });
    expect(twice.match(/BEGIN:VEVENT/g)).toHaveLength(2);
    const left = without(twice, change(second, 'this')) ?? '';
    expect(startsIn(left)).toEqual(['2026-01-05T08:00', '2026-01-19T08:00', '2026-01-26T08:00']);
    expect(left.match(/BEGIN:VEVENT/g)).toHaveLength(1);
  });

  it('is split in two, each counting its own', () => {
    const third = '20260119T090000';
    const later = {
      ...form(series, third),
      start: at('2026-01-20 11:00'),
      end: at('2026-01-20 12:00'),
    };
    const { text, rest = '' } = changed(series, later, change(third, 'following'));

    expect(startsIn(text)).toEqual(['2026-01-05T08:00', '2026-01-12T08:00']);
    expect(startsIn(rest)).toEqual(['2026-01-20T10:00', '2026-01-27T10:00']);
    expect([readObject(text).uid, readObject(rest).uid]).toEqual(['one@test', 'two@test']);
  });

  it('moves with its exceptions', () => {
    const moved = { ...form(series, second), summary: 'Autre' };
    const once = changed(series, moved, change(second, 'this')).text;
    const hole = without(once, change('20260119T090000', 'this')) ?? '';
    const fields = form(hole, '');
    const later = { ...fields, start: fields.start + 3_600_000, end: fields.end + 3_600_000 };

    const next = changed(hole, later, change('', 'all')).text;

    expect(startsIn(next)).toEqual(['2026-01-05T09:00', '2026-01-12T09:00', '2026-01-26T09:00']);
    expect(form(next, '20260112T100000').summary).toBe('Autre');
  });

  it('changed from the form of one of its occurrences is moved by as much', () => {
    const fields = form(series, second);
    const next = changed(
      series,
      { ...fields, start: fields.start + 1_800_000, end: fields.end + 1_800_000 },
      change(second, 'all'),
    ).text;

    expect(startsIn(next)[0]).toBe('2026-01-05T08:30');
  });

  it('ends before an occurrence, and is nothing without its first', () => {
    expect(startsIn(without(series, change('20260119T090000', 'following')) ?? '')).toHaveLength(2);
    expect(without(series, change('20260105T090000', 'following'))).toBeUndefined();
    expect(without(series, change('', 'all'))).toBeUndefined();
  });

  it('is no more when its last occurrence is taken out', () => {
    const two = anEvent({ rule: 'FREQ=DAILY;COUNT=2' });
    const one = without(two, change('20260105T090000', 'this')) ?? '';

    expect(startsIn(one)).toEqual(['2026-01-06T08:00']);
    expect(without(one, change('20260106T090000', 'this'))).toBeUndefined();
  });

  it('refuses an occurrence that it has not', () => {
    expect(fieldsOf(series, '20260113T090000')).toBeUndefined();
    expect(() => changed(series, FIELDS, change('20260113T090000', 'this'))).toThrow('nothing');
  });
});

describe('zones', () => {
  const timed = (tzid: string, ...more: readonly string[]): string =>
    calendar(
      ...more,
      'BEGIN:VEVENT',
      'UID:z',
      `DTSTART;TZID=${tzid}:20260705T090000`,
      'END:VEVENT',
    );
  const custom = (name: string): readonly string[] => [
    'BEGIN:VTIMEZONE',
    `TZID:${name}`,
    'BEGIN:STANDARD',
    'DTSTART:16010101T030000',
    'TZOFFSETFROM:+0300',
    'TZOFFSETTO:+0200',
    'RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10',
    'END:STANDARD',
    'BEGIN:DAYLIGHT',
    'DTSTART:16010101T020000',
    'TZOFFSETFROM:+0200',
    'TZOFFSETTO:+0300',
    'RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3',
    'END:DAYLIGHT',
    'END:VTIMEZONE',
  ];

  it.each([
    ['Europe/Paris', '07:00'],
    ['Romance Standard Time', '07:00'],
    ['/mozilla.org/20070129_1/America/New_York', '13:00'],
    ['/freeassociation.sourceforge.net/Indian/Reunion', '05:00'],
    ['"Tokyo Standard Time"', '00:00'],
    // Nothing is known of it: the clocks of whoever reads it.
    ['Nulle part', '07:00'],
  ])('of the name %s need no definition', (tzid, time) => {
    expect(startsIn(timed(tzid))).toEqual([`2026-07-05T${time}`]);
  });

  it('of a name that only the file knows are what it says', () => {
    expect(startsIn(timed('Maison', ...custom('Maison')))).toEqual(['2026-07-05T06:00']);
  });

  it('that a file defines otherwise under a known name are those of the name', () => {
    expect(startsIn(timed('Europe/Paris', ...custom('Europe/Paris')))).toEqual([
      '2026-07-05T07:00',
    ]);
  });
});

describe('what other programs write', () => {
  it.each([
    ['a day to leave out of a timed series', 'EXDATE;VALUE=DATE:20260106', 2],
    ['a time to leave out in UTC', 'EXDATE:20260106T080000Z', 2],
    ['a time to leave out that is none', 'EXDATE;TZID=Europe/Paris:20260106T080000', 3],
  ])('%s', (_name, line, count) => {
    const text = event(
      'DTSTART;TZID=Europe/Paris:20260105T090000',
      'DTEND;TZID=Europe/Paris:20260105T100000',
      'RRULE:FREQ=DAILY;COUNT=3;',
      line,
    );
    expect(startsIn(text)).toHaveLength(count);
  });

  it('an end before its start is no length, not a fault', () => {
    const text = event('DTSTART:20260105T090000Z', 'DTEND:20260105T080000Z');
    const fields = fieldsOf(text)?.fields;
    expect(fields?.end).toBe(fields?.start);
  });

  it('an exception alone, of a series of somebody else', () => {
    const text = event('RECURRENCE-ID:20260112T090000Z', 'DTSTART:20260112T100000Z');
    expect(startsIn(text)).toEqual(['2026-01-12T10:00']);
  });

  it('more dates than the rule has', () => {
    const text = event('DTSTART:20260105T090000Z', 'RDATE:20260205T090000Z,20260305T090000Z');
    expect(startsIn(text)).toEqual(['2026-01-05T09:00', '2026-02-05T09:00', '2026-03-05T09:00']);
  });

  it('the thirtieth of February is on no calendar', () => {
    const text = event('DTSTART:20260130T090000Z', 'RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30');
    expect(startsIn(text, '2026-02-01 00:00', '2100-01-01 00:00')).toEqual([]);
  });

  it('until the year 9999', () => {
    const text = event('DTSTART:20260105T090000Z', 'RRULE:FREQ=DAILY;UNTIL=99991231T235959Z');
    expect(startsIn(text, '2200-01-01 00:00', '2200-01-03 00:00')).toHaveLength(2);
  });
});

it.each([
  ['no-start', event('SUMMARY:x')],
  ['no-uid', calendar('BEGIN:VEVENT', 'DTSTART:20260105T090000Z', 'END:VEVENT')],
  ['nothing', calendar()],
  ['rule', event('DTSTART:20260105T090000Z', 'RRULE:FREQ=SECONDLY')],
  ['rule', event('DTSTART:20260105T090000Z', 'RRULE:FREQ=DAILY;COUNT=-1')],
  ['syntax', event('DTSTART:20260105T090000Z', 'RRULE:FREQ=SOMETIMES')],
  ['time', event('DTSTART:20261341T990000')],
  ['time', event('DTSTART:garbage')],
  ['syntax', 'BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n'],
  ['syntax', `\u0000${event('DTSTART:20260105T090000Z')}`],
  ['syntax', calendar('BEGIN:VEVENT\r\n'.repeat(20).trim(), 'END:VEVENT\r\n'.repeat(20).trim())],
  ['syntax', event('DTSTART:20260105T090000Z', `SUMMARY${';A=b'.repeat(10_000)}:x`)],
  ['syntax', event('DTSTART:20260105T090000Z', `SUMMARY;A="${'\r\n :'.repeat(30_000)}":x`)],
  ['several', event('DTSTART:20260105T090000Z').replace('PRODID', 'METHOD:REQUEST\r\nPRODID')],
  [
    'several',
    calendar(
      'BEGIN:VEVENT',
      'UID:a',
      'DTSTART:20260105T090000Z',
      'END:VEVENT',
      'BEGIN:VEVENT',
      'UID:b',
      'DTSTART:20260105T090000Z',
      'END:VEVENT',
    ),
  ],
])('%s is told of what cannot be kept', (reason, text) => {
  expect(() => readObject(text)).toThrow(reason);
});
