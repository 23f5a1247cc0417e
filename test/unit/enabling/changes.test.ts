import { AppError } from '../../../src/base/errors';
import {
  type ChangeRefusal,
  type ChangeRequest,
  enablingMigrations,
  formatRefusal,
} from '../../../src/enabling';
import type { Database } from '../../../src/kernel/db-types';
import { alice, group, handClock, type Installation, marees, openDb, saisons, stand } from './kit';

let db: Database;
beforeEach(async () => {
  db = await openDb();
});
afterEach(() => db.close());

const open = async (options: Omit<Installation, 'db'> = {}) => stand({ ...options, db });
const at = { site: saisons };
const on = { site: 'saisons', path: 'calendar.enabled', value: true };

describe('a change', () => {
  it('is in force at once, in the history, and in the audit without its value', async () => {
    const { enabling, audit, told, changes } = await open();
    const before = changes();

    const change = await enabling.set(on, alice);

    expect(change).toMatchObject({ ...on, id: 1, previous: undefined, author: 'alice' });
    expect(enabling.enabledFor(at).has('calendar')).toBe(true);
    expect(enabling.enabledFor({ site: marees }).has('calendar')).toBe(false);
    expect(changes()).toBe(before + 1);
    expect(await enabling.history({})).toEqual([{ ...change, isLast: true }]);
    expect(told).toMatchObject([{ site: 'saisons', event: 'config:changed' }]);
    expect(await audit.list({})).toEqual([
      expect.objectContaining({
        site: 'saisons',
        actor: 'alice',
        event: 'config:changed',
        target: 'calendar.enabled',
        remote: '192.0.2.1',
        details: { change: 1 },
      }),
    ]);
  });

  it('that changes nothing leaves no trace', async () => {
    const { enabling, told } = await open();
    await enabling.set(on, alice);

    expect(await enabling.set(on, alice)).toBeUndefined();
    expect(await enabling.set({ ...on, path: 'calendar.firstDay', value: undefined }, alice)).toBe(
      undefined,
    );
    expect(told).toHaveLength(1);
    expect(await enabling.history({})).toHaveLength(1);
  });

  it('keeps what was said before, for each site, group and path', async () => {
    const { enabling } = await open({ site: { groups: [group('dsi')] } });
    const firstDay = { site: 'saisons', path: 'calendar.firstDay' };

    await enabling.set({ ...firstDay, value: 2 }, alice);
    await enabling.set({ ...firstDay, group: 'dsi', value: 3 }, alice);
    await enabling.set({ ...firstDay, value: 4 }, alice);
    await enabling.set({ ...firstDay, value: undefined }, alice);

    const history = await enabling.history({ plugin: 'calendar' });
    expect(history.map(({ id, value, previous }) => [id, value, previous])).toEqual([
      [4, undefined, 4],
      [3, 4, 2],
      [2, 3, undefined],
      [1, 2, undefined],
    ]);
    expect(enabling.explainFor({ ...at, path: 'calendar.firstDay' }).layers).toHaveLength(1);
    expect(enabling.explainFor({ ...at, groups: ['dsi'], path: 'calendar.firstDay' }).value).toBe(
      3,
    );
  });

  it('is known as the last of its target, however many newer changes are elsewhere', async () => {
    const { enabling } = await open({ site: { groups: [group('dsi')] } });
    const path = 'calendar.firstDay';
    const first = await enabling.set({ site: 'saisons', path, value: 1 }, alice);
    const last = await enabling.set({ site: 'saisons', path, value: 2 }, alice);
    const ofGroup = await enabling.set({ site: 'saisons', group: 'dsi', path, value: 3 }, alice);
    const elsewhere = Array.from({ length: 510 }, (_, index) => ({
      site: 'marees',
      path,
      value: String(index),
      author: 'x',
      at: '',
    }));
    await db.knex.batchInsert('config_changes', elsewhere, 100);

    expect(await enabling.lastChange({ site: 'saisons', path })).toEqual(last);
    expect(await enabling.lastChange({ site: 'saisons', group: 'dsi', path })).toEqual(ofGroup);
    expect(await enabling.lastChange({ site: '*', path })).toBeUndefined();

    // A page of older ones, which shows none of the newer.
    const older = await enabling.history({ path, before: last?.id ?? 0 });
    expect(older).toEqual([{ ...first, isLast: false }]);
    const page = await enabling.history({ path, before: (ofGroup?.id ?? 0) + 1 });
    expect(page.map(({ id, isLast }) => [id, isLast])).toEqual([
      [ofGroup?.id, true],
      [last?.id, true],
      [first?.id, false],
    ]);
  });

  it('survives the process and reaches the others at their next look', async () => {
    const clock = handClock();
    const one = await open();
    const other = await open({ clock });

    await one.enabling.set(on, alice);
    expect(other.enabling.enabledFor(at).has('calendar')).toBe(false);
    clock.tick();
    await other.enabling.impactOf({ ...on, value: false }); // waits for the look under way

    expect(other.enabling.enabledFor(at).has('calendar')).toBe(true);
    expect((await open()).enabling.enabledFor(at).has('calendar')).toBe(true);
  });

  it('of other processes is looked for until the end only', async () => {
    const clock = handClock();
    const { enabling, changes } = await open({ clock });
    enabling.stop();
    const before = changes();
    await (await open()).enabling.set(on, alice);

    clock.tick();
    await db.knex('config_changes');

    expect(changes()).toBe(before);
  });
});

