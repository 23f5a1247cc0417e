import type { PluginTest } from 'estafette/plugin/testing';
import { exportCalendar } from '../exchange/export-file';
import { openMessage } from '../invitation/look';
import { answer } from '../itip';
import { toldObject } from '../link/told';
import { know } from '../planning/known';
import { share, sharesOf } from '../share/shares';
import { type CalendarStore, FIRST_CALENDAR, type Person } from '../store';
import type { Tables } from '../store/tables';
import { changedTask, markedTask } from '../tasks/edit';
import { taskFacts } from '../tasks/facts';
import { anObject, aPerson, startCalendar, takingPlace } from './kit';

const EVIL = 'intrus@ailleurs.example';
const BOSS = 'cheffe@test.example';
const ROOM = {
  id: 'equinoxe',
  title: 'Salle Équinoxe',
  mail: 'equinoxe@salles.example',
  building: '',
  capacity: 4,
  kind: 'room',
  features: [],
} as const;

let running: PluginTest;
let store: CalendarStore;
let me: Person;
const other = aPerson(9_001);
const table: Tables = (name) => running.db.table(name);

beforeEach(async () => {
  ({ test: running, store, me } = await startCalendar({ config: { rooms: [ROOM] } as never }));
  for (const person of [me, other]) {
    await store.calendars(person);
    await know(table, person);
  }
});
afterEach(() => running.stop());

const vevent = (uid: string, ...lines: readonly string[]): string =>
  [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//x',
    ...lines.filter((line) => line.startsWith('METHOD:')),
    'BEGIN:VEVENT',
    `UID:${uid}`,
    'DTSTAMP:20260103T080000Z',
    'DTSTART:20260105T080000Z',
    'DTEND:20260105T090000Z',
    ...lines.filter((line) => !line.startsWith('METHOD:')),
    'END:VEVENT',
    'END:VCALENDAR',
    '',
  ].join('\r\n');

const keep = (uid: string, ...lines: readonly string[]) =>
  store.put(me, FIRST_CALENDAR, `${uid}.ics`, vevent(uid, ...lines));
const copyOf = async (uid: string): Promise<string> =>
  (await store.objectsOfUid(me, uid))[0]?.text.replace(/\r\n[ \t]/g, '') ?? 'nothing';

/** Opens a message as its card does; says what it was taken for. */
async function open(sender: string, text: string) {
  const site = {
    id: 'test',
    title: 'Test',
    mailDomains: ['test.example'],
    locale: 'fr',
    timeZone: 'Europe/Paris',
  };
  const context = {
    db: running.db,
    clock: running.clock,
    config: () => running.config(),
    site: () => site,
    text: () => (key: string) => key,
    url: (path: string) => `/calendar/${path}`,
  };
  const teller = { context, person: me } as unknown as Parameters<typeof openMessage>[0];
  const { outcome, isApplied } = await openMessage(teller, { sender, text });
  return { kind: outcome.kind, isApplied, trust: 'trust' in outcome ? outcome.trust : undefined };
}

