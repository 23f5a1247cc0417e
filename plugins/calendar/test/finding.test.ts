import type { PluginTest } from 'estafette/plugin/testing';
import { type SlotQuestion, slotsOf, type Taken } from '../free-busy/slots';
import { easterOf, isHoliday } from '../holidays/days';
import { peopleIn } from '../people/attendees';
import { know } from '../planning/known';
import { type CalendarStore, FIRST_CALENDAR, type Person } from '../store';
import { dayOf, HOUR_MS } from '../time/days';
import { ianaZone, UTC } from '../time/zone';
import { anObject, aPerson, at, startCalendar } from './kit';

let test: PluginTest;
let store: CalendarStore;
let me: Person;
const grace = aPerson(7, { mail: 'grace@test.example' });
const ROOMS = [
  {
    id: 'equinoxe',
    title: 'Salle Équinoxe',
    mail: 'equinoxe@rooms.example',
    building: 'A',
    capacity: 2,
  },
  {
    id: 'solstice',
    title: 'Salle Solstice',
    mail: 'solstice@rooms.example',
    building: 'B',
    capacity: 20,
    features: ['Visioconférence'],
  },
];

beforeEach(async () => {
  ({ test, store, me } = await startCalendar({
    config: { rooms: ROOMS } as never,
    send: () => ({ kind: 'sent', messageId: '<a@b.example>', sentCopy: true, repeated: false }),
  }));
  test.clock.advance(Date.UTC(2026, 10, 19, 9, 0) - test.clock.now());
  await store.calendars(me);
});
afterEach(() => test.stop());

const TYPED = {
  summary: 'Comité',
  startDate: '2026-11-23',
  startTime: '09:00',
  endDate: '2026-11-23',
  endTime: '10:00',
  repeat: 'never',
  ends: 'never',
  people: 'yes',
  tells: 'yes',
};
const UIDS = [
  '3f0b8a52-7d37-4b7e-9c5e-2f1f3f9b1c01',
  '3f0b8a52-7d37-4b7e-9c5e-2f1f3f9b1c02',
] as const;
const asking = (mail: string, kind = 'room') => ({
  person: mail,
  personName: '',
  personRole: kind === 'room' ? 'informed' : 'required',
  personKind: kind,
});
const edit = (uid: string, fill: Readonly<Record<string, string>> = {}) =>
  test.route('post', '/edit', { body: { ...TYPED, uid, ...fill } });
const stored = (uid: string) => store.object(me, FIRST_CALENDAR, `${uid}.ics`);