describe('a rollback', () => {
  it('says again what was said before, and can be rolled back itself', async () => {
    const { enabling, told } = await open();
    const path = 'calendar.firstDay';
    const value = () => enabling.explainFor({ ...at, path }).value;
    await enabling.set(on, alice);
    await enabling.set({ site: 'saisons', path, value: 2 }, alice);
    await enabling.set({ site: 'saisons', path, value: 3 }, alice);

    const undone = await enabling.rollback(3, { login: 'bruno' });
    expect([undone.id, undone.value, value()]).toEqual([4, 2, 2]);
    await enabling.rollback(4, alice);
    expect(value()).toBe(3);

    const [, fourth, third] = await enabling.history({ path });
    expect([third?.undoneBy, fourth?.undoneBy, fourth?.author]).toEqual([4, 5, 'bruno']);
    expect(told.at(-1)?.event).toBe('config:rolled-back');
  });

  it('takes a first word back altogether', async () => {
    const { enabling } = await open();
    await enabling.set(on, alice);

    await enabling.rollback(1, alice);

    expect(enabling.enabledFor(at).has('calendar')).toBe(false);
    expect(enabling.explainFor({ ...at, path: 'calendar.enabled' }).layers).toHaveLength(1);
  });

  it('is refused for what has been replaced since, done twice, or unknown', async () => {
    const { enabling } = await open();
    await enabling.set(on, alice);
    await enabling.set({ ...on, value: false }, alice);

    await expect(enabling.rollback(1, alice)).rejects.toMatchObject({
      code: 'request/invalid',
      details: { reason: 'superseded', change: 1, by: 2 },
    });
    await enabling.rollback(2, alice);
    await expect(enabling.rollback(2, alice)).rejects.toMatchObject({
      details: { reason: 'superseded', by: 3 },
    });
    await expect(enabling.rollback(99, alice)).rejects.toMatchObject({
      code: 'request/not-found',
    });
  });

  it('is done once when two administrators ask at the same moment', async () => {
    const { enabling } = await open();
    await enabling.set(on, alice);

    const answers = await Promise.allSettled([
      enabling.rollback(1, alice),
      enabling.rollback(1, { login: 'bruno' }),
    ]);

    expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await enabling.history({})).toHaveLength(2);
  });
});