describe('a message of somebody else', () => {
  const meeting = [
    'SUMMARY:Vraie réunion',
    `ORGANIZER:mailto:${BOSS}`,
    `ATTENDEE;PARTSTAT=ACCEPTED:mailto:agent1@test.example`,
  ];
  const signed = `ORGANIZER;SENT-BY="mailto:${EVIL}":mailto:${BOSS}`;

  it('changes nothing by naming itself as writing for the organiser', async () => {
    await keep('a', 'SEQUENCE:0', ...meeting);
    const update = ['METHOD:REQUEST', 'SEQUENCE:1', 'SUMMARY:Fausse', signed];
    expect(await open(EVIL, vevent('a', ...update, `ATTENDEE:mailto:${me.mail}`))).toEqual({
      kind: 'update',
      isApplied: false,
      trust: 'behalf',
    });
    const off = ['METHOD:CANCEL', 'SEQUENCE:2', 'STATUS:CANCELLED', signed];
    expect(await open(EVIL, vevent('a', ...off))).toMatchObject({ isApplied: false });
    expect(await copyOf('a')).toContain('SUMMARY:Vraie réunion');
    expect(await copyOf('a')).not.toContain('CANCELLED');
  });

  it('is taken over when the copy names that hand already', async () => {
    const hand = 'assistante@test.example';
    const known = `ORGANIZER;SENT-BY="mailto:${hand}":mailto:${BOSS}`;
    await keep('a', 'SEQUENCE:0', 'SUMMARY:Vraie', known, `ATTENDEE:mailto:${me.mail}`);
    const update = ['METHOD:REQUEST', 'SEQUENCE:1', 'SUMMARY:Changée', known];
    const opened = await open(hand, vevent('a', ...update, `ATTENDEE:mailto:${me.mail}`));
    expect(opened).toMatchObject({ kind: 'update', isApplied: true });
  });

  it('does not call off what I organise', async () => {
    await keep('a', 'SUMMARY:La mienne', `ORGANIZER:mailto:${me.mail}`, `ATTENDEE:mailto:${BOSS}`);
    for (const sender of [EVIL, me.mail]) {
      const off = [
        'METHOD:CANCEL',
        'SEQUENCE:2',
        'STATUS:CANCELLED',
        `ORGANIZER;SENT-BY="mailto:${EVIL}":mailto:${me.mail}`,
      ];
      expect(await open(sender, vevent('a', ...off))).toMatchObject({ isApplied: false });
    }
    expect(await copyOf('a')).not.toContain('CANCELLED');
  });

  it('does not take over what nobody organises', async () => {
    await store.put(me, FIRST_CALENDAR, 'a.ics', anObject('a', { summary: 'Médecin' }));
    const update = ['METHOD:REQUEST', 'SEQUENCE:5', 'SUMMARY:Faux', `ORGANIZER:mailto:${EVIL}`];
    expect(await open(EVIL, vevent('a', ...update, `ATTENDEE:mailto:${me.mail}`))).toMatchObject({
      trust: 'changed',
      isApplied: false,
    });
    const off = ['METHOD:CANCEL', 'SEQUENCE:6', 'STATUS:CANCELLED', `ORGANIZER:mailto:${EVIL}`];
    expect(await open(EVIL, vevent('a', ...off))).toMatchObject({ isApplied: false });
    expect(await copyOf('a')).toContain('SUMMARY:Médecin');
  });

  it('lets nobody in as a delegate whom nobody sent', async () => {
    const asked = `ATTENDEE;PARTSTAT=ACCEPTED:mailto:${BOSS}`;
    await keep('a', 'SUMMARY:La mienne', `ORGANIZER:mailto:${me.mail}`, asked);
    const said = `ATTENDEE;PARTSTAT=ACCEPTED;DELEGATED-FROM="mailto:${BOSS}":mailto:${EVIL}`;
    const reply = ['METHOD:REPLY', `ORGANIZER:mailto:${me.mail}`, said];
    expect(await open(EVIL, vevent('a', ...reply))).toMatchObject({ isApplied: false });
    expect(await copyOf('a')).not.toContain(EVIL);
  });

  it('is answered by the number that it had, whatever was changed of one’s own copy', () => {
    const text = vevent(
      'a',
      'SEQUENCE:7',
      'X-ESTAFETTE-RECEIVED:0 1767427200000',
      `ORGANIZER:mailto:${BOSS}`,
      `ATTENDEE:mailto:${me.mail}`,
    );
    const { messages } = answer(text, [me.mail], { partstat: 'accepted', now: 0 });
    expect(messages[0]?.text).toMatch(/^SEQUENCE:0\r$/m);
  });
});

describe('a share', () => {
  const give = (by: Person, calendar: string, seesPrivate: boolean, to = other) =>
    share(table, by, calendar, {
      kind: 'agent',
      name: to.mail,
      shown: 'Quelqu’un',
      user: to.user,
      rights: 'manage',
      seesPrivate,
    });
  const JANUARY = ['2026-01-01 00:00', '2026-02-01 00:00'] as const;

  it('shows nobody private events by who may not see them', async () => {
    const secret = anObject('a', { summary: 'Médecin', visibility: 'private' });
    await store.put(me, FIRST_CALENDAR, 'a.ics', secret);
    await give(me, FIRST_CALENDAR, false);
    const id = (await store.calendars(other)).find(({ isOwn }) => !isOwn)?.id ?? '';
    const third = aPerson(9_003);
    await store.calendars(third);
    expect(await give(other, id, true)).toBe('own');
    expect(await give(other, id, true, third)).toBe('shared');
    for (const person of [other, third])
      expect(JSON.stringify(await takingPlace(store, person, JANUARY))).not.toContain('Médecin');
  });

  it('follows an address to its present holder', async () => {
    await give(me, FIRST_CALENDAR, false);
    const next = aPerson(9_002, { mail: other.mail });
    await store.calendars(next);
    await know(table, next);
    await give(me, FIRST_CALENDAR, false, next);
    const reached = async (person: Person) =>
      (await store.calendars(person)).filter(({ isOwn }) => !isOwn).length;
    expect([await reached(next), await reached({ ...other, mail: 'autre@test.example' })]).toEqual([
      1, 0,
    ]);
    expect(await sharesOf(table, me, FIRST_CALENDAR)).toHaveLength(1);
  });

  it('tells no tasks to who does not see private events', async () => {
    const task = [
      'BEGIN:VCALENDAR',
      'VERSION:2.0',
      'PRODID:-//x',
      'BEGIN:VTODO',
      'UID:t',
      'DTSTAMP:20260103T080000Z',
      'SUMMARY:Tâche',
      'END:VTODO',
      'END:VCALENDAR',
      '',
    ].join('\r\n');
    await store.put(me, FIRST_CALENDAR, 't.ics', task);
    await give(me, FIRST_CALENDAR, false);
    const calendar = (await store.calendars(other)).find(({ isOwn }) => !isOwn);
    if (!calendar) throw new Error('not shared');
    expect(await exportCalendar(store, other, calendar)).not.toContain('Tâche');
  });
});

