import type { PluginTest, PluginTestOptions } from 'estafette/plugin/testing';
import type { CalendarConfig } from '../config';
import { changesFor } from '../outgoing/changes';
import { OUTGOING, type OutgoingRow } from '../outgoing/table';
import { peopleIn, withAnswer, withPeople } from '../people/attendees';
import { personIn, piecesOfList } from '../people/typed';
import { type CalendarStore, FIRST_CALENDAR, type Person } from '../store';
import { anObject, startCalendar } from './kit';

type Send = NonNullable<PluginTestOptions<CalendarConfig>['send']>;
type Sent = Parameters<Send>[0];

let test: PluginTest;
let store: CalendarStore;
let me: Person;
let sent: Sent[] = [];
let answer: () => Awaited<ReturnType<Send>>;
let posted: { readonly to: readonly string[]; readonly key?: string | undefined }[] = [];

const SENT = { kind: 'sent', messageId: '<a@b.example>', sentCopy: true, repeated: false } as const;

beforeEach(async () => {
  [sent, posted, answer] = [[], [], () => SENT];
  ({ test, store, me } = await startCalendar({
    send: (message) => {
      const outcome = answer();
      if (outcome.kind === 'sent') sent.push(message);
      return outcome;
    },
    post: (post) => {
      posted.push(post as never);
      return { state: 'waiting', rejected: [] };
    },
  }));
  test.clock.advance(Date.UTC(2026, 10, 19, 9, 0) - test.clock.now());
  await store.calendars(me);
});
afterEach(() => test.stop());

const UID = '3f0b8a52-7d37-4b7e-9c5e-2f1f3f9b1c01';
const TYPED = {
  uid: UID,
  summary: 'Comité de lecture',
  startDate: '2026-11-23',
  startTime: '09:00',
  endDate: '2026-11-23',
  endTime: '10:00',
  repeat: 'never',
  ends: 'never',
  people: 'yes',
  tells: 'yes',
};
const edit = (fill: Readonly<Record<string, string | readonly string[]>> = {}) =>
  test.route('post', '/edit', {
    body: Object.fromEntries(
      Object.entries({ ...TYPED, ...fill }).map(([name, value]) => [name, [value].flat()[0] ?? '']),
    ),
    lists: Object.fromEntries(
      Object.entries(fill).filter(([, value]) => Array.isArray(value)),
    ) as never,
  });
const stored = async () => store.object(me, FIRST_CALENDAR, `${UID}.ics`);
const change = async (fill: Readonly<Record<string, string | readonly string[]>>) => {
  const object = await stored();
  return edit({ id: object?.id ?? '', etag: object?.etag ?? '', ...fill });
};
const rows = async (): Promise<readonly OutgoingRow[]> =>
  await test.db.table(OUTGOING).orderBy('made_ms').select();
const mails = (message: Sent | undefined): readonly string[] =>
  message?.to.match(/[\w.]+@[\w.]+/g) ?? [];
const calendarOf = (message: Sent | undefined) =>
  (message?.calendar?.text ?? '').replace(/\r\n /g, '');

it('invites those who are typed, in one mail each with the event', async () => {
  const saved = await edit({
    who: 'Ada <ada@test.example>, grace@else.example',
    note: 'À lire avant',
  });

  expect(saved).toMatchObject({ redirect: expect.stringContaining('done=saved') });
  expect(peopleIn((await stored())?.text ?? '')).toMatchObject({
    organiser: { mail: me.mail },
    attendees: [
      { mail: 'ada@test.example', name: 'Ada', answer: 'needs-action', role: 'required' },
      { mail: 'grace@else.example' },
    ],
  });
  expect(sent).toHaveLength(1);
  expect(mails(sent[0])).toEqual(['ada@test.example', 'grace@else.example']);
  expect(sent[0]).toMatchObject({
    subject: expect.stringContaining('Comité de lecture'),
    calendar: { method: 'REQUEST' },
  });
  expect(sent[0]?.text).toContain('À lire avant');
  expect(calendarOf(sent[0])).toMatch(
    /ATTENDEE;.*PARTSTAT=NEEDS-ACTION.*:mailto:ada@test\.example/,
  );
});

