import type { PluginTest } from 'estafette/plugin/testing';
import { withPeople } from '../people/attendees';
import { know } from '../planning/known';
import { masked } from '../share/mask';
import { share, sharesOf, unshare } from '../share/shares';
import { type CalendarStore, FIRST_CALENDAR, type Person, type Rights } from '../store';
import { erasePerson } from '../store/people';
import { claimShares, keepSeen } from '../store/shared';
import type { Tables } from '../store/tables';
import { anObject, aPerson, startCalendar, takingPlace } from './kit';

let test: PluginTest;
let store: CalendarStore;
let me: Person;
const other = aPerson(9_001, { groups: ['direction'] });
const table: Tables = (name) => test.db.table(name);

beforeEach(async () => {
  ({ test, store, me } = await startCalendar());
  await store.calendars(me);
  await know(table, me);
});
afterEach(() => test.stop());

const SECRETS = {
  summary: 'Entretien de recadrage',
  location: 'Bureau 12',
  description: 'À ne pas ébruiter',
  visibility: 'private',
  categories: ['Discipline'],
} as const;
const WINDOW: readonly [string, string] = ['2026-01-01 00:00', '2026-02-01 00:00'];

const give = (
  rights: Rights,
  { seesPrivate = false, to = other }: { seesPrivate?: boolean; to?: Person } = {},
) =>
  share(table, me, FIRST_CALENDAR, {
    kind: 'agent',
    name: to.mail,
    shown: 'Ada',
    user: to.user,
    rights,
    seesPrivate,
  });
const placeFor = async (person: Person) =>
  (await store.calendars(person)).find(({ isOwn }) => !isOwn);
const put = (uid: string, fields: Parameters<typeof anObject>[1] = {}) =>
  store.put(me, FIRST_CALENDAR, `${uid}.ics`, anObject(uid, fields));
const readAll = async (person: Person, calendar: string): Promise<string> => {
  const texts: string[] = [];
  for await (const some of store.objects(person, calendar))
    texts.push(...some.map(({ text, uri, uid, summary }) => [text, uri, uid, summary].join('\n')));
  return texts.join('\n').replace(/\r\n /g, '');
};

/** What somebody else may do, by the right that they have: `private` says what they see of secrets. */
const TABLE: Readonly<
  Record<
    Rights,
    { read: boolean; create: boolean; change: boolean; remove: boolean; share: boolean }
  >
> = {
  free: { read: false, create: false, change: false, remove: false, share: false },
  read: { read: true, create: false, change: false, remove: false, share: false },
  write: { read: true, create: true, change: true, remove: false, share: false },
  delete: { read: true, create: true, change: true, remove: true, share: false },
  manage: { read: true, create: true, change: true, remove: true, share: true },
};
const CASES = (Object.keys(TABLE) as Rights[]).flatMap((rights) =>
  [false, true].map((seesPrivate) => [rights, seesPrivate] as const),
);