it('a copy that comes back from the trash leaves the room where its organiser has it', async () => {
  running.clock.advance(Date.UTC(2026, 0, 2) - running.clock.now());
  const at = (hour: string): string =>
    vevent(
      'r',
      'SUMMARY:Réunion',
      `ORGANIZER:mailto:${me.mail}`,
      `ATTENDEE:mailto:${other.mail}`,
      `ATTENDEE;CUTYPE=ROOM:mailto:${ROOM.mail}`,
    ).replace(/T08(0000Z\r\nDTEND:20260105T)09/, `T${hour}$1${Number(hour) + 1}`);
  const telling = { organisers: [me.mail] };
  await store.put(me, FIRST_CALENDAR, 'm.ics', at('10'), { telling });
  await store.put(other, FIRST_CALENDAR, 'm.ics', at('10'));
  const [copy] = await store.objectsOfUid(other, 'r');
  await store.remove(other, FIRST_CALENDAR, 'm.ics');
  await store.put(me, FIRST_CALENDAR, 'm.ics', at('14'), { telling });
  expect(await store.restore(other, copy?.id ?? '', { organisers: [other.mail] })).toMatchObject({
    kind: 'restored',
  });
  const starts: string[] = await table('calendar_objects').whereNot({ uri: 'm.ics' }).pluck('text');
  expect(starts.map((text) => /DTSTART:(\S+)/.exec(text)?.[1])).toEqual(['20260105T140000Z']);
});

it('a calendar that goes frees its rooms, and those who are asked are told', async () => {
  running.clock.advance(Date.UTC(2026, 0, 2) - running.clock.now());
  const made = await store.createCalendar(me, { title: 'Projet' });
  const id = made.kind === 'created' ? made.id : '';
  const text = vevent(
    'p',
    'SUMMARY:Réunion',
    `ORGANIZER:mailto:${me.mail}`,
    `ATTENDEE:mailto:${other.mail}`,
    `ATTENDEE;CUTYPE=ROOM:mailto:${ROOM.mail}`,
  );
  await store.put(me, id, 'm.ics', text, { telling: { organisers: [me.mail] } });
  expect(await table('calendar_objects').select('id')).toHaveLength(2);
  expect(await store.removeCalendar(me, id)).toBe('removed');
  expect(await table('calendar_objects').select('id')).toEqual([]);
  const methods: string[] = await table('calendar_outgoing').pluck('method');
  expect(methods.sort()).toEqual(['CANCEL', 'REQUEST']);
  expect(await store.trash(me)).toHaveLength(1);
});

