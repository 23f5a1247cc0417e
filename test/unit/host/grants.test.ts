import { checkGrants } from '../../../src/host/grants';
import { needProblem } from '../../../src/host/needs';
import { aPlugin, aSite, asFound, lineOf, startTest, stopAll } from './kit';

afterEach(stopAll);

describe('needs', () => {
  it.each([
    'db',
    'mail.read',
    'directory.read',
    'directory.write',
    'http:public',
    'http:configured',
    'http:https://dav.example',
    'http:http://dav.example:8080',
  ])('knows %s', (need) => {
    expect(needProblem(need)).toBeUndefined();
  });

  it.each([
    ['mail.reads', 'did you mean "mail.read"?'],
    ['DB', 'did you mean "db"?'],
    ['directory', 'known ones: db'],
    ['shell', 'known ones: db'],
    ['http:https://dav.example/path', 'expected http:https://host'],
    ['http:https://user@dav.example', 'expected http:https://host'],
    ['http:https://*.example', 'expected http:https://host'],
    ['http:https://Dav.example', 'expected http:https://host'],
    ['http:https://dav.example:443', 'expected http:https://host'],
    ['http:https://dav.example:99999', 'expected http:https://host'],
    ['http:ftp://dav.example', 'unknown capability'],
    ['', 'known ones'],
  ])('refuses %j', (need, reason) => {
    expect(needProblem(need)).toContain(reason);
  });
});

describe('grants', () => {
  const plugin = aPlugin('calendar', { needs: ['db', 'http:https://dav.example'] });

  it('refuse a plugin whose needs they lack, and those that require it', async () => {
    const test = await startTest({
      plugins: [plugin, aPlugin('tasks', { requires: ['calendar'] }), aPlugin('other')],
      sites: [aSite('a', { calendar: true, tasks: true, other: true })],
      grants: { calendar: ['db'] },
    });

    expect(lineOf(test, 'calendar')).toEqual({
      state: 'refused',
      reason:
        'needs http:https://dav.example, not granted; if it may, config/plugins.json: "grants": { "calendar": ["db", "http:https://dav.example"] }',
    });
    expect(lineOf(test, 'tasks')?.reason).toContain('requires calendar: needs http:');
    expect(lineOf(test, 'other')?.state).toBe('active');
  });

  it('of one plugin are nothing to another', async () => {
    const test = await startTest({ plugins: [plugin], grants: { other: ['db'] } });

    expect(lineOf(test, 'calendar')?.state).toBe('refused');
  });

  it('let it start when they have all of them', async () => {
    const test = await startTest({
      plugins: [plugin],
      grants: { calendar: ['http:https://dav.example', 'db'] },
    });

    expect(lineOf(test, 'calendar')?.state).toBe('active');
  });

  it('are told when nothing can use them', () => {
    const faults = checkGrants({
      grants: { calendr: ['db'], calendar: ['db', 'mail.raed', 'audit'] },
      found: [asFound(plugin)],
      installed: ['calendar'],
      source: {
        file: 'config/plugins.json',
        value: {},
        lines: new Map([['grants.calendar.2', 7]]),
      },
    });

    expect(faults.map(({ path, message, line }) => [path, message, line])).toEqual([
      [
        'grants.calendr',
        'expected an installed plugin, found "calendr"; did you mean "calendar"?',
        undefined,
      ],
      ['grants.calendar.1', 'unknown capability "mail.raed": did you mean "mail.read"?', undefined],
      ['grants.calendar.2', '"audit" is granted to calendar, which does not declare it', 7],
    ]);
  });
});
