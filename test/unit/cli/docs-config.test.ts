import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { cleanUp, newFolder } from '../kernel-config/support';
import { run } from './support';

afterEach(cleanUp);

describe('docs:config', () => {
  it('describes every key', async () => {
    const root = newFolder();

    await run(['docs:config', '--write'], { root });

    const text = readFileSync(path.join(root, 'docs/config.md'), 'utf8');
    const rows = text.split('\n').filter((line) => line.startsWith('| `'));
    expect(rows.length).toBeGreaterThan(60);
    expect(rows.filter((row) => /\|\s*\|$/.test(row))).toEqual([]);
    expect(text).toContain('`signIn.ldap.bindDn`');
    expect(text).toContain('ESTAFETTE_SECRET_KEY');
  });

  it('finds a stale document', async () => {
    const root = newFolder();

    const absent = await run(['docs:config', '--check'], { root });
    await run(['docs:config', '--write'], { root });
    const current = await run(['docs:config', '--check'], { root });
    writeFileSync(path.join(root, 'docs/config.md'), 'old');
    const stale = await run(['docs:config', '--check'], { root });

    expect([absent.code, current.code, stale.code]).toEqual([1, 0, 1]);
  });

  it('is current in the repository', async () => {
    const root = path.join(__dirname, '../../..');

    expect((await run(['docs:config', '--check'], { root })).code).toBe(0);
  });
});
