import { attachedIn, contentOf, withFile, withoutFile } from '../attachments/attached';

const SERIES = [
  'BEGIN:VCALENDAR',
  'VERSION:2.0',
  'PRODID:-//x//EN',
  'BEGIN:VEVENT',
  'UID:one@x.example',
  'DTSTAMP:20270101T000000Z',
  'RECURRENCE-ID:20270308T090000Z',
  'DTSTART:20270308T100000Z',
  'SUMMARY:Une fois',
  'END:VEVENT',
  'BEGIN:VEVENT',
  'UID:one@x.example',
  'DTSTAMP:20270101T000000Z',
  'DTSTART:20270301T090000Z',
  'RRULE:FREQ=WEEKLY',
  'ATTACH;FMTTYPE=application/pdf:https://nuage.ministere.example/notes/ordre%20du%20jour.pdf',
  'ATTACH:CID:part3@x.example',
  'ATTACH:javascript:alert(1)',
  'ATTACH;VALUE=BINARY;ENCODING=BASE64;X-FILENAME=../../etc/passwd:aGVsbG8=',
  'END:VEVENT',
  'END:VCALENDAR',
  '',
].join('\r\n');

const NOW = Date.UTC(2027, 1, 1);

it('reads files that are in an event, and addresses that lead to one', () => {
  expect(attachedIn(SERIES)).toEqual([
    {
      index: 0,
      name: 'ordre du jour.pdf',
      type: 'application/pdf',
      bytes: 0,
      href: 'https://nuage.ministere.example/notes/ordre%20du%20jour.pdf',
    },
    { index: 3, name: 'passwd', type: '', bytes: 5, href: '' },
  ]);
  expect(contentOf(SERIES, 3)?.toString()).toBe('hello');
  expect([0, 1, 2, 4, -1, Number.NaN].map((index) => contentOf(SERIES, index))).toEqual(
    Array.from({ length: 6 }),
  );
});

it('adds a file to the series, as it is, and takes the one that is meant away', () => {
  const content = Buffer.from(Array.from({ length: 1_000 }, (_, at) => at % 256));
  const more = withFile(SERIES, { name: 'Plan "A"; été,\n1.bin', type: 'a b', content }, NOW);
  expect(attachedIn(more)[2]).toEqual({
    index: 4,
    name: 'Plan ’A’; été,’1.bin',
    type: '',
    bytes: 1_000,
    href: '',
  });
  expect(contentOf(more, 4)?.equals(content)).toBe(true);
  const less = withoutFile(more, 3, NOW);
  expect(attachedIn(less).map(({ name }) => name)).toEqual([
    'ordre du jour.pdf',
    'Plan ’A’; été,’1.bin',
  ]);
  expect(less).toContain('ATTACH:CID:part3@x.example');
  // Of the series alone, and newer than any copy of it.
  expect(less.match(/DTSTAMP:\d+|SEQUENCE:\d+/g)).toEqual([
    'DTSTAMP:20270101',
    'DTSTAMP:20270201',
    'SEQUENCE:1',
  ]);
});