describe('the kill switch', () => {
  const stop = { site: '*', path: 'calendar.enabled', value: false };

  it('stops a plugin everywhere, whatever is said, with what requires it', async () => {
    const { enabling, told } = await open({
      site: {
        plugins: { calendar: true, planning: true },
        choices: ['calendar'],
        locked: ['calendar.enabled'],
        groups: [group('dsi', { plugins: { calendar: true } })],
      },
    });

    await enabling.set(stop, alice);

    const subject = { ...at, groups: ['dsi'], choices: { calendar: true } };
    expect(enabling.enabledFor(subject).key).toBe('');
    expect(enabling.reach(saisons).has('calendar')).toBe(false);
    expect(enabling.choosable(at)).toEqual([]);
    const explained = enabling.explainFor({ ...at, path: 'calendar.enabled' });
    expect(explained.layers.at(-1)).toMatchObject({ layer: 'stop', value: false, changeId: 1 });
    expect(told.map(({ site }) => site)).toEqual(['*', '*']);
  });

  it('is released by taking it back', async () => {
    const { enabling } = await open({ site: { plugins: { calendar: true } } });
    await enabling.set(stop, alice);

    await enabling.set({ ...stop, value: undefined }, alice);

    expect(enabling.enabledFor(at).has('calendar')).toBe(true);
  });

  it.each<[string, object, ChangeRefusal['field']]>([
    ['settings', { path: 'calendar.firstDay', value: 1 }, 'path'],
    ['turning on', { value: true }, 'value'],
    ['a group', { group: 'dsi' }, 'group'],
  ])('is not for %s', async (_what, more, field) => {
    const { enabling } = await open();

    expect(enabling.check({ ...stop, ...more })).toMatchObject({
      ok: false,
      error: { reason: 'stop-only', field },
    });
  });
});

