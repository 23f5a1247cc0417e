import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { UserAffairs } from '../../../src/session';
import { ALICE, anApp, run } from './support';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'estafette-export-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function withAffairs(erased: string[] = []) {
  const affairs: UserAffairs = {
    find: async (site, name) => (site === 'one' && name === 'alice' ? ALICE : undefined),
    records: async () => [
      { owner: 'core', file: 'user.json', content: { login: 'alice' } },
      { owner: 'calendar', file: 'events.ics', content: 'BEGIN:VCALENDAR\n' },
    ],
    async erase({ login }) {
      erased.push(login);
    },
  };
  return { createApp: async () => anApp({ affairs }) };
}

describe('user:export', () => {
  it('writes one file a subject below a new folder, for the operator alone', async () => {
    const out = path.join(folder, 'alice');
    const { code } = await run(['user:export', 'alice', '--out', out], withAffairs());

    expect(code).toBe(0);
    expect(JSON.parse(readFileSync(path.join(out, 'core', 'user.json'), 'utf8'))).toEqual({
      login: 'alice',
    });
    const ics = path.join(out, 'calendar', 'events.ics');
    expect(readFileSync(ics, 'utf8')).toBe('BEGIN:VCALENDAR\n');
    expect(statSync(ics).mode & 0o077).toBe(0);
  });

  it('prints all as JSON without a folder', async () => {
    const { out } = await run(['user:export', 'alice', '--json'], withAffairs());
    expect(JSON.parse(out)).toMatchObject({ user: 'alice', site: 'one' });
  });

  it.each([
    [['user:export'], 'whose?'],
    [['user:export', 'bob'], 'nobody here is called "bob"'],
    [['user:export', 'alice', '--site', 'nowhere'], 'no site "nowhere"'],
    [['user:export', 'alice', '--out', tmpdir()], 'exists already'],
  ])('%j says what is wrong', async (argv, message) => {
    const { code, err } = await run(argv, withAffairs());
    expect(code).toBe(64);
    expect(err).toContain(message);
  });
});

describe('user:erase', () => {
  it('says who it would be, and does nothing without --yes', async () => {
    const erased: string[] = [];
    const { code, out } = await run(['user:erase', 'alice'], withAffairs(erased));

    expect(code).toBe(64);
    expect(out).toContain('would be erased');
    expect(erased).toEqual([]);
  });

  it('erases with --yes', async () => {
    const erased: string[] = [];
    const { code } = await run(['user:erase', 'alice', '--yes'], withAffairs(erased));

    expect(code).toBe(0);
    expect(erased).toEqual(['alice']);
    expect(existsSync(path.join(folder, 'alice'))).toBe(false);
  });
});
