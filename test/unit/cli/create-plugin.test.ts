import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { holds, keepParts, PARTS, type Part } from '../../../src/cli/create-plugin-template';
import { discoverPlugins } from '../../../src/host/discover';
import { describeContract } from '../../kit/contract';
import { everyChoice, ROOT, someChoices, writePlugins } from '../../kit/new-plugins';
import { tempTree } from '../host/kit';
import { type Run, run } from './support';

describe('the templates', () => {
  it.each([
    ['page', ['page'], true],
    ['page', [], false],
    ['!page', ['slot'], true],
    ['page & table', ['page'], false],
    ['page & !table', ['page'], true],
    ['!job | !table', ['job'], true],
    ['!job | !table', ['job', 'table'], false],
    ['nonsense', PARTS, false],
  ] as const)('keep what stands under %s for %j: %s', (condition, parts, expected) => {
    expect(holds(condition, new Set<Part>(parts))).toBe(expected);
  });

  it('lose their markers and the lines that only they need', () => {
    const text =
      'a\n// @if page\nb\n<%# @if table %>\nc\n<!-- @end -->\n// @end\nd // @template\ne';

    expect(keepParts(text, new Set(['page']))).toBe('a\nb\ne');
    expect(keepParts(text, new Set(['page', 'table']))).toBe('a\nb\nc\ne');
    expect(() => keepParts('// @if page', new Set())).toThrow('@end');
  });

  describe('of each choice of parts', () => {
    const { dir, remove } = writePlugins(everyChoice());
    afterAll(remove);

    it('give plugins without a marker or a name of the template', () => {
      expect(readdirSync(dir)).toHaveLength(64);
      const left = readdirSync(dir, { recursive: true, encoding: 'utf8' })
        .filter((name) => /\.(?:ts|ejs|md|json)$/.test(name))
        .filter((name) =>
          /@(?:if|end|template)\b|sample.plugin|SAMPLE/i.test(
            readFileSync(path.join(dir, name), 'utf8') + name,
          ),
        );
      expect(left).toEqual([]);
    });

    it('give code that the compiler and the linter accept', () => {
      const config = path.join(dir, '..', 'tsconfig.json');
      const compilerOptions = {
        rootDir: '/',
        typeRoots: [path.join(ROOT, 'node_modules', '@types')],
        paths: {
          'estafette/plugin': [path.join(ROOT, 'src/host/index.ts')],
          'estafette/plugin/testing': [path.join(ROOT, 'src/host/testing/index.ts')],
        },
      };
      const include = [dir, path.join(ROOT, 'src/kernel/*.d.ts')];
      const base = path.join(ROOT, 'tsconfig.json');
      writeFileSync(
        config,
        JSON.stringify({ extends: base, compilerOptions, include, exclude: [] }),
      );
      const { vcs: _vcs, ...biome } = JSON.parse(
        readFileSync(path.join(ROOT, '.biome.json'), 'utf8'),
      );
      const rules = path.join(dir, '..', 'biome.json');
      writeFileSync(rules, JSON.stringify(biome));

      // Of the new plugins alone: what is wrong in the platform is told elsewhere.
      const said = [
        tool(['typescript/bin/tsc', '-p', config, '--pretty', 'false'])
          .split('\n')
          .filter((line) => line.includes('estafette-new-'))
          .join('\n'),
        tool(['@biomejs/biome/bin/biome', 'check', `--config-path=${rules}`, dir]),
      ];

      expect(said).toEqual(['', '']);
    }, 180_000);
  });
});

/** What a tool complains of; nothing when it does not. */
function tool([bin = '', ...args]: readonly string[]): string {
  try {
    execFileSync(process.execPath, [path.join(ROOT, 'node_modules', bin), ...args], {
      encoding: 'utf8',
      stdio: 'pipe',
    });
    return '';
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    return `${stdout}${stderr}`.slice(0, 4_000) || 'failed';
  }
}

describe('plugins without parts, with each, with all', () => {
  const { dir, remove } = writePlugins(someChoices());
  const { found, broken } = discoverPlugins({ dir });
  afterAll(remove);

  it('load', () => {
    expect(broken).toEqual([]);
    expect(found).toHaveLength(8);
  });

  describe.each(found.map((plugin) => [plugin.id, plugin] as const))('plugin %s', (_id, plugin) => {
    describeContract(plugin, found);
  });
});

