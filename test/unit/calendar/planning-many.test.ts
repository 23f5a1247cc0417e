import type { PluginTest } from 'estafette/plugin/testing';
import { knex } from 'knex';
import { addPeople } from '../../../plugins/calendar/planning/groups';
import { know } from '../../../plugins/calendar/planning/known';
import { type CalendarStore, FIRST_CALENDAR, type Person } from '../../../plugins/calendar/store';
import { findOfMany } from '../../../plugins/calendar/store/occurrences';
import { HELD, Shares } from '../../../plugins/calendar/store/shares';
import { chunksOf, OBJECTS } from '../../../plugins/calendar/store/tables';
import { anObject, aPerson, at, startCalendar } from '../../../plugins/calendar/test/kit';

const EVENTS = 40;
const WEEK = { from: at('2026-11-16 00:00'), to: at('2026-11-23 00:00'), zone: 'Europe/Paris' };

let test: PluginTest;
let store: CalendarStore;
let me: Person;
beforeEach(async () => {
  ({ test, store, me } = await startCalendar());
  test.clock.advance(Date.UTC(2026, 10, 19, 9, 0) - test.clock.now());
  await store.calendars(me);
});
afterEach(() => test.stop());

const table = (name: string) => test.db.table(name);

/** All databases are asked of by the same class: what is asked meanwhile, of plugins' and of the core's. */
async function askedBy(run: () => Promise<unknown>): Promise<readonly string[]> {
  const asked: string[] = [];
  const spy = jest.spyOn(knex.Client.prototype, 'emit');
  spy.mockImplementation((name, query: { readonly sql: string }) => {
    if (name === 'query') asked.push(query.sql);
    return true;
  });
  await run();
  spy.mockRestore();
  return asked;
}

/** An agent who works: so many events of an hour, a day off, four weeks long. */
async function anAgent(user: number): Promise<Person> {
  const person = aPerson(user);
  await store.calendars(person);
  await know(table, person);
  for (let event = 0; event < EVENTS; event += 1) {
    const day = String(2 + Math.floor(event / 2)).padStart(2, '0');
    const hour = event % 2 === 0 ? '09' : '15';
    await store.put(
      person,
      FIRST_CALENDAR,
      `${user}-${event}.ics`,
      anObject(`${user}-${event}`, {
        summary: 'Entretien secret',
        start: at(`2026-11-${day} ${hour}:00`),
        end: at(`2026-11-${day} ${hour}:45`),
      }),
    );
  }
  return person;
}

it('asks as little of the database for a service of fifty as for two people', async () => {
  const service: Person[] = [];
  for (let user = 100; user < 150; user += 1) service.push(await anAgent(user));
  const group = (title: string, people: readonly Person[]) =>
    addPeople(
      table,
      me,
      { id: '', title },
      people.map(({ mail }) => ({ mail, name: '' })),
    );
  const all = await group('Service', service);
  const two = await group('Binôme', service.slice(0, 2));
  const look = (id: string) => () => test.renderRoute('/planning', { query: { group: id } });
  // What is held for later questions is the same for both.
  await look(all.id)();

  const few = await askedBy(look(two.id));
  let page = '';
  const many = await askedBy(async () => {
    page = await look(all.id)();
  });

  expect(many).toHaveLength(few.length);
  expect(few.length).toBeGreaterThan(0);
  expect(few.length).toBeLessThan(25);
  // Five days of mornings and afternoons that are taken, of each.
  expect(page.match(/plan-cell is-busy"><span>Occupé/g)).toHaveLength(50 * 10);
  expect(page).not.toContain('secret');
}, 60_000);

it('cuts the calendar that is too full, and nobody else’s', async () => {
  const full = await anAgent(100);
  const usual = await anAgent(101);
  const one: Record<string, unknown> = await table(OBJECTS).where({ uid: '100-28' }).first();
  const { key: _key, ...row } = one;
  const copies = Array.from({ length: HELD + 1 }, (_, at) => ({
    ...row,
    id: `copy-${at}`,
    uri: `copy-${at}.ics`,
    uid: `copy-${at}`,
  }));
  for (const some of chunksOf(copies, 500)) await table(OBJECTS).insert(some);

  const found = await findOfMany(table, me.site, [full.user, usual.user], WEEK);

  expect(found.get(full.user)?.isCut).toBe(true);
  expect(found.get(full.user)?.occurrences).toHaveLength(5_000);
  expect(found.get(usual.user)?.isCut).toBe(false);
  expect(found.get(usual.user)?.occurrences).toHaveLength(12);
}, 60_000);

it('leaves each an equal part of what those before them did not need', async () => {
  const shares = new Shares(4);
  shares.begin();

  await shares.spend(10);
  expect(shares.isOver(0)).toBe(false);
  await shares.spend(HELD / 4);
  expect(shares.isOver(0)).toBe(true);
  // Who comes last may have all that is left.
  expect(shares.isOver(3)).toBe(false);
  await shares.spend(HELD / 2);
  expect(shares.isOver(3)).toBe(false);
  await shares.spend(HELD / 2);
  expect(shares.isOver(3)).toBe(true);
});

it('stops with the time of all, though the last ones took little', async () => {
  const shares = new Shares(2, 1);
  shares.begin();
  const until = performance.now() + 5;
  while (performance.now() < until);
  await shares.spend(0);

  expect(shares.isOver(0)).toBe(true);
  expect(shares.isOver(1)).toBe(true);
});
