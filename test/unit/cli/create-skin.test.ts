import { cpSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { tokenLines } from '../../../src/cli/create-skin-files';
import { loadSkins } from '../../../src/view';
import { ROOT } from '../../kit/new-plugins';
import { tempTree } from '../host/kit';
import { lintTemplate } from '../view/template-lint';
import { type Run, run } from './support';

let root = '';
beforeEach(() => {
  root = tempTree({
    'skins/sea/skin.json': '{ "extends": "base" }',
    'skins/bay/skin.json': '{ "extends": "sea" }',
    'skins/cove/skin.json': '{ "extends": "bay" }',
    'plugins/tides/plugin.ts': '',
  });
  cpSync(path.join(ROOT, 'skins/base'), path.join(root, 'skins/base'), { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true }));

const create = (...args: readonly string[]): Promise<Run> =>
  run(['create-skin', ...args], { root });
const read = (name: string): string => readFileSync(path.join(root, 'skins/quay', name), 'utf8');

it('writes a skin that the platform loads, on base or on another', async () => {
  expect((await create('quay', '--extends', 'sea')).code).toBe(0);

  const chain = loadSkins(path.join(root, 'skins')).chain('quay');
  expect(chain.map(({ id }) => id)).toEqual(['quay', 'sea', 'base']);
  expect(JSON.parse(read('locales/fr.json'))).toEqual({});
  expect(read('assets/logo.svg')).toMatch(/^<svg /);
});

it('lists every token with its value, none of them in force', async () => {
  await create('quay');
  const tokens = readFileSync(path.join(root, 'skins/base/assets/tokens.css'), 'utf8');
  const names = new Set(tokens.match(/--[\w-]+(?=:)/g));
  const css = read('assets/skin.css');

  expect(names.size).toBeGreaterThan(80);
  expect([...names].filter((name) => !css.includes(`/* ${name}: `))).toEqual([]);
  expect(css.replace(/\/\*[\s\S]*?\*\//g, '')).not.toContain('--');
});

it('keeps a value of several lines on one', () => {
  expect(tokenLines(':root {\n  /* E */\n  --e:\n    1px\n    2px;\n}\n')).toEqual([
    '  /* E */',
    '  /* --e: 1px 2px; */',
  ]);
});

it('starts with a view to change that shows what was shown', async () => {
  await create('quay');
  const view = read('views/partials/bare-foot.ejs');
  const original = path.join(root, 'skins/base/views/partials/bare-foot.ejs');

  expect(view.replace(/^<%#[\s\S]*?%>\n/, '')).toBe(
    readFileSync(original, 'utf8').replace(/^<%#[\s\S]*?%>\n/, ''),
  );
  expect(lintTemplate('views/partials/bare-foot.ejs', view)).toEqual([]);
});

it.each([
  [[], 'needs an id'],
  [['Quay'], 'is no id'],
  [['../quay'], 'is no id'],
  [['sea'], 'the folder skins/sea exists'],
  [['tides'], 'the folder plugins/tides exists'],
  [['quay', '--extends', 'nowhere'], 'no skin "nowhere": base'],
  [['quay', '--extends', 'cove'], '"cove" already stands on 3 others'],
])('refuses %j with 64', async (args, told) => {
  const { code, err } = await create(...args);

  expect({ code, err }).toEqual({ code: 64, err: expect.stringContaining(told) });
});