it('adds and removes people in the form, and loses nothing that was typed', async () => {
  const added = await edit({
    who: 'ada@test.example',
    description: 'Ordre du jour',
    addPeople: 'yes',
  });
  const removed = await edit({
    person: ['ada@test.example', 'bob@test.example'],
    personName: ['Ada', 'Bob'],
    personRole: ['optional', 'required'],
    personKind: ['individual', 'individual'],
    without: 'ada@test.example',
  });
  const unclear = await edit({ who: 'zz nobody' });

  expect(added).toMatchObject({
    status: 422,
    model: {
      form: { description: 'Ordre du jour' },
      people: { rows: [{ mail: 'ada@test.example' }], who: '' },
    },
  });
  expect(removed).toMatchObject({
    status: 422,
    model: { people: { rows: [{ mail: 'bob@test.example', name: 'Bob' }] } },
  });
  expect(unclear).toMatchObject({
    status: 422,
    model: { people: { who: 'zz nobody', problem: expect.stringContaining('zz nobody') } },
  });
  expect(await stored()).toBeUndefined();
  expect(sent).toEqual([]);
});

it('tells a change to all, and asks again who had accepted another time', async () => {
  await edit({ who: 'ada@test.example, bob@test.example' });
  const object = await stored();
  await store.put(
    me,
    FIRST_CALENDAR,
    `${UID}.ics`,
    withAnswer(object?.text ?? '', 'ada@test.example', 'accepted'),
  );
  const people = {
    person: ['ada@test.example', 'bob@test.example'],
    personName: ['', ''],
    personRole: ['required', 'required'],
    personKind: ['individual', 'individual'],
  };

  await change({ ...people, description: 'Notes' });
  const kept = peopleIn((await stored())?.text ?? '').attendees[0]?.answer;
  await change({ ...people, description: 'Notes', startTime: '14:00', endTime: '15:00' });

  expect(kept).toBe('accepted');
  expect(peopleIn((await stored())?.text ?? '').attendees[0]?.answer).toBe('needs-action');
  expect(sent.map((one) => one.calendar?.method)).toEqual(['REQUEST', 'REQUEST', 'REQUEST']);
  expect(calendarOf(sent[2])).toMatch(/SEQUENCE:2/);
  expect(sent[2]?.subject).toContain('Mise à jour');
});

it('cancels for who is out, and tells who is in', async () => {
  await edit({ who: 'ada@test.example, bob@test.example' });

  await change({
    person: ['bob@test.example'],
    personName: [''],
    personRole: ['required'],
    personKind: ['individual'],
    who: 'eve@test.example',
  });

  const later = sent
    .slice(1)
    .map((one) => [one.calendar?.method, one.subject.split(' ')[0], ...mails(one)]);
  expect(later).toEqual(
    expect.arrayContaining([
      ['REQUEST', 'Mise', 'bob@test.example'],
      ['REQUEST', expect.stringContaining('Invitation'), 'eve@test.example'],
      ['CANCEL', expect.stringContaining('Annulé'), 'ada@test.example'],
    ]),
  );
  expect(later).toHaveLength(3);
});

it('says that it is off when it is deleted, and asks again when it is restored', async () => {
  await edit({ who: 'ada@test.example' });
  const object = await stored();

  await test.route('post', '/delete', { body: { id: object?.id ?? '', etag: object?.etag ?? '' } });
  await test.route('post', '/restore', { body: { id: object?.id ?? '' } });

  expect(sent.map((one) => one.calendar?.method)).toEqual(['REQUEST', 'CANCEL', 'REQUEST']);
  expect(calendarOf(sent[1])).toMatch(/STATUS:CANCELLED/);
  const sequence = (message: Sent | undefined) =>
    Number(/SEQUENCE:(\d+)/.exec(calendarOf(message))?.[1]);
  expect(sequence(sent[2])).toBeGreaterThan(sequence(sent[1]));
});

it('writes to nobody where nobody is to be told', async () => {
  await edit({ who: 'ada@test.example', tells: '' });

  expect(peopleIn((await stored())?.text ?? '').attendees).toHaveLength(1);
  expect(sent).toEqual([]);
  expect(await rows()).toEqual([]);
});

it('sends once what a process left between storing and mailing', async () => {
  answer = () => ({ kind: 'deferred', reason: 'unreachable' });
  await edit({ who: 'ada@test.example' });
  const object = await stored();
  const page = await test.renderRoute('/event', { query: { id: object?.id ?? '' } });
  answer = () => SENT;
  test.clock.advance(2 * 60_000);

  await test.route('get', '/', {});
  await test.route('get', '/', {});

  expect(page).toContain('pas encore envoyée');
  expect(page).toContain('Réessayer');
  expect(sent).toHaveLength(1);
  expect(await rows()).toMatchObject([{ state: 'sent', via: 'send' }]);
});

