import type { PluginTest } from 'estafette/plugin/testing';
import type { EventFields } from '../ics';
import { know } from '../planning/known';
import { calendarPort } from '../port';
import { type CalendarStore, FIRST_CALENDAR, type Person } from '../store';
import { anObject, aPerson, at, startCalendar } from './kit';

let test: PluginTest;
let store: CalendarStore;
let me: Person;
const grace = aPerson(7, { mail: 'grace@test.example' });

beforeEach(async () => {
  ({ test, store, me } = await startCalendar());
  test.clock.advance(Date.UTC(2026, 10, 19, 9, 0) - test.clock.now());
  await test.renderRoute('/');
});
afterEach(() => test.stop());

const put = async (person: Person, uid: string, fields: Partial<EventFields>): Promise<void> => {
  await store.calendars(person);
  await know((name) => test.db.table(name), person);
  await store.put(person, FIRST_CALENDAR, `${uid}.ics`, anObject(uid, fields));
};
const days = (from: string, to: string): Partial<EventFields> => ({
  isAllDay: true,
  zone: '',
  start: at(`${from} 00:00`),
  end: at(`${to} 00:00`),
});

describe('the card of the home page', () => {
  it('says what is next today and tomorrow, with the way into a call', async () => {
    await put(me, 'past', {
      summary: 'Passé',
      start: at('2026-11-19 08:00'),
      end: at('2026-11-19 09:00'),
    });
    await put(me, 'call', {
      summary: 'Comité',
      start: at('2026-11-19 14:00'),
      end: at('2026-11-19 15:00'),
      url: 'https://visio.numerique.gouv.fr/comite',
    });
    await put(me, 'next', {
      summary: 'Atelier',
      start: at('2026-11-20 09:00'),
      end: at('2026-11-20 10:00'),
    });
    await put(me, 'far', {
      summary: 'Plus tard',
      start: at('2026-11-21 09:00'),
      end: at('2026-11-21 10:00'),
    });

    const card = await test.renderSlot('dashboard.widgets@1');

    expect(card).toMatch(
      /Aujourd’hui[\s\S]*14\u00a0h[\s\S]*Comité[\s\S]*href="https:\/\/visio\.numerique[\s\S]*Demain[\s\S]*Atelier/,
    );
    expect(card).not.toMatch(/Passé|Plus tard/);
  });

  it('says that nothing is', async () => {
    expect(await test.renderSlot('dashboard.widgets@1')).toContain('Rien de prévu');
  });
});

describe('cards of the annuaire', () => {
  const record = {
    dn: 'cn=g',
    type: 'person' as const,
    name: 'Grace',
    mails: ['Grace@test.example'],
    attributes: {},
  };
  const said = async (more: Readonly<Record<string, readonly string[]>> = {}) => {
    const [one] = await test.filter('directory:entry', [{ ...record, attributes: more }], {});
    return one?.attributes;
  };

  it('say until when somebody is away, over days that follow', async () => {
    await put(grace, 'one', {
      summary: 'Secret',
      showAs: 'leave',
      ...days('2026-11-18', '2026-11-21'),
    });
    await put(grace, 'two', {
      summary: 'Secret',
      showAs: 'absent',
      ...days('2026-11-21', '2026-11-24'),
    });

    expect(await said()).toEqual({
      'estafette-absence': ['Congé'],
      'estafette-absent-until': ['2026-11-23'],
    });
  });

  it.each<[string, Partial<EventFields>, unknown]>([
    [
      'why, of what is private',
      { showAs: 'leave', visibility: 'private', ...days('2026-11-19', '2026-11-20') },
      { 'estafette-absence': ['Absent'], 'estafette-absent-until': ['2026-11-19'] },
    ],
    ['who works at home', { showAs: 'telework', ...days('2026-11-19', '2026-11-20') }, {}],
    [
      'who is away for an hour',
      { showAs: 'absent', start: at('2026-11-19 09:00'), end: at('2026-11-19 11:00') },
      {},
    ],
    ['who was away', { showAs: 'leave', ...days('2026-11-17', '2026-11-19') }, {}],
  ])('do not say %s', async (_name, fields, expected) => {
    await put(grace, 'one', fields);

    expect(await said()).toEqual(expected);
  });

  it('leave what another plugin says', async () => {
    await put(grace, 'one', { showAs: 'leave', ...days('2026-11-19', '2026-11-20') });

    expect(await said({ 'estafette-absence': ['En mission'] })).toEqual({
      'estafette-absence': ['En mission'],
    });
  });
});

describe('the port of calendars', () => {
  const port = () =>
    calendarPort({
      db: test.db,
      clock: test.clock,
      config: () => test.config(),
      settings: () => test.settings(),
      settingsOf: async (_where: unknown, users: readonly number[]) => {
        const values = await test.settings();
        return new Map(users.map((user) => [user, values] as const));
      },
      site: () => ({
        id: 'test',
        title: 'T',
        mailDomains: [],
        locale: 'fr',
        timeZone: 'Europe/Paris',
      }),
      text: () => (key: string) => key,
    } as unknown as Parameters<typeof calendarPort>[0]);
  const scope = () => ({ site: me.site, as: test.as });
  const week = ['2026-11-16T00:00:00Z', '2026-11-23T00:00:00Z'] as const;

  it('gives the events of who is there, times in UTC and whole days as dates', async () => {
    await put(me, 'one', {
      summary: 'Point',
      start: at('2026-11-19 09:00'),
      end: at('2026-11-19 10:00'),
    });
    await put(me, 'two', { summary: 'Congé', ...days('2026-11-20', '2026-11-21') });

    const events = await port().events(scope(), ...week);

    expect(events).toMatchObject([
      {
        title: 'Point',
        start: '2026-11-19T08:00:00.000Z',
        isAllDay: false,
        place: 'Salle Équinoxe',
      },
      { title: 'Congé', start: '2026-11-20', end: '2026-11-21', isAllDay: true },
    ]);
    await expect(port().events(scope(), '2020-01-01', '2026-01-01')).rejects.toThrow(RangeError);
    await expect(port().events({ site: me.site }, ...week)).rejects.toThrow('nobody');
  });

  it('gives busy times joined, without what is free, of people who are known', async () => {
    await put(grace, 'one', { start: at('2026-11-19 09:00'), end: at('2026-11-19 10:00') });
    await put(grace, 'two', { start: at('2026-11-19 09:30'), end: at('2026-11-19 11:00') });
    await put(grace, 'three', { showAs: 'telework', ...days('2026-11-20', '2026-11-21') });

    const busy = await port().busy(scope(), ['Grace@test.example', 'nobody@else.example'], ...week);

    expect(busy).toEqual({
      'grace@test.example': [
        { start: '2026-11-19T08:00:00.000Z', end: '2026-11-19T10:00:00.000Z' },
      ],
    });
  });

  it('takes an invitation, and its update', async () => {
    const invitation = (title: string): string =>
      anObject('inv', { summary: title }).replace('VERSION:2.0', 'METHOD:REQUEST\r\nVERSION:2.0');

    const first = await port().import(scope(), invitation('Avant'));
    const second = await port().import(scope(), invitation('Après'));

    expect(second).toBe(first);
    expect(await store.objectById(me, first)).toMatchObject({ summary: 'Après' });
    await expect(port().import(scope(), 'nothing')).rejects.toThrow(/./);
  });
});
