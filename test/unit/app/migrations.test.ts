import path from 'node:path';
import { migrateAll, migrationSets } from '../../../src/app/migrations';
import { silentLog } from '../../../src/base/log';
import { openDatabase } from '../../../src/kernel/db';
import type { AppConfig } from '../../../src/sites';
import { aPlugin, asFound } from '../host/kit';

const root = path.resolve(__dirname, '..', '..', '..');
const configWith = (grants: Readonly<Record<string, readonly string[]>>): AppConfig =>
  ({
    root,
    sites: [],
    plugins: { packages: [], grants },
    sources: { plugins: { file: path.join(root, 'config', 'plugins.json') } },
  }) as unknown as AppConfig;

it('leaves out the migrations of plugins that may not touch a database, and says which', async () => {
  const db = await openDatabase({ client: 'sqlite', filename: ':memory:', log: silentLog() });
  const none = await migrationSets(configWith({}), db);
  const granted = await migrationSets(configWith({ 'usage-statistics': ['db'] }), db);
  await db.close();

  expect(none.sets.map(({ owner }) => owner)).toEqual(['core']);
  expect(none.skipped).toContainEqual({
    id: 'usage-statistics',
    reason: expect.stringContaining('needs db, not granted'),
  });
  expect(granted.sets.map(({ owner }) => owner)).toEqual(['core', 'usage-statistics']);
  expect(granted.skipped.map(({ id }) => id)).not.toContain('usage-statistics');
});

describe('a plugin whose tables cannot be made', () => {
  const migrations = [{ name: '0001-first', up: async () => {}, down: async () => {} }];
  const databases = {
    async migrate({ owner }: { readonly owner: string }) {
      if (owner === 'notes') throw new Error('disk is full');
      return [];
    },
  };
  const migrateWith = async (onBootFailure: 'continue' | 'abort') => {
    const db = await openDatabase({ client: 'sqlite', filename: ':memory:', log: silentLog() });
    const found = [aPlugin('notes', { onBootFailure }), aPlugin('other')].map((definition) => ({
      ...asFound(definition),
      migrations,
    }));
    try {
      return await migrateAll(db, databases, found, {});
    } finally {
      await db.close();
    }
  };

  it('is left out, and the others go on', async () => {
    const { found, failed } = await migrateWith('continue');

    expect(found.map(({ id }) => id)).toEqual(['other']);
    expect(failed).toEqual([{ id: 'notes', reason: 'disk is full' }]);
  });

  it('ends the start where nothing may run without it', async () => {
    await expect(migrateWith('abort')).rejects.toMatchObject({
      code: 'config/invalid',
      details: { plugin: 'notes' },
      cause: { message: 'disk is full' },
    });
  });
});
