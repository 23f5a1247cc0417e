import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { COMMANDS } from '../../../src/cli';
import { API_VERSION } from '../../../src/host';
import { CORE_HOOKS } from '../../../src/host/hook-tables';
import { NEEDS } from '../../../src/host/needs';
import { KIND_TIMEOUT_MS } from '../../../src/kernel/isolate';
import { SLOTS } from '../../../src/view';
import { docPages, ROOT, readDoc } from '../../kit/doc-files';

const pages = docPages();
const withoutBlocks = (markdown: string): string => markdown.replace(/^```[\s\S]*?^```$/gm, '');
/** What stands between backquotes in the text, blocks of code aside. */
const words = (markdown: string): string[] =>
  [...withoutBlocks(markdown).matchAll(/`([^`\n]+)`/g)].map((match) => match[1] ?? '');

/** The anchor that a title gets where these pages are read. */
const anchorOf = (title: string): string =>
  title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');

const anchorsOf = (file: string): string[] =>
  [...readFileSync(file, 'utf8').matchAll(/^#+ (.+)$/gm)].map((match) => anchorOf(match[1] ?? ''));

/** Links of a page that lead nowhere, sections included. */
function deadLinks(name: string): string[] {
  const file = path.join(ROOT, 'docs', 'plugins', name);
  const links = [...withoutBlocks(readDoc(name)).matchAll(/\]\(([^)\s]+)\)/g)].map(
    (match) => match[1] ?? '',
  );
  return links.filter((link) => {
    if (/^[a-z]+:/.test(link)) return false;
    const [target = '', anchor] = link.split('#');
    const full = target === '' ? file : path.resolve(path.dirname(file), target);
    if (!existsSync(full)) return true;
    return anchor !== undefined && !anchorsOf(full).includes(anchor);
  });
}

const HOOK = /^[a-z]+:[a-z]+(?:-[a-z]+)*$/;
/** Examples of a plugin's own texts, hooks and commands look like hooks: their area is no area of the core. */
const areas = new Set(Object.keys(CORE_HOOKS).map((name) => name.split(':')[0]));
const isHook = (word: string): boolean => HOOK.test(word) && areas.has(word.split(':')[0]);
const isCommand = (word: string): boolean => COMMANDS.some(({ name }) => name === word);

describe('the pages for integrators', () => {
  it.each(pages)('%s has no dead link', (name) => {
    expect(deadLinks(name)).toEqual([]);
  });

  // The generated page also lists names that are kept for later.
  const written = pages.filter((name) => name !== 'reference-hooks.md');
  it.each(written)('%s names hooks and slots that exist', (name) => {
    const told = words(readDoc(name));
    const unknown = told.filter(
      (word) =>
        (isHook(word) && !(word in CORE_HOOKS) && !isCommand(word)) ||
        (/^[a-z.-]+@\d+$/.test(word) && !(word in SLOTS)),
    );
    expect(unknown).toEqual([]);
  });

  it.each(pages)('%s names commands that exist', (name) => {
    const commands = [...readDoc(name).matchAll(/\bestafette ([a-z]+(?:[:-][a-z]+)*)/g)]
      .filter((match) => !/^(?:plugin|subject-check)\b/.test(match[1] ?? ''))
      .map((match) => match[1] ?? '');
    expect(commands.filter((command) => !isCommand(command))).toEqual([]);
  });

  it('can all be found from the first one', () => {
    const reached = new Set(['README.md']);
    for (const name of reached) {
      for (const [, link = ''] of readDoc(name).matchAll(/\]\(([\w-]+\.md)(?:#[^)]*)?\)/g)) {
        if (pages.includes(link)) reached.add(link);
      }
    }
    expect(pages.filter((name) => !reached.has(name))).toEqual([]);
  });
});

/** Members of types of the public API, as their source declares them. */
const membersOf = (...files: string[]): Set<string> =>
  new Set(
    files.flatMap((file) =>
      [
        ...readFileSync(path.join(ROOT, 'src/host', file), 'utf8').matchAll(
          /^ {2,4}(?:readonly )?(\w+)\??(?:[:(]|<)/gm,
        ),
      ].map(([, name]) => name ?? ''),
    ),
  );

describe('what the pages say of the API', () => {
  it.each(pages)('%s names contributions and members of the context that exist', (name) => {
    const declared = membersOf('define.ts');
    const given = membersOf('context-types.ts');
    const unknown = words(readDoc(name)).filter((word) => {
      const [, of, member = ''] = /^(contributes|context)\.(\w+)/.exec(word) ?? [];
      return of !== undefined && !(of === 'contributes' ? declared : given).has(member);
    });
    expect(unknown).toEqual([]);
  });

  it('names every contribution', () => {
    const source = readFileSync(path.join(ROOT, 'src/host/define.ts'), 'utf8');
    const [, block = ''] = /interface Contributions<[^{]*\{([\s\S]*?)\n\}/.exec(source) ?? [];
    const declared = [...block.matchAll(/^ {2}readonly (\w+)\?:/gm)].map(([, name = '']) => name);
    const told = words(readDoc('overview.md'));
    expect(declared.length).toBeGreaterThan(8);
    expect(declared.filter((name) => !told.includes(`contributes.${name}`))).toEqual([]);
  });

  it('names every need', () => {
    const told = words(readDoc('overview.md'));
    expect(Object.keys(NEEDS).filter((need) => !told.includes(need))).toEqual([]);
  });

  it('tells the time limits and the version that are in force', () => {
    const overview = readDoc('overview.md');
    const timeOf = (kind: string): string =>
      new RegExp(`^\\| ${kind}[^|]*\\| ([^|]+) \\|`, 'm').exec(overview)?.[1] ?? '';
    const ms = (text: string): number =>
      Number.parseFloat(text) * (text.endsWith('ms') ? 1 : 1_000);
    for (const kind of ['filter', 'first', 'action', 'guard'] as const) {
      expect([kind, ms(timeOf(kind))]).toEqual([kind, KIND_TIMEOUT_MS[kind]]);
    }
    expect(KIND_TIMEOUT_MS.collect).toBe(KIND_TIMEOUT_MS.filter);
    expect(overview).toContain(`now ${API_VERSION})`);
  });

  it('explains every option and member of the test kit', () => {
    const kit = readDoc('testing.md');
    const told = new Set(
      [...kit.matchAll(/^\| (`[^|]+`) \|/gm)].flatMap(([, cell = '']) =>
        [...cell.matchAll(/(?<=[`, ])(\w+)(?=[`(:.])/g)].map(([word]) => word),
      ),
    );
    const types = readFileSync(path.join(ROOT, 'src/host/testing/types.ts'), 'utf8');
    const [, options = '', members = ''] =
      /interface PluginTestOptions<C> \{([\s\S]*?)\n\}[\s\S]*interface PluginTest \{([\s\S]*?)\n\}/.exec(
        types,
      ) ?? [];
    const declared = [...`${options}${members}`.matchAll(/^ {2}(?:readonly )?(\w+)\??[:(<]/gm)].map(
      ([, name = '']) => name,
    );
    expect(declared.length).toBeGreaterThan(30);
    expect(declared.filter((name) => name !== 'plugin' && !told.has(name))).toEqual([]);
  });
});
