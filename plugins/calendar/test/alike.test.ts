import { fieldsOf } from '../ics';

const event = (zone: readonly string[]): string =>
  [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Outlook',
    'BEGIN:VTIMEZONE',
    'TZID:Customized Time Zone',
    ...zone,
    'END:VTIMEZONE',
    'BEGIN:VEVENT',
    'UID:z',
    'DTSTAMP:20260101T000000Z',
    'DTSTART;TZID="Customized Time Zone":20260706T090000',
    'DTEND;TZID="Customized Time Zone":20260706T100000',
    'END:VEVENT',
    'END:VCALENDAR',
    '',
  ].join('\r\n');
const observance = (kind: string, from: string, to: string, rule: string): readonly string[] => [
  `BEGIN:${kind}`,
  'DTSTART:16010101T020000',
  `TZOFFSETFROM:${from}`,
  `TZOFFSETTO:${to}`,
  ...(rule === '' ? [] : [`RRULE:FREQ=YEARLY;${rule}`]),
  `END:${kind}`,
];

it.each([
  [
    'America/New_York',
    [
      ...observance('STANDARD', '-0400', '-0500', 'BYDAY=1SU;BYMONTH=11'),
      ...observance('DAYLIGHT', '-0500', '-0400', 'BYDAY=2SU;BYMONTH=3'),
    ],
  ],
  ['Etc/GMT+5', observance('STANDARD', '-0500', '-0500', '')],
  ['Customized Time Zone', observance('STANDARD', '+0545', '+0545', '')],
])('a zone of the file’s own is %s where its clocks show the same', (name, zone) => {
  expect(fieldsOf(event(zone))?.fields).toMatchObject({
    zone: name,
    start: Date.UTC(2026, 6, 6, 9),
  });
});
