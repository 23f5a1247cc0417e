import { execFileSync } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import path from 'node:path';
import { describeContract } from '../../kit/contract';
import { ROOT } from '../../kit/doc-files';
import { docPlugins } from '../../kit/doc-plugins';

const { root, found, remove } = docPlugins();
afterAll(remove);

describe.each(found)('plugin $id of the pages', (plugin) => {
  describeContract(plugin, found);
});

it('the code of the pages is formatted and linted like the rest', () => {
  copyFileSync(path.join(ROOT, '.biome.json'), path.join(root, '.biome.json'));
  const biome = path.join(ROOT, 'node_modules/@biomejs/biome/bin/biome');
  const args = [biome, 'check', '--vcs-enabled=false', '--colors=off', 'plugins'];
  let told = '';
  try {
    execFileSync(process.execPath, args, { cwd: root, encoding: 'utf8', stdio: 'pipe' });
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    told = stdout + stderr;
  }
  expect(told).toBe('');
});
