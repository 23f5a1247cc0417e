import { rangesIn, rangesText } from '../booking/hours';
import { type SlotQuestion, slotsOf } from '../booking/slots';
import type { Said } from '../booking/types';
import { HOUR_MS } from '../time/days';
import { ianaZone, UTC } from '../time/zone';

const PARIS = ianaZone('Europe/Paris') ?? UTC;
const NINE_TO_NOON = [{ from: 9 * HOUR_MS, to: 12 * HOUR_MS }];

const said = (fields: Partial<Said> = {}): Said => ({
  title: 'Permanence',
  description: '',
  lengthMinutes: 60,
  pauseMinutes: 0,
  noticeHours: 0,
  horizonDays: 60,
  hours: [NINE_TO_NOON, NINE_TO_NOON, NINE_TO_NOON, NINE_TO_NOON, NINE_TO_NOON, [], []],
  onHolidays: false,
  reasons: [],
  where: 'place',
  place: '',
  asksPhone: false,
  perDay: 0,
  audience: 'site',
  calendar: '',
  calendars: [],
  isActive: true,
  ...fields,
});

const slots = (fields: Partial<Said>, more: Partial<SlotQuestion> = {}): readonly string[] => {
  const now = more.now ?? Date.parse('2026-03-23T00:00:00Z'); // a Monday
  return slotsOf({
    said: said(fields),
    zone: PARIS,
    now,
    from: now,
    to: now + 86_400_000,
    busy: [],
    booked: [],
    max: 1_000,
    ...more,
  }).map((moment) => new Date(moment).toISOString().slice(0, 16));
};
const at = (text: string): number => Date.parse(`${text}:00Z`);

describe('times of a booking page', () => {
  it('follow its hours, on the clock of who receives', () => {
    expect(slots({})).toEqual(['2026-03-23T08:00', '2026-03-23T09:00', '2026-03-23T10:00']);
  });

  it('keep a pause on both sides of what takes place', () => {
    const busy = [{ start: at('2026-03-23T09:15'), end: at('2026-03-23T09:30') }];
    expect(slots({ lengthMinutes: 30 }, { busy })).toEqual([
      '2026-03-23T08:00',
      '2026-03-23T08:30',
      '2026-03-23T09:30',
      '2026-03-23T10:00',
      '2026-03-23T10:30',
    ]);
    expect(slots({ lengthMinutes: 30, pauseMinutes: 15 }, { busy })).toEqual([
      '2026-03-23T08:00',
      '2026-03-23T10:15',
    ]);
  });

  it('begin after the notice and end before the horizon', () => {
    const now = at('2026-03-23T07:30');
    expect(slots({ noticeHours: 1 }, { now, from: now })).toEqual([
      '2026-03-23T09:00',
      '2026-03-23T10:00',
    ]);
    const far = { from: at('2026-03-23T00:00'), to: at('2026-06-01T00:00') };
    expect(slots({ horizonDays: 2 }, far)).toHaveLength(6);
  });

  it('stop at as many as a day may have, counted on its own day', () => {
    const booked = [at('2026-03-23T08:00')];
    expect(slots({ perDay: 1 }, { booked })).toEqual([]);
    expect(slots({ perDay: 2 }, { booked })).toHaveLength(3);
  });

  it('are closed on public holidays, unless the page says otherwise', () => {
    const easterMonday = { now: at('2026-04-06T00:00') };
    const to = at('2026-04-07T00:00');
    expect(slots({}, { ...easterMonday, from: easterMonday.now, to })).toEqual([]);
    const open = slots({ onHolidays: true }, { ...easterMonday, from: easterMonday.now, to });
    expect(open).toHaveLength(3);
  });

  it('leave out hours that clocks do not show, and give each once when they show it twice', () => {
    const night = [{ from: HOUR_MS, to: 5 * HOUR_MS }];
    const hours = [night, night, night, night, night, night, night];
    const spring = at('2026-03-28T23:00');
    expect(slots({ hours }, { now: spring, from: spring, to: spring + 6 * HOUR_MS })).toEqual([
      '2026-03-29T00:00',
      '2026-03-29T01:00',
      '2026-03-29T02:00',
    ]);
    const autumn = at('2026-10-24T22:00');
    const found = slots({ hours }, { now: autumn, from: autumn, to: autumn + 7 * HOUR_MS });
    expect(new Set(found).size).toBe(found.length);
    expect(found).toHaveLength(4);
  });
});

describe('hours that are typed', () => {
  it.each([
    ['9h-12h, 14h-17h30', '9h-12h, 14h-17h30'],
    ['09:00-12:30', '9h-12h30'],
    ['14–17 ; 9 à 12', '9h-12h, 14h-17h'],
    ['', ''],
    ['0-24', '0h-24h'],
  ])('%s', (typed, read) => {
    expect(rangesText(rangesIn(typed) ?? [{ from: 0, to: 1 }])).toBe(read);
  });

  it.each(['matin', '12h-9h', '9h-25h', '9h75-10h', '9h-12h, 11h-13h', '9h'])(
    'refuses %s',
    (typed) => {
      expect(rangesIn(typed)).toBeUndefined();
    },
  );
});