describe('rooms', () => {
  it('books what is free, refuses what is not, and loses nothing that was typed', async () => {
    const first = await edit(UIDS[0], asking('solstice@rooms.example'));
    const second = await edit(UIDS[1], {
      ...asking('solstice@rooms.example'),
      startTime: '09:30',
      endTime: '11:00',
      description: 'Ordre du jour',
    });
    const after = await edit(UIDS[1], {
      ...asking('solstice@rooms.example'),
      startTime: '10:00',
      endTime: '11:00',
    });

    expect(first).toMatchObject({ redirect: expect.any(String) });
    expect(peopleIn((await stored(UIDS[0]))?.text ?? '').attendees).toMatchObject([
      { mail: 'solstice@rooms.example', answer: 'accepted', kind: 'room' },
    ]);
    expect(second).toMatchObject({
      status: 422,
      model: {
        problem: 'calendar:rooms.taken',
        problemOf: 'Salle Solstice',
        form: { description: 'Ordre du jour' },
      },
    });
    expect(after).toMatchObject({ redirect: expect.any(String) });
  });

  it('gives one room to one of two who ask at once', async () => {
    const both = await Promise.all(UIDS.map((uid) => edit(uid, asking('solstice@rooms.example'))));

    expect(both.filter((one) => 'redirect' in one)).toHaveLength(1);
    expect(both.filter((one) => 'status' in one && one.status === 422)).toHaveLength(1);
  });

  it('looks at every time of what repeats', async () => {
    await edit(UIDS[0], {
      ...asking('solstice@rooms.example'),
      startDate: '2026-12-07',
      endDate: '2026-12-07',
    });

    const weekly = await edit(UIDS[1], {
      ...asking('solstice@rooms.example'),
      repeat: 'weekly',
      every: '1',
    });

    expect(weekly).toMatchObject({
      status: 422,
      model: {
        problem: 'calendar:rooms.taken',
        // The one day of the series, and no other.
        problemOf: 'Salle Solstice (lundi 7 décembre 2026)',
      },
    });
  });

  it('is free again once it is asked no longer, or the event is off', async () => {
    await edit(UIDS[0], asking('solstice@rooms.example'));
    const object = await stored(UIDS[0]);
    await test.route('post', '/edit', {
      body: { ...TYPED, id: object?.id ?? '', etag: object?.etag ?? '' },
    });
    const taken = await edit(UIDS[1], asking('solstice@rooms.example'));
    const other = await stored(UIDS[1]);
    await test.route('post', '/delete', { body: { id: other?.id ?? '', etag: other?.etag ?? '' } });
    const kept = await stored(UIDS[0]);

    const again = await test.route('post', '/edit', {
      body: {
        ...TYPED,
        ...asking('solstice@rooms.example'),
        id: kept?.id ?? '',
        etag: kept?.etag ?? '',
      },
    });
    // Restored, it finds the room taken: the event comes back, and the room declines.
    await test.route('post', '/restore', { body: { id: other?.id ?? '' } });

    expect(taken).toMatchObject({ redirect: expect.any(String) });
    expect(again).toMatchObject({ redirect: expect.any(String) });
    expect(peopleIn((await stored(UIDS[1]))?.text ?? '').attendees).toMatchObject([
      { answer: 'declined' },
    ]);
  });

  it('shows who booked and never what for, by building, seats and equipment', async () => {
    await edit(UIDS[0], { ...asking('solstice@rooms.example'), summary: 'Sujet secret' });

    const page = await test.renderRoute('/rooms', {
      query: { on: '2026-11-23', feature: 'visio' },
    });
    const found = await test.route('post', '/rooms', {
      body: {
        ...TYPED,
        uid: UIDS[1],
        ...asking('ada@test.example', 'individual'),
        seats: '1',
        summary: 'Mon titre',
      },
    });

    expect(page).toContain('Salle Solstice');
    expect(page).toContain('<span class="hint">Camille Durand</span>');
    expect(page).not.toMatch(/secret|Équinoxe/);
    expect(found).toMatchObject({
      view: 'rooms',
      model: {
        rooms: [
          { title: 'Salle Équinoxe', isFree: true, isSmall: false },
          { title: 'Salle Solstice', isFree: false },
        ],
        carried: expect.arrayContaining([{ name: 'summary', value: 'Mon titre' }]),
      },
    });
  });

  it('comes back into the form with the room', async () => {
    const form = await edit(UIDS[0], {
      room: 'equinoxe@rooms.example',
      ...asking('ada@test.example', 'individual'),
    });

    expect(form).toMatchObject({
      status: 422,
      model: {
        people: {
          rows: [{ mail: 'ada@test.example' }, { mail: 'equinoxe@rooms.example', isPlace: true }],
        },
      },
    });
  });
});

