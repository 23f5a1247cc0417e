import { z } from 'zod';
import type { Database } from '../../../src/kernel/db-types';
import { aSiteFile, parse } from '../sites/support';
import { aDoor, openDb } from './door';
import { run } from './support';

const calendar = {
  id: 'calendar',
  schema: z.object({ firstDay: z.int().min(0).max(6).default(1) }),
};
const group = { id: 'dsi', title: 'DSI', match: { logins: ['alice'] } };
const loadConfig = () =>
  parse({
    sites: {
      one: aSiteFile({
        plugins: { calendar: true },
        groups: [group],
        locked: ['calendar.enabled'],
      }),
    },
  });
const people = [{ login: 'alice', groups: ['dsi'] }, { login: 'bob' }];

let db: Database;
beforeEach(async () => {
  db = await openDb();
});
afterEach(() => db.close());
const cli = (argv: readonly string[], ask?: string) =>
  run(
    argv,
    { loadConfig, openEnabling: aDoor([calendar], { people, db }) },
    ask === undefined ? {} : { ask: async () => ask },
  );
const explained = async (argv: readonly string[]) =>
  JSON.parse((await cli(['explain', 'calendar.firstDay', '--json', ...argv])).out) as {
    value: unknown;
    layers: { layer: string; author?: string }[];
  };

describe('config:set', () => {
  it('tells whom it touches and changes nothing until somebody agrees', async () => {
    const dry = await cli(['config:set', 'one', 'calendar.firstDay', '0', '--dry-run', '--yes']);
    const silent = await cli(['config:set', 'one', 'calendar.firstDay', '0']);
    const no = await cli(['config:set', 'one', 'calendar.firstDay', '0'], 'n');

    for (const { code, out } of [dry, silent, no]) {
      expect(code).toBe(0);
      expect(out).toContain('Something changes for 2 of 2 known users: alice, bob');
      expect(out).toContain('Open sessions among them: 2');
      expect(out).toContain('Nothing was changed');
    }
    expect((await explained([])).value).toBe(1);
  });

  it.each([
    [['--yes'], undefined],
    [[], 'y'],
  ])('changes it with %j and the answer %j', async (options, answer) => {
    const { code, out } = await cli(
      ['config:set', 'one', 'calendar.firstDay', '0', ...options],
      answer,
    );

    expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining('Change 1.') });
    const told = await explained([]);
    expect(told.value).toBe(0);
    expect(told.layers.at(-1)).toMatchObject({
      layer: 'admin',
      author: expect.stringMatching(/^cli/),
    });
  });

  it('changes it for a group alone', async () => {
    await cli(['config:set', 'one', 'calendar.firstDay', '6', '--group', 'dsi', '--yes']);

    expect((await explained(['--user', 'alice'])).value).toBe(6);
    expect((await explained(['--group', 'dsi'])).value).toBe(6);
    expect((await explained(['--user', 'bob'])).value).toBe(1);
  });

  it('stops a plugin on every site, and lets it run again', async () => {
    await cli(['config:set', '*', 'calendar.enabled', 'false', '--yes']);
    const stopped = await cli(['explain', 'calendar.enabled']);
    await cli(['config:set', '*', 'calendar.enabled', '--unset', '--yes']);
    const again = await cli(['explain', 'calendar.enabled']);

    expect(stopped.out).toContain('calendar.enabled = false');
    expect(stopped.out).toMatch(/ {2}stop {5}false {2}by cli\S*, \S+, change 1 <- in force/);
    expect(again.out).toContain('calendar.enabled = true');
  });

  it.each([
    [['one', 'calendar.firstDay', '9'], 'expected integer 0–6, found 9'],
    [['one', 'calendar.firstDya', '1'], 'expected calendar.firstDay'],
    [['one', 'calender.firstDay', '1'], 'as calendar'],
    [['two', 'calendar.firstDay', '1'], 'expected one of one, found two'],
    [['one', 'calendar.firstDay', '1', '--group', 'rh'], 'one of dsi'],
    [['*', 'calendar.firstDay', '1'], 'with site *'],
    [['one', 'calendar.firstDay', 'lundi'], 'expected a JSON value'],
    [['one', 'calendar.firstDay'], 'config:set needs'],
    [['one', 'calendar.firstDay', '1', '--unset'], 'config:set needs'],
  ])('ends %j with code 64 and what was expected', async (args, message) => {
    const { code, err } = await cli(['config:set', ...args, '--yes']);

    expect(code).toBe(64);
    expect(err).toContain(message);
    expect(err).not.toContain('    at ');
  });
});

it('leaves to the file what the file locks', async () => {
  const { code, err } = await cli(['config:set', 'one', 'calendar.enabled', 'false', '--yes']);

  expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('is locked there') });
});

describe('config:rollback', () => {
  it('takes back a change in force, and no other', async () => {
    await cli(['config:set', 'one', 'calendar.firstDay', '0', '--yes']);
    await cli(['config:set', 'one', 'calendar.firstDay', '3', '--yes']);

    const older = await cli(['config:rollback', '1', '--yes']);
    const last = await cli(['config:rollback', '2', '--yes']);

    expect({ code: older.code, err: older.err }).toEqual({
      code: 1,
      err: expect.stringContaining('superseded'),
    });
    expect(last.code).toBe(0);
    expect((await explained([])).value).toBe(0);
  });

  it.each([
    ['7', 1, 'request/not-found'],
    ['x', 64, 'needs the number of a change'],
  ])('of %s ends with code %d', async (id, expected, message) => {
    const { code, err } = await cli(['config:rollback', id, '--yes']);

    expect({ code, err }).toEqual({ code: expected, err: expect.stringContaining(message) });
  });
});

describe('config:history', () => {
  it('lists changes, newest first', async () => {
    await cli(['config:set', 'one', 'calendar.firstDay', '0', '--yes']);
    await cli(['config:rollback', '1', '--yes']);

    const { out } = await cli(['config:history', 'calendar']);
    const json = await cli(['config:history', '--json', '--limit', '1']);

    const lines = out.split('\n');
    expect(lines[1]).toMatch(/^ *2 .*calendar\.firstDay +- +0/);
    expect(lines[2]).toMatch(/^ *1 .*calendar\.firstDay +0 +- +taken back by 2/);
    expect(JSON.parse(json.out)).toMatchObject({ changes: [{ id: 2 }] });
  });
});

describe('explain', () => {
  it('needs somebody who has signed in, and a group that is there', async () => {
    const user = await cli(['explain', '--user', 'nobody', 'calendar.enabled']);
    const unknown = await cli(['explain', '--group', 'rh', 'calendar.enabled']);
    const both = await cli(['explain', '--group', 'dsi', '--user', 'bob', 'calendar.enabled']);

    expect([user.code, unknown.code, both.code]).toEqual([64, 64, 64]);
    expect(user.err).toContain('nobody "nobody" has signed in yet');
    expect(unknown.err).toContain('no group "rh": dsi');
  });
});
