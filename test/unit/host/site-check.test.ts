import { z } from 'zod';
import { checkSiteFiles } from '../../../src/host/site-check';
import { plainSite } from '../../../src/host/testing/sites';
import { formatIssue } from '../../../src/kernel/config';
import { aPlugin, asFound } from './kit';

const calendar = asFound(
  aPlugin<unknown>('calendar', {
    config: z.object({ firstDay: z.number().default(1) }),
    contributes: {
      settings: [
        {
          id: 'calendar',
          labelKey: 'calendar:title',
          fields: [{ key: 'weekStart', labelKey: 'calendar:week', kind: 'switch', default: true }],
        },
      ],
    },
  }),
);

interface Said {
  readonly plugins?: object;
  readonly locked?: readonly string[];
  readonly choices?: readonly string[];
  readonly group?: { readonly plugins?: object; readonly locked?: string[] };
}

const linesOf = (site: Said): readonly string[] =>
  checkSiteFiles({
    sites: [
      {
        ...plainSite('one'),
        plugins: { ...site.plugins },
        locked: site.locked ?? [],
        choices: site.choices ?? [],
        groups: [
          {
            id: 'dsi',
            title: 'DSI',
            match: { logins: ['alice'] },
            locked: site.group?.locked ?? [],
            permissions: [],
            plugins: { ...site.group?.plugins },
          },
        ],
      },
    ],
    found: [calendar],
    broken: [{ id: 'signatures', reason: 'does not parse' }],
    sources: [
      {
        file: 'etc/sites/one.json',
        value: {},
        lines: new Map([
          ['locked.0', 7],
          ['plugins.calender', 9],
        ]),
      },
    ],
  }).map(formatIssue);

describe('what a site file says of plugins', () => {
  it('is right for installed plugins, settings of theirs, and settings of the core', () => {
    expect(
      linesOf({
        plugins: { calendar: true, signatures: true },
        locked: ['calendar.weekStart', 'core.display.theme', 'signatures.whatever'],
        choices: ['calendar'],
        group: { plugins: { calendar: false }, locked: ['calendar.enabled', 'calendar.firstDay'] },
      }),
    ).toEqual([]);
  });

  it('names file, key, line, what was found and what was meant, of an unknown plugin', () => {
    expect(linesOf({ plugins: { calender: true, 'far-from-all': {} } })).toEqual([
      'etc/sites/one.json: plugins.calender: expected an installed plugin, found "calender"; did you mean "calendar"? (line 9)',
      'etc/sites/one.json: plugins.far-from-all: expected an installed plugin, found "far-from-all"',
    ]);
  });

  it('looks at groups and choices too', () => {
    expect(
      linesOf({
        choices: ['calender'],
        group: { plugins: { calender: true }, locked: ['calendar.firstDya'] },
      }),
    ).toEqual([
      'etc/sites/one.json: groups.0.plugins.calender: expected an installed plugin, found "calender"; did you mean "calendar"?',
      expect.stringContaining('etc/sites/one.json: groups.0.locked.0: expected a setting'),
      'etc/sites/one.json: choices.0: expected an installed plugin, found "calender"; did you mean "calendar"?',
    ]);
  });

  it.each([
    ['calendar.weekstrat', 'calendar.weekStart'],
    ['calendr.weekStart', 'calendar.weekStart'],
    ['display.theme', 'core.display.theme'],
    ['core.display.them', 'core.display.theme'],
    ['calendar.firstDya', 'calendar.firstDay'],
    ['calendar.enabeld', 'calendar.enabled'],
  ])('finds what the lock "%s" meant', (key, meant) => {
    expect(linesOf({ locked: [key] })).toEqual([
      `etc/sites/one.json: locked.0: expected a setting of agents, as core.display.theme or plugin.setting, found "${key}"; did you mean "${meant}"? (line 7)`,
    ]);
  });

  it('tells a lock of nothing like it, without a guess', () => {
    expect(linesOf({ locked: ['core.session'] })[0]).toMatch(/found "core\.session" \(line 7\)$/);
  });
});
