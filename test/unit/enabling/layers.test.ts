import type { Database } from '../../../src/kernel/db-types';
import { alice, group, type Installation, openDb, saisons, stand } from './kit';

let db: Database;
beforeEach(async () => {
  db = await openDb();
});
afterEach(() => db.close());

const open = async (options: Omit<Installation, 'db'>) =>
  (await stand({ ...options, db })).enabling;
const at = { site: saisons };

describe('whether a plugin runs', () => {
  it.each<[string, object, object, boolean]>([
    ['nobody speaks', {}, {}, false],
    ['plugins.json holds settings only', { calendar: { firstDay: 0 } }, {}, false],
    ['plugins.json says so', { calendar: { enabled: true } }, {}, true],
    ['the site says true', {}, { plugins: { calendar: true } }, true],
    ['the site holds settings', {}, { plugins: { calendar: { firstDay: 0 } } }, true],
    [
      'the site holds settings and says off',
      {},
      { plugins: { calendar: { enabled: false } } },
      false,
    ],
    [
      'the site says false',
      { calendar: { enabled: true } },
      { plugins: { calendar: false } },
      false,
    ],
  ])('when %s', async (_when, plugins, site, answer) => {
    const enabling = await open({ plugins, site });

    expect(enabling.enabledFor(at).has('calendar')).toBe(answer);
  });

  it('is decided by the last group of the file that somebody is in', async () => {
    const groups = [
      group('dsi', { plugins: { calendar: true } }),
      group('interns', { plugins: { calendar: false } }),
    ];
    const enabling = await open({ site: { groups } });
    const has = (...ids: string[]) => enabling.enabledFor({ ...at, groups: ids }).has('calendar');

    expect([has(), has('dsi'), has('interns', 'dsi'), has('unknown')]).toEqual([
      false,
      true,
      false,
      false,
    ]);
  });

  it('is the agent’s choice where the site leaves it', async () => {
    const enabling = await open({
      site: { plugins: { calendar: true, reminder: true }, choices: ['calendar'] },
    });
    const set = enabling.enabledFor({ ...at, choices: { calendar: false, reminder: false } });

    expect([set.has('calendar'), set.has('reminder')]).toEqual([false, true]);
    expect(enabling.choosable(at)).toEqual(['calendar']);
  });

  it('is not the agent’s choice where the site or a group of theirs locks it', async () => {
    const enabling = await open({
      site: {
        plugins: { calendar: true },
        choices: ['calendar'],
        groups: [group('dsi', { locked: ['calendar.enabled'] })],
      },
    });
    const choices = { calendar: false };

    expect(enabling.enabledFor({ ...at, choices }).has('calendar')).toBe(false);
    expect(enabling.enabledFor({ ...at, choices, groups: ['dsi'] }).has('calendar')).toBe(true);
    expect(enabling.choosable({ ...at, groups: ['dsi'] })).toEqual([]);
  });

  it('needs what the plugin requires', async () => {
    const enabling = await open({
      site: {
        plugins: { planning: true },
        groups: [group('dsi', { plugins: { calendar: true } })],
      },
    });

    expect(enabling.enabledFor(at).has('planning')).toBe(false);
    expect(enabling.enabledFor({ ...at, groups: ['dsi'] }).has('planning')).toBe(true);
    expect(enabling.explainFor({ ...at, path: 'planning.enabled' })).toMatchObject({
      value: false,
      because: { kind: 'requires', plugins: ['calendar'] },
    });
  });

  it('needs settings that hold', async () => {
    const enabling = await open({
      site: { plugins: { calendar: { firstDay: 9 }, planning: true } },
    });

    expect(enabling.enabledFor(at).key).toBe('');
    expect(enabling.explainFor({ ...at, path: 'calendar.enabled' })).toMatchObject({
      value: false,
      because: {
        kind: 'invalid',
        faults: [
          {
            path: 'calendar.firstDay',
            message: 'expected integer 0–6, found 9',
            file: 'config/sites/saisons.json',
            line: 4,
          },
        ],
      },
    });
  });

  it('is not asked of plugins that are not installed or of other sites', async () => {
    const enabling = await open({ site: { plugins: { ghost: true, calendar: true } } });

    expect(enabling.enabledFor(at).key).toBe('calendar');
    expect(enabling.enabledFor({ site: 'marees' as typeof saisons }).key).toBe('');
    expect(enabling.enabledFor({ site: 'nowhere' as typeof saisons }).key).toBe('');
  });
});