it.each(CASES)('lets others %s, private events too: %s', async (rights, seesPrivate) => {
  await put('open', { summary: 'Comité', location: 'Salle Équinoxe' });
  await put('closed', SECRETS);
  await give(rights, { seesPrivate });
  const may = TABLE[rights];
  const place = await placeFor(other);
  const calendar = place?.id ?? '';
  const isTold = may.read && seesPrivate;
  const open = await store.object(me, FIRST_CALENDAR, 'open.ics');
  const closed = await store.object(me, FIRST_CALENDAR, 'closed.ics');

  expect(place).toMatchObject({ rights, owner: me.mail, seesPrivate: isTold });
  // Views.
  const seen = await takingPlace(store, other, WINDOW);
  expect(seen).toHaveLength(2);
  expect(seen.join().includes('Comité')).toBe(may.read);
  expect(seen.join().includes('recadrage')).toBe(isTold);
  // Search finds nothing that may not be read.
  expect(await takingPlace(store, other, WINDOW, { text: 'comite' })).toHaveLength(
    may.read ? 1 : 0,
  );
  for (const text of ['recadrage', 'bureau', 'ebruiter'])
    expect(await takingPlace(store, other, WINDOW, { text })).toHaveLength(isTold ? 1 : 0);
  // Texts: of a file that leaves, of a page, of a program.
  const all = await readAll(other, calendar);
  expect(all.includes('Salle Équinoxe')).toBe(may.read);
  expect(/recadrage|Bureau|ébruiter|Discipline|closed/.test(all)).toBe(isTold);
  const one = await store.objectById(other, closed?.id ?? '');
  expect(/recadrage|closed/.test(JSON.stringify(one))).toBe(isTold);
  expect(one?.isMasked ?? false).toBe(!isTold);
  // Writes.
  const created = await store.put(other, calendar, 'new.ics', anObject('new'));
  expect(created.kind).toBe(may.create ? 'created' : 'refused');
  const changed = await store.put(other, calendar, 'open.ics', anObject('open', { summary: 'x' }));
  expect(changed.kind).toBe(may.change ? 'updated' : 'refused');
  const secret = await store.put(other, calendar, 'closed.ics', anObject('closed'));
  expect(secret.kind).toBe(may.change && isTold ? 'updated' : 'refused');
  const again = await store.put(other, calendar, 'again.ics', anObject('closed'));
  if (!isTold) expect(again).toEqual({ kind: 'refused', reason: 'rights' });
  // Deletions: to the trash of the owner, and back for who may.
  expect(await store.remove(other, calendar, 'open.ics')).toBe(may.remove ? 'removed' : 'rights');
  expect((await store.trash(me)).length).toBe(may.remove ? 1 : 0);
  expect(await store.trash(other)).toEqual([]);
  if (may.remove)
    expect(await store.restore(other, open?.id ?? '')).toMatchObject({ kind: 'restored' });
  expect(await store.remove(other, calendar, 'closed.ics')).toBe(
    may.remove ? (isTold ? 'removed' : 'missing') : 'rights',
  );
  // The calendar itself is its owner's.
  expect(await store.removeCalendar(other, calendar)).toBe('rights');
  expect(await store.changeCalendar(other, calendar, { title: 'Volé' })).toBe('rights');
  expect((await sharesOf(table, other, calendar)) !== undefined).toBe(may.share);
});

it('tells nothing of what programs keep of people in a masked object', () => {
  const text = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//x//EN',
    'X-WR-CALNAME:Secret',
    'BEGIN:VEVENT',
    'UID:u1',
    'DTSTAMP:20260101T000000Z',
    'DTSTART;TZID=Europe/Paris;X-A="secret":20260105T090000',
    'DURATION:PT1H',
    'RRULE:FREQ=DAILY;COUNT=3',
    'SUMMARY:Public',
    'END:VEVENT',
    'BEGIN:VEVENT',
    'UID:u1',
    'RECURRENCE-ID;TZID=Europe/Paris:20260106T090000',
    'DTSTAMP:20260101T000000Z',
    'DTSTART;TZID=Europe/Paris:20260106T090000',
    'DURATION:PT1H',
    'SUMMARY:Secret',
    'CLASS:CONFIDENTIAL',
    'ATTENDEE;CN=Secret:mailto:secret@a.example',
    'X-SECRET:secret',
    'BEGIN:VALARM',
    'ACTION:DISPLAY',
    'DESCRIPTION:secret',
    'TRIGGER:-PT5M',
    'END:VALARM',
    'END:VEVENT',
    'END:VCALENDAR',
    '',
  ].join('\r\n');

  const part = masked(text, { isAll: false, uid: 'busy-1', word: 'Occupé' });
  const all = masked(text, { isAll: true, uid: 'busy-1', word: 'Occupé' });

  expect(part).toMatchObject({ isWhole: false, isMasked: true });
  expect(part.text.match(/secret/gi)?.length).toBe(2); // the calendar's name, and the public part's own
  expect(part.text).toContain('SUMMARY:Public');
  expect(all.text).not.toMatch(/secret|Public|u1/i);
  expect(all.text).toContain('RRULE:FREQ=DAILY;COUNT=3');
  expect(masked(anObject('plain'), { isAll: false, uid: 'b', word: 'w' }).isMasked).toBe(false);
});

