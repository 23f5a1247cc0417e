import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { PluginDefinition } from '../../../src/host/define';
import { discoverPlugins } from '../../../src/host/discover';
import { createPluginTest, type PluginTest } from '../../../src/host/testing';
import { tempTree } from './kit';

const ROOT = path.resolve(__dirname, '../../..');
const tutorial = readFileSync(path.join(ROOT, 'docs/plugins/README.md'), 'utf8');

/** Files of the tutorial: a path between backquotes, then a block of code. */
const files = Object.fromEntries(
  [...tutorial.matchAll(/^`(plugins\/[^`]+)`\n```\w+\n([\s\S]*?)^```$/gm)].map((match) => [
    match[1] ?? '',
    match[2] ?? '',
  ]),
);

let root = '';
let test: PluginTest;

beforeAll(async () => {
  root = tempTree(files);
  const { found, broken } = discoverPlugins({ dir: path.join(root, 'plugins') });
  expect(broken).toEqual([]);
  const plugin = found[0]?.definition as PluginDefinition;
  test = await createPluginTest({ plugin, dir: found[0]?.dir ?? '', config: { shortest: 4 } });
});
afterAll(async () => {
  await test.stop();
  rmSync(root, { recursive: true });
});

describe('the plugin of the tutorial', () => {
  it('has every file that the tutorial writes', () => {
    expect(Object.keys(files).map((name) => path.relative('plugins/subject-check', name))).toEqual([
      'plugin.ts',
      'locales/fr.json',
      'locales/en.json',
      'views/advice.ejs',
      'routes.ts',
      'views/page.ejs',
      'test/subject-check.test.ts',
    ]);
  });

  it('asks before a message without a subject leaves', async () => {
    const message = {
      draft: { id: 'd', mode: 'new', format: 'plain', subject: 'Bon', text: '' },
      recipients: { to: [], cc: [], bcc: [] },
      attachments: [],
      sizeBytes: 0,
      user: { id: test.user.id, locale: 'fr' },
    } as const;

    const [denial] = await test.guard('message:sending', message);

    expect(test.text(denial?.message ?? '', 'fr')).toContain('n’a pas d’objet');
  });

  it('fills its slot and shows its page', async () => {
    const draft = { id: 'd', mode: 'new', subject: '', attachmentCount: 0 };

    expect(await test.renderSlot('compose.options@1', { draft }, { locale: 'en' })).toContain(
      'at least 4 letters',
    );
    expect(await test.renderRoute('/')).toContain('<h1>Objet du message</h1>');
    expect(test.failures()).toEqual([]);
  });

  it('compiles, its test included, under the strict options of the project', () => {
    const config = {
      extends: path.join(ROOT, 'tsconfig.json'),
      compilerOptions: {
        rootDir: '/',
        noEmit: true,
        typeRoots: [path.join(ROOT, 'node_modules/@types')],
        paths: {
          'estafette/plugin': [path.join(ROOT, 'src/host/index.ts')],
          'estafette/plugin/testing': [path.join(ROOT, 'src/host/testing/index.ts')],
        },
      },
      include: ['plugins'],
    };
    writeFileSync(path.join(root, 'tsconfig.json'), JSON.stringify(config));
    const tsc = path.join(ROOT, 'node_modules/typescript/bin/tsc');

    expect(errorsOf(tsc)).toEqual([]);
  });
});

/** Errors of the tutorial's own files; those of the platform are for its own check. */
function errorsOf(tsc: string): string[] {
  try {
    execFileSync(process.execPath, [tsc, '-p', root, '--pretty', 'false'], { encoding: 'utf8' });
    return [];
  } catch (error) {
    const { stdout = '' } = error as { stdout?: string };
    const own = stdout.split('\n').filter((line) => /^[^(\s]*subject-check/.test(line));
    const isOurs = /error TS/.test(stdout);
    return isOurs ? own : [String(error)];
  }
}
