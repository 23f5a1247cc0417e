import { slowdown } from 'estafette/plugin/testing';
import { changed, fieldsOf } from '../ics';
import { readObject } from '../ics/object';
import { IcsError } from '../ics/types';

const event = (lines: string): string =>
  `BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:a\r\nDTSTART:20260105T090000Z\r\n${lines}END:VEVENT\r\nEND:VCALENDAR\r\n`;

/** Reads an object as a write does, whatever comes of it. */
function read(text: string): void {
  try {
    readObject(text);
    fieldsOf(text);
  } catch (error) {
    if (!(error instanceof IcsError)) throw error;
  }
}

/** Made of as many pieces as are asked for. */
const HOSTILE: Readonly<Record<string, (count: number) => string>> = {
  'times to leave out, a line each': (count) => event('EXDATE:20260105T090000Z\r\n'.repeat(count)),
  'times to leave out of a series': (count) =>
    event(`RRULE:FREQ=DAILY\r\nEXDATE:${Array(count).fill('20260105T090000Z').join(',')}\r\n`),
  attendees: (count) => event('ATTENDEE;CN="x":mailto:a@b.test\r\n'.repeat(count)),
  'folded lines': (count) => event(`SUMMARY:${'x\r\n '.repeat(count)}\r\n`),
  parameters: (count) => event(`SUMMARY${';A=b'.repeat(count)}:x\r\n`),
  quotes: (count) => event(`SUMMARY;A=${'"'.repeat(count)}:x\r\n`),
  categories: (count) => event(`CATEGORIES:${'a,'.repeat(count)}\r\n`),
  'exceptions of a series': (count) =>
    event('RRULE:FREQ=DAILY\r\n').replace(
      'END:VCALENDAR',
      `${Array.from(
        { length: Math.ceil(count / 10) },
        (_, at) =>
          `BEGIN:VEVENT\r\nUID:a\r\nDTSTART:20260105T100000Z\r\nRECURRENCE-ID:2026${String((at % 12) + 1).padStart(2, '0')}${String((at % 28) + 1).padStart(2, '0')}T090000Z\r\nEND:VEVENT\r\n`,
      ).join('')}END:VCALENDAR`,
    ),
};

it.each(Object.keys(HOSTILE))('%s cost as much as they are long', async (name) => {
  const make = HOSTILE[name] as (count: number) => string;

  const [long, short] = [make(8_000), make(2_000)];

  expect(
    await slowdown(
      () => read(long),
      () => read(short),
    ),
  ).toBeLessThan(9);
});

it('a series with many exceptions is moved at the cost of one look at its rule', async () => {
  const at = (count: number): string => {
    const days = Array.from(
      { length: count },
      (_, index) => new Date(Date.UTC(2026, 0, 6 + index)),
    );
    const exceptions = days.map((day) => {
      const date = day.toISOString().slice(0, 10).replaceAll('-', '');
      return `BEGIN:VEVENT\r\nUID:a\r\nDTSTART:${date}T100000Z\r\nRECURRENCE-ID:${date}T090000Z\r\nEND:VEVENT\r\n`;
    });
    const series = event('DTEND:20260105T100000Z\r\nRRULE:FREQ=DAILY;COUNT=100000\r\n');
    return series.replace('END:VCALENDAR', `${exceptions.join('')}END:VCALENDAR`);
  };
  const move = (text: string): void => {
    const fields = fieldsOf(text)?.fields;
    if (!fields) throw new Error('no series');
    const moved = { ...fields, start: fields.start + 60_000, end: fields.end + 60_000 };
    changed(text, moved, { recurrence: '', scope: 'all', now: 0, uid: 'b' });
  };
  const [many, few] = [at(1_200), at(300)];

  expect(
    await slowdown(
      () => move(many),
      () => move(few),
    ),
  ).toBeLessThan(9);
});

it.each([
  'FREQ=YEARLY;BYMONTH=3',
  'FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30',
  'FREQ=DAILY;UNTIL=99991231T000000Z',
])('a rule that never ends costs a write as much as one event: %s', async (rule) => {
  const [endless, once] = [event(`RRULE:${rule}\r\n`), event('')];

  expect(
    await slowdown(
      () => read(endless),
      () => read(once),
    ),
  ).toBeLessThan(9);
});
