import path from 'node:path';
import { migrationSets } from '../../../src/app/migrations';
import type { AppConfig } from '../../../src/sites';

const root = path.resolve(__dirname, '..', '..', '..');
const configWith = (grants: Readonly<Record<string, readonly string[]>>): AppConfig =>
  ({
    root,
    sites: [],
    plugins: { packages: [], grants },
    sources: { plugins: { file: path.join(root, 'config', 'plugins.json') } },
  }) as unknown as AppConfig;

it('leaves out the migrations of plugins that may not touch a database, and says which', async () => {
  const none = await migrationSets(configWith({}));
  const granted = await migrationSets(configWith({ 'usage-statistics': ['db'] }));

  expect(none.sets.map(({ owner }) => owner)).toEqual(['core']);
  expect(none.skipped).toContainEqual({
    id: 'usage-statistics',
    reason: expect.stringContaining('needs db, not granted'),
  });
  expect(granted.sets.map(({ owner }) => owner)).toEqual(['core', 'usage-statistics']);
  expect(granted.skipped.map(({ id }) => id)).not.toContain('usage-statistics');
});