it('is taken back at once, changed at once, and left by who wants it not', async () => {
  await put('open', { summary: 'Comité' });
  await give('read');
  expect(await takingPlace(store, other, WINDOW)).toHaveLength(1);
  await give('free');
  expect((await takingPlace(store, other, WINDOW)).join()).not.toContain('Comité');
  const [one] = (await sharesOf(table, me, FIRST_CALENDAR)) ?? [];
  expect(await unshare(table, me, FIRST_CALENDAR, one?.id ?? '')).toBe('unshared');
  expect(await takingPlace(store, other, WINDOW)).toEqual([]);

  await give('read');
  await keepSeen(table, other, (await keyOf()) ?? 0, { is_left: true });
  expect(await placeFor(other)).toBeUndefined();
});

const keyOf = async (): Promise<number | undefined> =>
  (await table('calendar_calendars').where({ user_id: me.user }).first('key'))?.key;

it('reaches a group, with the widest of what somebody was given, and whoever leaves it loses it', async () => {
  await share(table, me, FIRST_CALENDAR, {
    kind: 'group',
    name: 'direction',
    shown: 'direction',
    user: undefined,
    rights: 'write',
    seesPrivate: false,
  });
  await give('free');

  expect(await placeFor(other)).toMatchObject({ rights: 'write' });
  expect(await placeFor({ ...other, groups: [] })).toMatchObject({ rights: 'free' });
  expect(await placeFor(aPerson(9_002, { groups: ['autre'] }))).toBeUndefined();
  // Who owns it reaches it once.
  expect(await store.calendars({ ...me, groups: ['direction'] })).toHaveLength(1);
});

it('follows a person, not their address', async () => {
  await share(table, me, FIRST_CALENDAR, {
    kind: 'agent',
    name: other.mail,
    shown: other.mail,
    user: undefined,
    rights: 'read',
    seesPrivate: false,
  });
  expect(await placeFor(other)).toMatchObject({ rights: 'read' });
  await claimShares(table, other);

  expect(await placeFor({ ...other, mail: 'married@test.example' })).toMatchObject({
    rights: 'read',
  });
  expect(await placeFor(aPerson(9_003, { mail: other.mail }))).toBeUndefined();
});

it('keeps colour and choice of each, and words of programs are the owner’s', async () => {
  await give('manage');
  const { id = '' } = (await placeFor(other)) ?? {};
  await store.changeCalendar(other, id, { colour: 'red', isShown: false });
  await store.keepProperties(other, id, new Map([['{x}y', 'theirs']]));

  expect(await placeFor(other)).toMatchObject({ colour: 'red', isShown: false });
  expect((await store.calendars(me))[0]).toMatchObject({ colour: 'teal', isShown: true });
  expect((await store.properties(me)).get(FIRST_CALENDAR)?.size ?? 0).toBe(0);
});

it('is shown in pages, where what may not be changed is refused', async () => {
  // Who is there is the one with whom it is shared.
  await store.calendars(other);
  await know(table, other);
  const to = { kind: 'agent', name: me.mail, shown: 'Moi', user: me.user } as const;
  await share(table, other, FIRST_CALENDAR, { ...to, rights: 'read', seesPrivate: false });
  const { id } = (await store.put(other, FIRST_CALENDAR, 'a.ics', anObject('a', SECRETS))) as {
    readonly id: string;
  };
  const event = await test.route('get', '/event', { query: { id } });
  const month = await test.route('get', '/', { query: { view: 'month', on: '2026-01-05' } });

  expect(JSON.stringify(event)).not.toMatch(/recadrage|Bureau/);
  expect(event).toMatchObject({ model: { title: 'Occupé', isReadOnly: true } });
  expect(JSON.stringify(month)).toContain('Occupé');
  expect(JSON.stringify(month)).not.toMatch(/recadrage|Bureau/);
  for (const path of ['/edit', '/move', '/delete'])
    expect(
      await test.route(path === '/edit' ? 'get' : 'post', path, { query: { id }, body: { id } }),
    ).toMatchObject({ status: 403 });
  expect(
    await test.route('post', '/share', {
      body: { calendar: (await placeFor(me))?.id ?? '', who: 'x@test.example' },
    }),
  ).toMatchObject({ status: 404 });
  expect(
    await test.route('post', '/share/leave', {
      body: { calendar: (await placeFor(me))?.id ?? '' },
    }),
  ).toMatchObject({ redirect: expect.stringContaining('done=left') });
  expect(await test.route('get', '/event', { query: { id } })).toMatchObject({ status: 404 });
});