it('takes over what a process that ended had begun, once, at the next visit', async () => {
  const text = withPeople(anObject('left'), {
    organiser: { mail: me.mail, name: '' },
    before: [],
    after: [
      {
        mail: 'ada@test.example',
        name: '',
        role: 'required',
        kind: 'individual',
        answer: 'needs-action',
      },
    ],
    recurrence: '',
    isMoved: false,
  });
  // Written, and nothing of it was mailed: then the process was gone, in the middle of sending.
  await store.put(me, FIRST_CALENDAR, 'left.ics', text, { telling: { organisers: [me.mail] } });
  const held_ms = test.clock.now() + 30_000;
  await test.db.table(OUTGOING).update({ state: 'sending', via: 'send', held_ms });

  await test.route('get', '/', {});
  const early = sent.length;
  test.clock.advance(20 * 60_000);
  await test.runJob('outgoing');
  await Promise.all([test.route('get', '/', {}), test.route('get', '/', {})]);

  expect(early).toBe(0);
  expect(sent).toHaveLength(1);
  expect(posted).toEqual([]);
  expect(await rows()).toMatchObject([{ state: 'sent', tries: 1 }]);
});

it('says what was refused, and tries it again on a click', async () => {
  answer = () => ({ kind: 'denied', denials: [] });
  await edit({ who: 'ada@test.example' });
  const id = (await stored())?.id ?? '';
  const page = await test.renderRoute('/event', { query: { id } });
  answer = () => SENT;

  const retried = await test.route('post', '/outgoing/retry', { body: { id } });

  expect(page).toContain('pas été envoyée');
  expect(retried).toMatchObject({ redirect: expect.stringContaining('/calendar/event') });
  expect(sent).toHaveLength(1);
});

it('leaves to the site what nobody is there to send, and never twice', async () => {
  const text = withPeople(anObject('phone'), {
    organiser: { mail: me.mail, name: 'Camille' },
    before: [],
    after: [
      {
        mail: 'ada@test.example',
        name: '',
        role: 'required',
        kind: 'individual',
        answer: 'needs-action',
      },
    ],
    recurrence: '',
    isMoved: false,
  });
  await store.put(me, FIRST_CALENDAR, 'phone.ics', text, { telling: { organisers: [me.mail] } });
  await test.runJob('outgoing');
  expect(posted).toEqual([]);
  test.clock.advance(11 * 60_000);

  await test.runJob('outgoing');
  await test.runJob('outgoing');
  await test.route('get', '/', {});

  expect(posted).toHaveLength(1);
  expect(sent).toEqual([]);
  expect(await rows()).toMatchObject([{ state: 'sent', via: 'post' }]);
});

it('leaves a meeting of another organiser to them', async () => {
  const text = withPeople(anObject('theirs'), {
    organiser: { mail: 'boss@test.example', name: 'Chef' },
    before: [],
    after: [{ mail: me.mail, name: '', role: 'required', kind: 'individual', answer: 'accepted' }],
    recurrence: '',
    isMoved: false,
  });
  await store.put(me, FIRST_CALENDAR, 'theirs.ics', text);
  const object = await store.object(me, FIRST_CALENDAR, 'theirs.ics');
  const form = await test.renderRoute('/edit', { query: { id: object?.id ?? '' } });

  await test.route('post', '/edit', {
    body: { ...TYPED, id: object?.id ?? '', etag: object?.etag ?? '', who: 'eve@test.example' },
  });

  expect(form).toContain('Organisé par Chef');
  expect(form).not.toContain('name="who"');
  expect(
    peopleIn((await store.object(me, FIRST_CALENDAR, 'theirs.ics'))?.text ?? '').attendees.map(
      ({ mail }) => mail,
    ),
  ).toEqual([me.mail]);
  expect(sent).toEqual([]);
});

it('mails nothing for reminders, and nothing for what somebody else organises', async () => {
  await edit({ who: 'ada@test.example' });
  const text = (await stored())?.text ?? '';
  const alarm = text.replace(
    'END:VEVENT',
    'BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:-PT5M\r\nEND:VALARM\r\nEND:VEVENT',
  );

  expect(changesFor(text, alarm, [me.mail])).toEqual([]);
  expect(changesFor(text, undefined, ['boss@test.example'])).toEqual([]);
  expect(changesFor(undefined, text, [me.mail])).toHaveLength(1);
});

it('is not held up by a list that is made to', () => {
  const began = performance.now();

  expect(personIn(`a${' '.repeat(100_000)}b`)).toBeUndefined();
  expect(piecesOfList(`${'"'.repeat(20_000)}`)).toEqual(expect.any(Array));
  expect(performance.now() - began).toBeLessThan(200);
});

it('reads lists as people paste them', () => {
  expect(piecesOfList('"Durand, Ada" <a@x.example>; b@x.example,\nc@x.example')).toEqual([
    '"Durand, Ada" <a@x.example>',
    'b@x.example',
    'c@x.example',
  ]);
});
