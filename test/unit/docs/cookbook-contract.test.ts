import { execFileSync } from 'node:child_process';
import { copyFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { discoverPlugins } from '../../../src/host/discover';
import { describeContract } from '../../kit/contract';
import { docTree, filesIn, ROOT, readDoc } from '../../kit/doc-files';

const files = { ...filesIn(readDoc('cookbook.md')), ...filesIn(readDoc('from-roundcube.md')) };
/** The pages leave README.md to the reader; here it is what the code says. */
const readmes = Object.keys(files)
  .filter((name) => name.endsWith('/plugin.ts'))
  .map((name) => {
    const dir = path.dirname(name);
    const code = Object.entries(files).filter(([file]) => file.startsWith(`${dir}/`));
    const hooks = code.flatMap(([, text]) => text.match(/(?<=hooks\.on\(')[^']+/g) ?? []);
    const needs = code.flatMap(
      ([, text]) => text.match(/https:[^'`]+|(?<=')(?:db|audit)(?=')/g) ?? [],
    );
    const told = [...hooks, ...needs.flatMap((need) => [need, `http:${need}`])];
    return [`${dir}/README.md`, `# ${dir}\n\n${told.map((name) => `\`${name}\``).join(' ')}\n`];
  });
const root = docTree({ ...files, ...Object.fromEntries(readmes) });
const { found } = discoverPlugins({ dir: path.join(root, 'plugins') });
afterAll(() => rmSync(root, { recursive: true }));

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