describe('a change that cannot be', () => {
  const site = {
    plugins: { calendar: { firstDay: 3 } },
    locked: ['calendar.week.start'],
    groups: [group('dsi', { locked: ['calendar.firstDay'] })],
  };
  const change = (more: Partial<ChangeRequest>): ChangeRequest => ({
    site: 'saisons',
    path: 'calendar.firstDay',
    value: 1,
    ...more,
  });

  it.each<[string, Partial<ChangeRequest>, Partial<ChangeRefusal>]>([
    [
      'an unknown site',
      { site: 'nowhere' },
      { reason: 'unknown-site', field: 'site', expected: 'one of saisons, marees' },
    ],
    [
      'an unknown group',
      { group: 'dsl' },
      { reason: 'unknown-group', field: 'group', expected: 'one of dsi', found: '"dsl"' },
    ],
    [
      'an unknown plugin',
      { path: 'calender.firstDay' },
      { reason: 'unknown-plugin', field: 'path', expected: 'an installed plugin, as calendar' },
    ],
    [
      'an unknown key',
      { path: 'calendar.firstday' },
      {
        reason: 'unknown-key',
        field: 'path',
        expected: 'calendar.firstDay',
        found: 'calendar.firstday',
      },
    ],
    [
      'an unknown key within',
      { path: 'calendar.week.middle' },
      { reason: 'unknown-key', expected: 'calendar.week.start, calendar.week.end' },
    ],
    [
      'a key of a plugin without any',
      { path: 'reminder.words' },
      { reason: 'unknown-key', expected: 'no key below reminder' },
    ],
    [
      'a value beyond the range',
      { value: 9 },
      { reason: 'wrong-value', field: 'value', expected: 'integer 0–6', found: '9' },
    ],
    ['a value of another type', { value: 'monday' }, { reason: 'wrong-value', found: '"monday"' }],
    [
      'a list with a wrong item',
      { path: 'calendar.words', value: ['a', 1] },
      { reason: 'wrong-value', expected: 'calendar.words.1: text' },
    ],
    ['null', { value: null }, { reason: 'wrong-value', found: 'null' }],
    ['a huge value', { value: 'x'.repeat(20_000) }, { reason: 'wrong-value' }],
    [
      'on that is neither true nor false',
      { path: 'calendar.enabled', value: 'yes' },
      { reason: 'wrong-value', expected: 'true or false' },
    ],
    ['something below on', { path: 'calendar.enabled.x' }, { reason: 'unknown-key' }],
    [
      'a secret',
      { path: 'calendar.names', value: { apiKey: 'hunter2' } },
      { reason: 'secret', found: 'a secret' },
    ],
    ['a path without key', { path: 'calendar' }, { reason: 'bad-path', field: 'path' }],
    ['a path to a prototype', { path: 'calendar.__proto__.x' }, { reason: 'bad-path' }],
    ['a constructor as plugin', { path: 'constructor.name' }, { reason: 'unknown-plugin' }],
    ['a path beyond any depth', { path: `calendar${'.a'.repeat(40)}` }, { reason: 'bad-path' }],
    [
      'what the site’s file locks',
      { path: 'calendar.week', value: { start: 9 } },
      { reason: 'locked', field: 'path', file: 'config/sites/saisons.json', line: 8 },
    ],
    [
      'what a group’s entry locks',
      { group: 'dsi' },
      { reason: 'locked', file: 'config/sites/saisons.json', line: 20 },
    ],
    [
      'turning on without the settings it needs',
      { path: 'bridge.enabled', value: true },
      { reason: 'breaks', found: 'bridge.url: expected text, found nothing' },
    ],
  ])('is refused for %s', async (_what, more, refusal) => {
    const { enabling } = await open({ site });
    const request = change(more);

    expect(enabling.check(request)).toMatchObject({ ok: false, error: refusal });
    const attempt = enabling.set(request, alice);
    await expect(attempt).rejects.toBeInstanceOf(AppError);
    await expect(attempt).rejects.toMatchObject({ code: 'request/invalid', details: refusal });
    expect(await enabling.history({})).toEqual([]);
  });

  it('is refused when what the plugin requires is off', async () => {
    const { enabling } = await open();
    const planning = { ...on, path: 'planning.enabled' };

    expect(enabling.check(planning)).toMatchObject({
      ok: false,
      error: { reason: 'requires', found: 'calendar off' },
    });
    await enabling.set(on, alice);
    expect(enabling.check(planning).ok).toBe(true);
  });

  it.each([
    ['spell-one', 'spell-two'],
    ['spell-two', 'spell-one'],
  ])('is refused when %s would answer the port of %s, which is on', async (added, there) => {
    const { enabling } = await open({ site: { plugins: { [there]: true } } });

    expect(enabling.check({ ...on, path: `${added}.enabled` })).toMatchObject({
      ok: false,
      error: {
        reason: 'breaks',
        expected: 'one provider of the port "spell-check"',
        found: 'spell-one and spell-two',
      },
    });
  });

  it('is refused when a plugin that every site had stopped would come back beside another', async () => {
    const { enabling } = await open({ site: { plugins: { 'spell-one': true } } });
    const path = 'spell-one.enabled';
    await enabling.set({ site: '*', path, value: false }, alice);
    await enabling.set({ ...on, path: 'spell-two.enabled' }, alice);

    expect(enabling.check({ site: '*', path, value: undefined })).toMatchObject({
      ok: false,
      error: {
        reason: 'breaks',
        expected: 'one provider of the port "spell-check"',
        found: 'spell-one and spell-two on saisons',
      },
    });
    expect(enabling.check({ site: '*', path: 'spell-two.enabled', value: false }).ok).toBe(true);
  });

  it('is refused when a group’s own settings would not go with it', async () => {
    const { enabling } = await open({
      site: { groups: [group('dsi', { plugins: { bridge: { url: 'https://x' } } })] },
    });

    expect(enabling.check({ ...on, path: 'bridge.url', value: 'https://y' }).ok).toBe(true);
    expect(enabling.check({ ...on, path: 'bridge.enabled' })).toMatchObject({
      error: { reason: 'breaks' },
    });
  });

  it('does not keep settings from being completed one by one', async () => {
    const { enabling } = await open();

    await enabling.set({ site: 'saisons', path: 'bridge.url', value: 'https://x' }, alice);
    await enabling.set({ site: 'saisons', path: 'bridge.user', value: 'u' }, alice);
    await enabling.set({ site: 'saisons', path: 'bridge.enabled', value: true }, alice);

    expect(enabling.enabledFor(at).has('bridge')).toBe(true);
    expect(enabling.check({ site: 'saisons', path: 'bridge.url', value: undefined })).toMatchObject(
      {
        error: { reason: 'breaks' },
      },
    );
  });

  it('says so in one line', async () => {
    const { enabling } = await open({ site });
    const refused = enabling.check(change({ value: 9 }));

    expect(refused.ok ? '' : formatRefusal(refused.error)).toBe(
      'calendar.firstDay: expected integer 0–6, found 9',
    );
  });
});

