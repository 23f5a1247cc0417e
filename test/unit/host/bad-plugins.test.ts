import { rmSync } from 'node:fs';
import { discoverPlugins } from '../../../src/host/discover';
import { aSite, startTest, stopAll, tempTree } from './kit';

afterEach(stopAll);

const define = (body: string): string =>
  `const { definePlugin, z } = require('estafette/plugin');\nmodule.exports = definePlugin({ api: '^1.0', title: 'x', ${body} });\n`;
const contributing = (id: string, what: string): string =>
  define(`id: '${id}', contributes: { ${what} }`);

interface Case {
  readonly what: string;
  /** Code of each plugin beside `good` and `other`. */
  readonly plugins: Readonly<Record<string, string>>;
  /** What the site `b` says; `a` has every plugin on. */
  readonly onB?: Readonly<Record<string, unknown>>;
  /** Plugin → state and what its line must say. */
  readonly told: Readonly<Record<string, readonly [state: string, ...said: readonly string[]]>>;
}

const SETTINGS = (id: string, section: string): string =>
  contributing(
    id,
    `settings: [{ id: '${section}', labelKey: 'x', fields: [{ key: 'a', kind: 'switch', labelKey: 'x', default: true }] }]`,
  );
const TASKBAR = (id: string, item: string): string =>
  contributing(id, `taskbar: { id: '${item}', icon: 'list', label: 'x', href: '/${id}' }`);
const COMMAND = (id: string, name: string): string =>
  contributing(id, `commands: [{ name: '${name}', summary: 'x', run: async () => 0 }]`);
const ROUTES = (id: string, ...paths: readonly string[]): string =>
  contributing(
    id,
    `routes: async () => ({ routes: (router) => { ${paths.map((path) => `router.get('${path}', async () => ({ status: 204 }));`).join(' ')} } })`,
  );