describe('a set', () => {
  it('is one object for everybody who has the same plugins', async () => {
    const enabling = await open({
      site: {
        plugins: { calendar: true },
        choices: ['reminder'],
        groups: [group('dsi', { plugins: { reminder: true } }), group('rh')],
      },
    });
    const byGroup = enabling.enabledFor({ ...at, groups: ['rh', 'dsi'] });

    expect(enabling.enabledFor({ ...at, groups: ['dsi'] })).toBe(byGroup);
    expect(enabling.enabledFor({ ...at, choices: { reminder: true } })).toBe(byGroup);
    expect(enabling.enabledFor(at)).not.toBe(byGroup);
  });

  it('of a site names what some layer may turn on there', async () => {
    const enabling = await open({
      site: {
        plugins: { calendar: { enabled: false } },
        choices: ['reminder'],
        groups: [group('dsi', { plugins: { bridge: { url: 'x', user: 'y' } } })],
      },
    });

    expect([...enabling.reach(saisons)].sort()).toEqual(['bridge', 'reminder']);
  });
});

describe('settings', () => {
  it('merge objects and replace lists, layer by layer', async () => {
    const enabling = await open({
      plugins: { calendar: { week: { start: 7, end: 20 }, words: ['a', 'b'] } },
      site: {
        plugins: { calendar: { week: { end: 18 }, names: { a: 'A' } } },
        groups: [group('dsi', { plugins: { calendar: { words: ['c'], names: { b: 'B' } } } })],
      },
    });

    expect(enabling.config('calendar', { ...at, groups: ['dsi'] })).toEqual({
      ok: true,
      value: {
        firstDay: 1,
        week: { start: 7, end: 18 },
        words: ['c'],
        names: { a: 'A', b: 'B' },
      },
    });
  });

  it('are one frozen object for all whose layers are the same', async () => {
    const enabling = await open({
      site: {
        plugins: { calendar: true },
        groups: [group('dsi', { plugins: { calendar: { firstDay: 0 } } }), group('rh')],
      },
    });
    const value = (groups: string[]) => {
      const parsed = enabling.config('calendar', { ...at, groups });
      return parsed.ok ? parsed.value : undefined;
    };

    expect(value(['rh'])).toBe(value([]));
    expect(value(['dsi'])).not.toBe(value([]));
    expect(Object.isFrozen(value([]))).toBe(true);
  });

  it('never hold the reserved key', async () => {
    const enabling = await open({ site: { plugins: { reminder: { enabled: true } } } });

    expect(enabling.config('reminder', at)).toEqual({ ok: true, value: {} });
    expect(enabling.enabledFor(at).has('reminder')).toBe(true);
  });
});