describe('a common time', () => {
  it('proposes when all are free, says nothing of what they do, and goes back to the form', async () => {
    await store.calendars(grace);
    await know((name) => test.db.table(name), grace);
    await store.put(
      grace,
      FIRST_CALENDAR,
      'a.ics',
      anObject('a', {
        summary: 'Rendez-vous caché',
        start: at('2026-11-23 09:00'),
        end: at('2026-11-23 12:00'),
      }),
    );
    const body = {
      ...TYPED,
      uid: UIDS[0],
      summary: 'Mon titre',
      person: 'grace@test.example',
      personName: '',
      personRole: 'required',
      personKind: 'individual',
      who: 'nobody@else.example',
    };

    const page = await test.route('post', '/free-busy', { body });
    const html = await test.renderRoute('/free-busy', {
      query: { with: 'grace@test.example', on: '2026-11-23' },
    });
    const picked = await test.route('post', '/edit', {
      body: { ...body, who: '', pick: '2026-11-23T12:00/2026-11-23T13:00' },
    });

    expect(page).toMatchObject({
      view: 'free-busy',
      model: {
        slots: [
          { value: '2026-11-23T12:00/2026-11-23T13:00' },
          { value: '2026-11-23T13:00/2026-11-23T14:00' },
          {},
          {},
          {},
          {},
        ],
        rows: [
          {},
          { mail: 'grace@test.example', isUnknown: false },
          { mail: 'nobody@else.example', isUnknown: true },
        ],
        carried: expect.arrayContaining([{ name: 'summary', value: 'Mon titre' }]),
      },
    });
    expect(html).toMatch(/colspan="3"><span class="plan-cell is-busy"><span>Occupé/);
    expect(html).not.toContain('caché');
    expect(picked).toMatchObject({
      status: 422,
      model: {
        form: { summary: 'Mon titre', startTime: '12:00', endTime: '13:00' },
        people: { rows: [{ mail: 'grace@test.example' }] },
      },
    });
  });

  const monday = dayOf(2026, 11, 23);
  const wall = (text: string): number => at(`2026-11-23 ${text}`);
  const busy = (from: string, to: string, showAs: Taken['showAs'] = 'busy'): Taken => ({
    start: wall(from),
    end: wall(to),
    showAs,
  });
  const ask = (fields: Partial<SlotQuestion> = {}) =>
    slotsOf({
      from: monday,
      to: monday + 1,
      lengthMs: HOUR_MS,
      working: {
        zone: ianaZone('Europe/Paris') ?? UTC,
        days: [0, 1, 2, 3, 4],
        from: 9 * HOUR_MS,
        to: 12 * HOUR_MS,
      },
      now: 0,
      required: [],
      optional: [],
      max: 10,
      ...fields,
    }).map(({ start, missing }) => [new Date(start).toISOString().slice(11, 16), missing]);

  it.each<[string, Partial<SlotQuestion>, readonly unknown[]]>([
    [
      'of an empty day',
      {},
      [
        ['09:00', 0],
        ['10:00', 0],
        ['11:00', 0],
      ],
    ],
    [
      'between what is there',
      { required: [[busy('09:00', '09:30')], [busy('10:30', '11:00')]] },
      [
        ['09:30', 0],
        ['11:00', 0],
      ],
    ],
    [
      'beside telework',
      { required: [[busy('09:00', '18:00', 'telework')]] },
      [
        ['09:00', 0],
        ['10:00', 0],
        ['11:00', 0],
      ],
    ],
    [
      'without who may miss it',
      { optional: [[busy('09:00', '10:00')]] },
      [
        ['09:00', 1],
        ['10:00', 0],
        ['11:00', 0],
      ],
    ],
    ['not in the past', { now: wall('10:15') }, [['10:30', 0]]],
    ['not longer than a day of work', { lengthMs: 4 * HOUR_MS }, []],
    ['not on a day off', { from: monday - 1, to: monday }, []],
    ['not on a holiday', { from: dayOf(2026, 12, 25), to: dayOf(2026, 12, 26) }, []],
  ])('is %s', (_name, fields, times) => {
    expect(ask(fields)).toEqual(times);
  });

  it('knows the holidays of France', () => {
    expect([2024, 2025, 2026, 2027].map(easterOf)).toEqual([
      dayOf(2024, 3, 31),
      dayOf(2025, 4, 20),
      dayOf(2026, 4, 5),
      dayOf(2027, 3, 28),
    ]);
    expect(isHoliday(dayOf(2026, 5, 14))).toBe(true); // Ascension
    expect(isHoliday(dayOf(2026, 5, 25))).toBe(true); // Whit Monday
    expect(isHoliday(dayOf(2026, 5, 26))).toBe(false);
    const year = Array.from({ length: 365 }, (_, index) => dayOf(2026, 1, 1) + index);
    expect(year.filter((day) => isHoliday(day))).toHaveLength(11);
  });
});
