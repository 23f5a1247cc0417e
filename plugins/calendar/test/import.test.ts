import { crc32, deflateRawSync } from 'node:zlib';
import type { PluginTest } from 'estafette/plugin/testing';
import { gather } from '../exchange/gather';
import { addImport, eraseImports } from '../exchange/imports';
import { type CalendarStore, FIRST_CALENDAR, type Person } from '../store';
import { anObject, aPerson, startCalendar } from './kit';

let test: PluginTest;
let store: CalendarStore;
let me: Person;
beforeEach(async () => {
  ({ test, store, me } = await startCalendar());
  await store.calendars(me);
});
afterEach(() => test.stop());

interface Shown {
  readonly status?: number;
  readonly redirect?: string;
  readonly model: Readonly<Record<string, unknown>>;
}

const event = (uid: string, more = 'DTSTART:20260105T090000Z'): string =>
  `BEGIN:VEVENT\r\nUID:${uid}\r\nSUMMARY:${uid}\r\n${more}\r\nEND:VEVENT\r\n`;
const task = (uid: string): string =>
  `BEGIN:VTODO\r\nUID:${uid}\r\nSUMMARY:${uid}\r\nEND:VTODO\r\n`;
const fileOf = (...parts: readonly string[]): string =>
  `BEGIN:VCALENDAR\r\nVERSION:2.0\r\n${parts.join('')}END:VCALENDAR\r\n`;
const send = async (
  content: string | Buffer,
  body: Readonly<Record<string, string>> = {},
): Promise<Shown> =>
  (await test.route('post', '/import', {
    body: { calendar: FIRST_CALENDAR, ...body },
    files: [
      { field: 'file', name: 'agenda.ics', type: 'text/calendar', content: Buffer.from(content) },
    ],
  })) as unknown as Shown;
const pathOf = ({ redirect = '' }: Shown): string => redirect.replace('/calendar', '');
const show = async (path: string): Promise<Shown> =>
  (await test.route('get', path)) as unknown as Shown;

/** The page once nothing is under way. */
async function result(sent: Shown): Promise<Shown['model']> {
  for (let looks = 0; looks < 2_000; looks += 1) {
    const { model } = await show(pathOf(sent));
    if (model['isRunning'] !== true) return model;
    await new Promise((resolve) => setImmediate(resolve));
  }
  throw new Error('the import does not end');
}

const uids = async (calendar = FIRST_CALENDAR): Promise<readonly string[]> => {
  const found: string[] = [];
  for await (const rows of store.rows(me, calendar)) found.push(...rows.map(({ uid }) => uid));
  return found.sort();
};

it('brings in events and tasks, and tells the line of what it cannot read', async () => {
  const model = await result(
    await send(fileOf(event('a'), event('b', 'DTSTART:20261341T000000Z'), task('c'))),
  );

  expect(model).toMatchObject({ added: 2, refused: 1, isEnded: false });
  expect(model['faults']).toMatchObject([{ line: 8, fault: 'time' }]);
  expect(await uids()).toEqual(['a', 'c']);
});

it('writes over what is there under another name, and says what is the same', async () => {
  await store.put(me, FIRST_CALENDAR, 'of-a-phone.ics', anObject('a'));
  const file = fileOf(event('a'), event('b'));

  expect(await result(await send(file))).toMatchObject({ added: 1, updated: 1, same: 0 });
  expect(await result(await send(file))).toMatchObject({ added: 0, updated: 0, same: 2 });
  expect(await uids()).toEqual(['a', 'b']);
});

it('makes a calendar of the name that a file gives, once for two clicks', async () => {
  const file = fileOf('X-WR-CALNAME:Service\\, congés\r\n', event('a'));
  const body = { calendar: '+', once: 'a mark of the form' };

  const [one, two] = [await send(file, body), await send(file, body)];

  expect(two.redirect).toBe(one.redirect);
  expect(await result(one)).toMatchObject({ added: 1, calendar: 'Service, congés' });
  const titles = (await store.calendars(me)).map(({ title }) => title);
  expect(titles.filter((title) => title === 'Service, congés')).toHaveLength(1);
});

it('takes up what another process left, from where it was', async () => {
  const text = fileOf(...Array.from({ length: 120 }, (_, at) => event(`e${at}`)));
  const gathered = await gather({ text, maxChars: 100_000 }, () => {});
  const file = { calendar: FIRST_CALENDAR, name: 'left.ics', faults: [], refused: 0, now: 0 };
  await addImport(test.db, me, { id: 'left', ...file, gathered });
  // Fifty are done, and their process is gone.
  await test.db.table('calendar_imports').where({ id: 'left' }).update({ looked: 50, added: 50 });

  await test.runJob('imports');

  expect((await show('/import/left')).model).toMatchObject({ isRunning: false, added: 120 });
  const left = await uids();
  expect([left.length, left.includes('e0'), left.includes('e50')]).toEqual([70, false, true]);
  expect(await test.db.table('calendar_import_pieces').select('at')).toEqual([]);
});