it('ignores a change that the file has locked since', async () => {
  await (await open()).enabling.set(on, alice);

  const { enabling } = await open({ site: { locked: ['calendar.enabled'] } });

  expect(enabling.enabledFor(at).has('calendar')).toBe(false);
  expect(enabling.explainFor({ ...at, path: 'calendar.enabled' }).layers.at(-1)).toMatchObject({
    layer: 'admin',
    ignored: 'locked',
  });
});

describe('the impact of a change', () => {
  const people = [
    { login: 'a', groups: ['dsi'] },
    { login: 'b', groups: ['dsi'], choices: { calendar: true } },
    { login: 'c' },
    { login: 'd', site: marees },
  ];
  const site = {
    plugins: { calendar: { enabled: false, firstDay: 3 } },
    choices: ['calendar'],
    groups: [group('dsi', { plugins: { reminder: true } })],
  };

  it('counts those whose plugins would be others, by group and choice', async () => {
    const { enabling } = await open({ site, people });

    expect(await enabling.impactOf(on)).toMatchObject({
      users: 3,
      affected: 2,
      openSessions: 4,
      examples: ['a', 'c'],
    });
    expect(await enabling.impactOf({ ...on, group: 'dsi' })).toMatchObject({ examples: ['a'] });
  });

  it('counts a setting for those who have the plugin only', async () => {
    const { enabling } = await open({ site, people });
    const firstDay = { ...on, path: 'calendar.firstDay' };

    expect(await enabling.impactOf({ ...firstDay, value: 5 })).toMatchObject({ examples: ['b'] });
    expect(await enabling.impactOf({ ...firstDay, value: 3 })).toMatchObject({ affected: 0 });
  });

  it('of the kill switch is that of all sites', async () => {
    const { enabling } = await open({ site, people });
    const impact = await enabling.impactOf({ site: '*', path: 'calendar.enabled', value: false });

    expect(impact).toMatchObject({ users: 4, affected: 1, examples: ['b'] });
  });

  it('gives some examples, and changes nothing', async () => {
    const many = Array.from({ length: 50 }, (_, index) => ({ login: `u${index}` }));
    const { enabling } = await open({ people: many });
    const impact = await enabling.impactOf(on);

    expect([impact.affected, impact.examples.length]).toEqual([50, 5]);
    expect(enabling.enabledFor(at).has('calendar')).toBe(false);
    expect(await enabling.history({})).toEqual([]);
  });

  it('is known for a rollback too', async () => {
    const { enabling } = await open({ people });
    await enabling.set(on, alice);

    expect(await enabling.impactOf(await enabling.rollbackRequest(1))).toMatchObject({
      affected: 3,
    });
  });

  it('is not told of a change that cannot be', async () => {
    const { enabling } = await open();

    await expect(enabling.impactOf({ ...on, path: 'ghost.enabled' })).rejects.toMatchObject({
      details: { reason: 'unknown-plugin' },
    });
  });
});