describe('an explanation', () => {
  it('tells each layer with its place, the last one in force', async () => {
    const enabling = await open({
      plugins: { calendar: { firstDay: 2 } },
      site: {
        plugins: { calendar: { firstDay: 3 } },
        choices: ['calendar'],
        groups: [group('dsi', { plugins: { calendar: { firstDay: 5 } } })],
      },
    });
    await enabling.set({ site: 'saisons', path: 'calendar.firstDay', value: 4 }, alice);
    await enabling.set(
      { site: 'saisons', group: 'dsi', path: 'calendar.firstDay', value: 6 },
      alice,
    );

    const told = enabling.explainFor({ ...at, groups: ['dsi'], path: 'calendar.firstDay' });

    const by = { author: 'alice', at: expect.any(String) as string };
    expect(told).toEqual({
      path: 'calendar.firstDay',
      value: 6,
      layers: [
        { layer: 'default', value: 1 },
        { layer: 'plugins', value: 2, file: 'config/plugins.json', line: 3 },
        { layer: 'site', value: 3, file: 'config/sites/saisons.json', line: 4 },
        { layer: 'admin', value: 4, ...by, changeId: 1 },
        { layer: 'group', group: 'dsi', value: 5, file: 'config/sites/saisons.json', line: 21 },
        { layer: 'group', group: 'dsi', value: 6, ...by, changeId: 2 },
      ],
    });
    expect(enabling.explainFor({ ...at, path: 'calendar.firstDay' }).value).toBe(4);
  });

  it('points at the entry that turns a plugin on without saying it', async () => {
    const enabling = await open({ site: { plugins: { calendar: { firstDay: 3 } } } });

    expect(enabling.explainFor({ ...at, path: 'calendar.enabled' }).layers).toEqual([
      { layer: 'default', value: false },
      { layer: 'site', value: true, file: 'config/sites/saisons.json', line: 3 },
    ]);
  });

  it('shows a choice that has no effect, and the lock', async () => {
    const enabling = await open({
      site: { plugins: { calendar: true }, choices: ['calendar'], locked: ['calendar.enabled'] },
    });
    const choices = { calendar: false };

    const told = enabling.explainFor({ ...at, choices, path: 'calendar.enabled' });

    expect(told.value).toBe(true);
    expect(told.layers.at(-1)).toEqual({ layer: 'user', value: false, ignored: 'locked' });
    expect(told.locked).toEqual({
      by: 'site',
      path: 'calendar.enabled',
      place: { file: 'config/sites/saisons.json', path: 'locked.0', line: 9 },
    });
  });
});

describe('two providers of one port', () => {
  const both = { plugins: { 'spell-one': true, 'spell-two': true } };

  it('are one on a site: the first by id, and the other is told with both names', async () => {
    const enabling = await open({ site: both });

    const set = enabling.enabledFor(at);

    expect([set.has('spell-one'), set.has('spell-two')]).toEqual([true, false]);
    expect(enabling.reach(saisons).has('spell-two')).toBe(false);
    expect(enabling.faults(saisons)).toMatchObject([
      {
        plugin: 'spell-two',
        path: 'plugins.spell-two',
        line: 4,
        message: 'provides the port "spell-check", which spell-one provides there already',
      },
    ]);
    expect(enabling.explainFor({ ...at, path: 'spell-two.enabled' })).toMatchObject({
      value: false,
      because: { faults: [{ message: expect.stringContaining('spell-one provides') }] },
    });
  });

  it('are one as well where each is on for another group, or by choice', async () => {
    const groups = ['one', 'two'].map((id) => group(id, { plugins: { [`spell-${id}`]: true } }));
    const inGroups = await open({ site: { groups } });
    const choosing = await open({ site: { plugins: both.plugins, choices: ['spell-one'] } });

    expect([...inGroups.reach(saisons)]).toEqual(['spell-one']);
    expect(inGroups.faults(saisons)).toHaveLength(1);
    expect([...choosing.reach(saisons)]).toEqual(['spell-one']);
  });

  it('may each serve a site', async () => {
    const enabling = await open({
      site: { plugins: { 'spell-one': true } },
      plugins: { 'spell-two': { enabled: false } },
    });

    expect(enabling.faults(saisons)).toEqual([]);
    expect(enabling.enabledFor(at).has('spell-one')).toBe(true);
  });
});

describe('faults of a site', () => {
  it('are told with plugin, key and line', async () => {
    const enabling = await open({
      plugins: { reminder: { enabled: 'no' } },
      site: {
        plugins: { bridge: true, planning: true },
        groups: [group('dsi', { plugins: { calendar: { firstDay: 'x' } } })],
      },
    });

    const told = enabling.faults(saisons).map(({ path, message, line }) => [path, message, line]);

    expect(told).toEqual([
      ['groups.0.plugins.calendar.firstDay', 'expected integer 0–6, found "x"', 17],
      ['plugins.planning', 'requires calendar, which is off there', 4],
      ['plugins.bridge.url', 'expected text, found nothing', 3],
      ['plugins.bridge.user', 'expected text, found nothing', 3],
      ['reminder.enabled', 'expected true or false', 3],
    ]);
  });

  it('are none where all holds', async () => {
    const enabling = await open({ site: { plugins: { calendar: true } } });

    expect(enabling.faults(saisons)).toEqual([]);
  });
});