it('who is erased leaves no room booked, and takes none from others', async () => {
  running.clock.advance(Date.UTC(2026, 0, 2) - running.clock.now());
  const asking = (uid: string, organiser: string, day: string): string =>
    vevent(
      uid,
      'SUMMARY:Réunion',
      `ORGANIZER:mailto:${organiser}`,
      `ATTENDEE:mailto:${me.mail}`,
      `ATTENDEE:mailto:${other.mail}`,
      `ATTENDEE;CUTYPE=ROOM:mailto:${ROOM.mail}`,
    ).replaceAll('20260105', day);
  const book = (person: Person, uid: string, day: string) =>
    store.put(person, FIRST_CALENDAR, `${uid}.ics`, asking(uid, person.mail, day), {
      telling: { organisers: [person.mail] },
    });
  await book(me, 'mine', '20260105');
  await book(me, 'past', '20260101');
  await book(other, 'theirs', '20260106');
  // A copy of the meeting of somebody else, which its room does not follow.
  await store.put(me, FIRST_CALENDAR, 'copy.ics', asking('theirs', other.mail, '20260106'));
  const booked = async (): Promise<readonly string[]> => {
    const texts: string[] = await table('calendar_objects')
      .where('text', 'like', '%UID%')
      .pluck('text');
    const rooms = texts.filter((text) => !text.includes('ATTENDEE'));
    return rooms.map((text) => /UID:(\S+)/.exec(text)?.[1] ?? '').sort();
  };
  expect(await booked()).toEqual(['mine', 'past', 'theirs']);

  const user = { id: me.user, site: me.site, login: 'x', mail: me.mail };
  for (const _time of ['once', 'again']) {
    await running.action('user:erased', { user } as never);
    expect(await booked()).toEqual(['theirs']);
    expect(await table('calendar_trash').select('id')).toEqual([]);
  }
  expect(await book(other, 'free', '20260105')).toMatchObject({ kind: 'created' });
});

describe('a secret address', () => {
  it('tells what its owner wrote, and nothing that programs added', () => {
    const text = vevent(
      'u',
      'SUMMARY:Titre',
      'CLASS:PRIVATE',
      'X-MS-OLK-SENDER;CN="Cheffe":mailto:cheffe@test.example',
      'X-ESTAFETTE-MESSAGE:/mail/me/INBOX/12',
      'REQUEST-STATUS:2.0;Ok;ATTENDEE:mailto:quelqu-un@test.example',
      'CONFERENCE;VALUE=URI:https://visio.example/secret',
    );
    const object = {
      id: 'i',
      calendar: 'c',
      uri: 'u',
      uid: 'u',
      etag: '"e"',
      component: 'VEVENT',
      summary: '',
      updatedAt: '',
      bytes: 1,
      text,
    } as const;
    for (const told of ['free', 'all'] as const) {
      const shown = toldObject(object, { told, salt: 's', word: 'Occupé' })?.text ?? '';
      expect(shown).toContain('DTSTART:20260105T080000Z');
      for (const secret of ['cheffe', 'INBOX', 'quelqu-un', 'visio', 'PRIVATE', '20260103'])
        expect(shown).not.toContain(secret);
    }
  });
});

describe('a task', () => {
  const todo = (...lines: readonly string[]): string =>
    [
      'BEGIN:VCALENDAR',
      'VERSION:2.0',
      'PRODID:-//x',
      'BEGIN:VTODO',
      'UID:t',
      'DTSTAMP:20260103T080000Z',
      ...lines,
      'END:VTODO',
      'END:VCALENDAR',
      '',
    ].join('\r\n');

  it('that repeats so many times counts those that are left out', () => {
    let text = todo(
      'DTSTART;VALUE=DATE:20260105',
      'DUE;VALUE=DATE:20260105',
      'RRULE:FREQ=DAILY;COUNT=3',
      'EXDATE;VALUE=DATE:20260106',
    );
    const starts: string[] = [];
    for (let times = 0; times < 5 && !text.includes('STATUS:COMPLETED'); times += 1) {
      starts.push(/DTSTART;VALUE=DATE:(\d+)/.exec(text)?.[1] ?? '');
      text = markedTask(text, true, Date.UTC(2026, 0, 5));
    }
    expect(starts).toEqual(['20260105', '20260107']);
  });

  it('keeps its end as it was written, and a status that says how far it is', () => {
    const text = todo(
      'SUMMARY:x',
      'DUE:20260106T100000Z',
      'STATUS:COMPLETED',
      'PERCENT-COMPLETE:100',
    );
    const due = taskFacts(text)?.due;
    const fields = { summary: 'y', description: '', due, priority: 0 };
    const half = changedTask(text, { ...fields, percent: 50 }, 0);
    expect(half).toContain('DUE:20260106T100000Z');
    expect(half).toContain('STATUS:IN-PROCESS');
    expect(changedTask(half, { ...fields, percent: 100 }, 0)).toContain('STATUS:COMPLETED');
    const timed = todo('DTSTART:20260105T100000Z', 'DUE:20260106T100000Z');
    const day = { isAllDay: true, wall: Date.UTC(2026, 0, 7), zone: '' };
    expect(changedTask(timed, { ...fields, due: day, percent: 0 }, 0)).not.toContain('DTSTART');
  });
});