it('comes and goes with its migration', async () => {
  for (const { down } of enablingMigrations) await down(db.knex);
  expect(await db.knex.schema.hasTable('config_changes')).toBe(false);
  for (const { up } of enablingMigrations) await up(db.knex);
  expect(await db.knex.schema.hasTable('config_changes')).toBe(true);
});

describe('two administrators at once', () => {
  it('the second is told, and overwrites nothing that they did not see', async () => {
    const { enabling } = await open();
    const path = 'calendar.firstDay';
    const says = (value: number) => enabling.set({ site: 'saisons', path, value }, alice, 0);

    const answers = await Promise.allSettled([says(2), says(3)]);

    const refused = answers.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
    expect(refused).toMatchObject([{ code: 'request/invalid', details: { reason: 'late' } }]);
    expect(await enabling.history({ path })).toHaveLength(1);
  });

  it('who saw the last change may replace it', async () => {
    const { enabling } = await open();
    const request = { site: 'saisons', path: 'calendar.firstDay' };
    const first = await enabling.set({ ...request, value: 2 }, alice, 0);

    const second = await enabling.set({ ...request, value: 3 }, alice, first?.id ?? 0);

    expect(second).toMatchObject({ value: 3, previous: 2 });
  });
});

describe('what was said for a group that is gone', () => {
  const request = { site: 'saisons', group: 'dsi', path: 'calendar.firstDay' };

  it('can be taken back, and nothing else be said of it', async () => {
    const before = await open({ site: { groups: [group('dsi')] } });
    const change = await before.enabling.set({ ...request, value: 2 }, alice);
    const { enabling } = await open({ site: { groups: [group('renamed')] } });

    expect(enabling.check({ ...request, value: 3 })).toMatchObject({
      ok: false,
      error: { reason: 'unknown-group' },
    });
    expect(await enabling.rollback(change?.id ?? 0, alice)).toMatchObject({ value: undefined });
  });
});

describe('a wrong value of another layer', () => {
  const inGroup = group('dsi', { plugins: { calendar: { firstDay: 99 } } });
  const path = 'calendar.firstDay';

  it('keeps nobody from a right one for the site', async () => {
    const { enabling } = await open({ site: { plugins: { calendar: true }, groups: [inGroup] } });

    expect(await enabling.set({ site: 'saisons', path, value: 3 }, alice)).toMatchObject({
      value: 3,
    });
    expect(enabling.check({ site: 'saisons', path, value: 99 })).toMatchObject({
      ok: false,
      error: { reason: 'wrong-value', found: '99' },
    });
  });

  it('is named by file and line when it stands in the way', async () => {
    const { enabling } = await open({
      site: {
        groups: [group('dsi', { plugins: { calendar: { enabled: false, firstDay: 99 } } })],
      },
    });
    const turnOn = { site: 'saisons', group: 'dsi', path: 'calendar.enabled', value: true };

    expect(enabling.check(turnOn)).toMatchObject({
      ok: false,
      error: { reason: 'breaks', file: 'config/sites/saisons.json', line: expect.any(Number) },
    });
  });
});

describe('plugins beside the changed one', () => {
  it('names what goes off with a plugin, and what comes back, people or not', async () => {
    const { enabling } = await open({ site: { plugins: { calendar: true, planning: true } } });
    const off = { site: 'saisons', path: 'calendar.enabled', value: false };

    expect(await enabling.impactOf(off)).toMatchObject({ goOff: ['planning'], comeOn: [] });
    expect(await enabling.impactOf({ ...off, site: '*' })).toMatchObject({ goOff: ['planning'] });
    await enabling.set(off, alice);
    expect(await enabling.impactOf({ ...off, value: true })).toMatchObject({
      goOff: [],
      comeOn: ['planning'],
    });
  });
});