describe('estafette create-plugin', () => {
  let root = '';
  beforeEach(() => {
    root = tempTree({ 'plugins/taken/plugin.ts': '' });
    symlinkSync(path.join(ROOT, 'src'), path.join(root, 'src'));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const create = (args: readonly string[], answers: readonly string[] = []): Promise<Run> => {
    const left = [...answers];
    return run(['create-plugin', ...args], { root }, { ask: async () => left.shift() });
  };
  const created = (): string[] => readdirSync(path.join(root, 'plugins')).sort();
  const titleOf = (locale: string): unknown =>
    JSON.parse(readFileSync(path.join(root, `plugins/notes/locales/${locale}.json`), 'utf8')).title;

  it('asks for titles and each part, and writes what was answered', async () => {
    const answers = ['Carnet', 'Notebook', 'oui', 'n', '', 'Y', 'no', 'non'];

    const { code, out } = await create(['notes', '--no-test'], answers);

    expect(code).toBe(0);
    expect([titleOf('fr'), titleOf('en')]).toEqual(['Carnet', 'Notebook']);
    expect(existsSync(path.join(root, 'plugins/notes/routes.ts'))).toBe(true);
    expect(existsSync(path.join(root, 'plugins/notes/migrations/0001-notes.ts'))).toBe(true);
    expect(existsSync(path.join(root, 'plugins/notes/sender.ts'))).toBe(false);
    expect(out).toContain('"grants": { "notes": ["db"] }');
    expect(out).toContain('npm run demo -- --plugin notes');
  });

  it('asks nothing that flags have said, and says what it did as JSON', async () => {
    const flags = ['--title-fr', 'Carnet', '--title-en', 'Notebook', '--with', 'slot,hook'];

    const { code, out } = await create(['notes', ...flags, '--no-test', '--json']);

    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      id: 'notes',
      dir: 'plugins/notes',
      contract: 'not run',
      files: expect.arrayContaining(['sender.ts', 'sent.ts', 'views/sender.ejs']),
    });
  });

  it('takes the id for a title with --yes', async () => {
    expect((await create(['notes', '--yes', '--no-test'])).code).toBe(0);
    expect(titleOf('fr')).toBe('Notes');
  });

  it.each([
    [['taken', '--yes'], '"taken" is taken: the folder plugins/taken exists'],
    [['Notes', '--yes'], '"Notes" is no id: lower-case letters'],
    [['../notes', '--yes'], 'is no id'],
    [['notes/x', '--yes'], 'is no id'],
    [['', '--yes'], 'is no id'],
    [['mail', '--yes'], '"mail" is a name of the core'],
    [['display', '--yes'], '"display" is a name of the core'],
    [['partials', '--yes'], '"partials" is a name of the core'],
    [['a'.repeat(41), '--yes'], '40 at most'],
    [['notes', '--yes', '--with', 'page,hat'], '--with: "hat" is none of page, slot'],
    [['notes', '--yes', '--title-fr', 'a\nb'], 'a title has'],
    [['notes'], 'nobody answers: give --title-fr'],
    [[], 'create-plugin needs an id'],
  ])('refuses %j with 64, and writes nothing', async (args, told) => {
    const { code, err } = await create([...args, '--no-test']);

    expect(code).toBe(64);
    expect(err).toContain(told);
    expect(created()).toEqual(['taken']);
  });

  it('refuses the id of an installed package', async () => {
    mkdirSync(path.join(root, 'plugins-npm/node_modules/estafette-plugin-notes'), {
      recursive: true,
    });

    const { code, err } = await create(['notes', '--yes', '--no-test']);

    expect(code).toBe(64);
    expect(err).toContain('estafette-plugin-notes is installed');
  });

  it('takes an answer for neither yes nor no as a mistake', async () => {
    const { code, err } = await create(['notes', '--no-test'], ['', '', 'perhaps']);

    expect(code).toBe(64);
    expect(err).toContain('"perhaps" is neither yes nor no');
    expect(created()).toEqual(['taken']);
  });
});