it('is given in a form, to who is of the site', async () => {
  const post = (body: Readonly<Record<string, string>>) =>
    test.route('post', '/share', { body: { calendar: FIRST_CALENDAR, ...body } });

  expect(await post({ who: 'x@else.example' })).toMatchObject({
    status: 422,
    model: { who: 'x@else.example' },
  });
  expect(await post({ who: '' })).toMatchObject({ status: 422 });
  expect(await post({ who: me.mail })).toMatchObject({ status: 422 });
  expect(await post({ who: 'bob@test.example', rights: 'write' })).toMatchObject({
    redirect: expect.stringContaining('done=shared'),
  });
  const [one] = (await sharesOf(table, me, FIRST_CALENDAR)) ?? [];
  expect(one).toMatchObject({ name: 'bob@test.example', rights: 'write', seesPrivate: false });
  expect(await post({ remove: one?.id ?? '' })).toMatchObject({
    redirect: expect.stringContaining('done=unshared'),
  });
  expect(await post({ remove: one?.id ?? '' })).toMatchObject({ status: 404 });
});

it('invites in the name of the owner, and says whose hand it was', async () => {
  await give('write');
  const calendar = (await placeFor(other))?.id ?? '';
  const invited = withPeople(anObject('x'), {
    organiser: { mail: me.mail, name: 'Chef' },
    before: [],
    after: [
      {
        mail: 'bob@test.example',
        name: '',
        role: 'required',
        kind: 'individual',
        answer: 'needs-action',
      },
    ],
    recurrence: '',
    isMoved: false,
  });
  await store.put(other, calendar, 'x.ics', invited, { telling: { organisers: [me.mail] } });
  await store.remove(me, FIRST_CALENDAR, 'x.ics', { telling: { organisers: [me.mail] } });

  const rows: { method: string; text: string }[] = await table('calendar_outgoing')
    .orderBy('method')
    .select('method', 'text');
  const organisers = rows.map(({ method, text }) => [
    method,
    /ORGANIZER[^\r]*/.exec(text.replaceAll('\r\n ', ''))?.[0],
  ]);
  expect(organisers).toEqual([
    ['CANCEL', `ORGANIZER;CN=Chef:mailto:${me.mail}`],
    ['REQUEST', `ORGANIZER;CN=Chef;SENT-BY="mailto:${other.mail}":mailto:${me.mail}`],
  ]);
});

it('leaves nothing of a share when somebody is erased', async () => {
  await give('read');
  await erasePerson(table, { id: me.user });

  expect(await test.db.table('calendar_shares').select()).toEqual([]);
});

it('takes nothing private of those who could not read it any more', async () => {
  await give('manage');
  const place = await placeFor(other);
  const write = (fields = {}) =>
    store.put(other, place?.id ?? '', 'new.ics', anObject('new', fields));

  expect(await write(SECRETS)).toEqual({ kind: 'refused', reason: 'private' });
  expect(await write()).toMatchObject({ kind: 'created' });
  expect(await write({ visibility: 'confidential' })).toEqual({
    kind: 'refused',
    reason: 'private',
  });
  expect((await store.object(me, FIRST_CALENDAR, 'new.ics'))?.text).not.toContain('CLASS');

  await give('manage', { seesPrivate: true });
  expect(await write(SECRETS)).toMatchObject({ kind: 'updated' });
});