it('takes one at a time, stops it where it is wanted, and shows it to nobody else', async () => {
  const gathered = await gather({ text: fileOf(event('a')), maxChars: 1_000 }, () => {});
  const file = {
    calendar: FIRST_CALENDAR,
    name: 'x.ics',
    gathered,
    faults: [],
    refused: 0,
    now: 0,
  };
  await addImport(test.db, me, { id: 'mine', ...file });
  await addImport(test.db, aPerson(me.user + 1), { id: 'theirs', ...file });

  expect(await send(fileOf(event('b')))).toMatchObject({
    status: 422,
    model: { error: 'calendar:import.busy' },
  });
  expect(await test.route('get', '/import/theirs')).toMatchObject({ status: 404 });
  expect(await test.route('post', '/import/theirs/end')).toMatchObject({ status: 404 });
  await test.route('post', '/import/mine/end');

  expect((await show('/import/mine')).model).toMatchObject({ isEnded: true, added: 0 });
  await test.runJob('imports');
  expect(await uids()).toEqual([]);
  await eraseImports((name) => test.db.table(name), me.user);
  expect(await test.route('get', '/import/mine')).toMatchObject({ status: 404 });
});

it('leaves out a definition of a zone that is longer than any, and says so', async () => {
  const long = 'COMMENT:long\r\n'.repeat(2_000);
  const zone = `BEGIN:VTIMEZONE\r\nTZID:Europe/Paris\r\n${long}END:VTIMEZONE\r\n`;

  const model = await result(
    await send(fileOf(zone, event('a', 'DTSTART;TZID=Europe/Paris:20260105T090000'))),
  );

  expect(model).toMatchObject({ added: 1, faults: [{ line: 3, fault: 'zone' }] });
  const [row] = (await store.occurrences(me, { from: 0, to: 2e12, zone: 'UTC' })).occurrences;
  expect(new Date(row?.start ?? 0).toISOString()).toBe('2026-01-05T08:00:00.000Z');
});

it.each([
  ['nothing', '', 'calendar:import.noFile'],
  ['something else', 'PK', 'calendar:import.notCalendar'],
  ['a broken archive', `PK\u0003\u0004${' '.repeat(100)}`, 'calendar:import.brokenZip'],
])('says of %s what it is', async (_name, content, error) => {
  expect(await send(content)).toMatchObject({ status: 422, model: { error } });
});

/** An archive as programs make them, its files deflated. */
function zipOf(files: Readonly<Record<string, string>>, told?: number): Buffer {
  const bodies: Buffer[] = [];
  const entries: Buffer[] = [];
  let at = 0;
  for (const [name, text] of Object.entries(files)) {
    const packed = deflateRawSync(text);
    const head = Buffer.alloc(26);
    head.writeUInt16LE(20, 0);
    head.writeUInt16LE(8, 4);
    head.writeUInt32LE(crc32(text), 10);
    head.writeUInt32LE(packed.length, 14);
    head.writeUInt32LE(told ?? Buffer.byteLength(text), 18);
    head.writeUInt16LE(Buffer.byteLength(name), 22);
    const body = Buffer.concat([Buffer.from('PK\u0003\u0004'), head, Buffer.from(name), packed]);
    const more = Buffer.alloc(14);
    more.writeUInt32LE(at, 10);
    const version = Buffer.from([20, 0]);
    entries.push(
      Buffer.concat([Buffer.from('PK\u0001\u0002'), version, head, more, Buffer.from(name)]),
    );
    bodies.push(body);
    at += body.length;
  }
  const list = Buffer.concat(entries);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(entries.length, 4);
  end.writeUInt16LE(entries.length, 6);
  end.writeUInt32LE(list.length, 8);
  end.writeUInt32LE(at, 12);
  return Buffer.concat([...bodies, list, Buffer.from('PK\u0005\u0006'), end]);
}

it('brings in an archive of calendars, and names the file of what it refuses', async () => {
  const archive = zipOf({
    'Agenda/ada@saisons.example.ics': fileOf(event('a'), event('both')),
    'Agenda/équipe.ics': fileOf(event('b', 'DTSTART:nonsense'), event('both'), event('c')),
    'Agenda/lisez-moi.txt': 'BEGIN:VCALENDAR',
  });

  const model = await result(await send(archive));

  expect(model).toMatchObject({ added: 3, refused: 1 });
  expect(model['faults']).toMatchObject([
    { line: 3, fault: 'time', detail: expect.stringContaining('équipe.ics') },
  ]);
  expect(await uids()).toEqual(['a', 'both', 'c']);
});

it('unpacks no more than a file may be, whatever an archive says of its size', async () => {
  const bomb = zipOf({ 'bombe.ics': fileOf(event('a')) + ' '.repeat(60_000_000) }, 100);
  expect(bomb.length).toBeLessThan(100_000);

  expect(await send(bomb)).toMatchObject({
    status: 422,
    model: { error: 'calendar:import.brokenZip' },
  });
});

it('tells what it brought in otherwise than it is written, and refuses nothing of it', async () => {
  const model = await result(
    await send(
      fileOf(
        event('a', 'DTSTART;TZID=Mars/Olympus:20260105T090000'),
        event('b', 'DTSTART:20260105T090000Z\r\nDTEND:20250105T100000Z'),
        event('c', 'DTSTART:20260105T090000Z\r\nRRULE:FREQ=DAILY;INTERVAL=0'),
        event('d', 'DTSTART;TZID=Romance Standard Time:20260105T090000'),
      ),
    ),
  );
  expect(model).toMatchObject({ added: 4, refused: 0, more: 0 });
  expect(model['faults']).toMatchObject([
    { line: 3, fault: 'note-zone', detail: 'Mars/Olympus' },
    { line: 8, fault: 'note-end' },
    { line: 14, fault: 'note-interval' },
  ]);
});