const CASES: readonly Case[] = [
  {
    what: 'a manifest of the wrong shape',
    plugins: { bad: define("id: 'bad', requires: 'good'") },
    told: { bad: ['failed', 'requires', 'expected array'] },
  },
  {
    what: 'a word that no manifest has',
    plugins: { bad: define("id: 'bad', slotz: []") },
    told: { bad: ['failed', 'slotz'] },
  },
  {
    what: 'a slot that does not exist',
    plugins: { bad: contributing('bad', "slots: [{ slot: 'page.bannre@1', view: 'x' }]") },
    told: { bad: ['failed', 'contributes.slots.0.slot', 'page.banner@1'] },
  },
  {
    what: 'checks of health outside of the hook that runs them',
    plugins: { bad: contributing('bad', "health: [{ id: 'x', run() {} }]") },
    told: { bad: ['failed', 'contributes', 'health'] },
  },
  {
    what: 'a capability that does not exist',
    plugins: { bad: define("id: 'bad', needs: ['root']") },
    told: { bad: ['failed', 'needs.0'] },
  },
  {
    what: 'the id of another',
    plugins: { bad: define("id: 'good'") },
    told: { bad: ['failed', 'id', 'expected "bad"', 'found "good"'] },
  },
  {
    what: 'an id of the core',
    plugins: { mail: define("id: 'mail'") },
    told: { mail: ['failed', '"mail" is a name of the core'] },
  },
  {
    what: 'another version of the API',
    plugins: { bad: define("id: 'bad'").replace('^1.0', '^2.0') },
    told: { bad: ['failed', 'api', '"^2.0"', '1.'] },
  },
  {
    what: 'one route twice',
    plugins: { bad: ROUTES('bad', '/a/:id', '/a/:name') },
    told: { bad: ['failed', '/a/:name', 'declared twice'] },
  },
  {
    what: 'a route that leaves its folder',
    plugins: { bad: ROUTES('bad', '/../login') },
    told: { bad: ['failed', '/../login', 'not a path'] },
  },
  {
    what: 'one slot twice',
    plugins: {
      bad: contributing(
        'bad',
        "slots: [{ slot: 'page.banner@1', view: 'x' }, { slot: 'page.banner@1', view: 'x' }]",
      ),
    },
    told: { bad: ['failed', 'slots', '"page.banner@1 x" twice'] },
  },
  {
    what: 'the command of another',
    plugins: { bad: COMMAND('bad', 'good:run') },
    told: { bad: ['failed', '"good:run"', 'expected "bad:run"'] },
  },
  {
    what: 'the permission of another',
    plugins: { bad: contributing('bad', "permissions: { 'good.see': 'x' }") },
    told: { bad: ['failed', '"good.see"', 'expected "bad.see"'] },
  },
  {
    what: 'the settings of another',
    plugins: { first: SETTINGS('first', 'shared'), second: SETTINGS('second', 'shared') },
    told: { first: ['active'], second: ['refused', 'settings section "shared"', 'first'] },
  },
  {
    what: 'a place in the taskbar that the core has',
    plugins: { bad: TASKBAR('bad', 'mail') },
    told: { bad: ['refused', 'taskbar item "mail"', 'the core'] },
  },
  {
    what: 'a requirement that nobody installed, and who requires it',
    plugins: {
      bad: define("id: 'bad', requires: ['gone']"),
      worse: define("id: 'worse', requires: ['bad']"),
    },
    told: {
      bad: ['refused', 'requires gone', 'not installed'],
      worse: ['refused', 'requires bad', 'gone'],
    },
  },
  {
    what: 'a circle',
    plugins: {
      bad: define("id: 'bad', requires: ['worse']"),
      worse: define("id: 'worse', requires: ['bad']"),
    },
    told: { bad: ['refused', 'cycle', 'bad → worse → bad'], worse: ['refused', 'cycle'] },
  },
  {
    what: 'a wrong setting on one site only',
    plugins: { bad: define("id: 'bad', config: z.strictObject({ size: z.number().default(1) })") },
    onB: { bad: { size: 'big' } },
    told: { bad: ['degraded', 'b.json', 'bad.size', 'expected number', '"big"'] },
  },
  {
    what: 'a setting that does not exist on one site only',
    plugins: { bad: define("id: 'bad', config: z.strictObject({ size: z.number().default(1) })") },
    onB: { bad: { sise: 2 } },
    told: { bad: ['degraded', 'b.json', 'sise', 'size'] },
  },
];

it.each(CASES.map((one) => [one.what, one] as const))(
  'says what is wrong with %s, and starts the others everywhere',
  async (_what, { plugins, onB = {}, told }) => {
    const views = Object.fromEntries(Object.keys(plugins).map((id) => [`${id}/views/x.ejs`, '']));
    const code = Object.entries(plugins).map(([id, text]) => [`${id}/plugin.js`, text]);
    const dir = tempTree({
      'good/plugin.js': COMMAND('good', 'good:run'),
      'other/plugin.js': define("id: 'other', requires: ['good']"),
      ...Object.fromEntries(code),
      ...views,
    });
    const { found, broken } = discoverPlugins({ dir });
    rmSync(dir, { recursive: true });
    const on = Object.fromEntries(
      [...Object.keys(plugins), 'good', 'other'].map((id) => [id, true]),
    );

    const { host } = await startTest({
      plugins: found.map(({ definition }) => definition),
      broken,
      sites: [aSite('a', on), aSite('b', { ...on, ...onB })],
    });

    const line = (id: string) => host.state().find((plugin) => plugin.id === id);
    for (const id of ['good', 'other']) {
      expect(line(id)).toMatchObject({ state: 'active', sites: ['a', 'b'] });
    }
    for (const [id, [state, ...said]] of Object.entries(told)) {
      expect(line(id)?.state).toBe(state);
      for (const words of said) expect(line(id)?.reason).toContain(words);
      if (state === 'degraded') expect(line(id)?.sites).toEqual(['a']);
    }
  },
);
