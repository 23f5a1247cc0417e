import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { createTexts } from '../../../src/kernel/i18n';
import { checkSkins, loadAssets, loadSkins, textsOfChain } from '../../../src/view';
import { aRequest, contextFor, removeTrees, rendererOf, SKINS, tree } from './kit';

afterEach(removeTrees);

const ROOT = path.resolve(__dirname, '../../..');
const viewsIn = (dir: string): string[] =>
  existsSync(dir)
    ? readdirSync(dir, { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.ejs'))
        .map((name) => name.slice(0, -4).split(path.sep).join('/'))
    : [];

describe('a skin', () => {
  it('takes the place of any view of the core and of any plugin, by name', async () => {
    const core = viewsIn(path.join(ROOT, 'skins/base/views'));
    const ids = readdirSync(path.join(ROOT, 'plugins'));
    const ofPlugins = ids.flatMap((id) =>
      viewsIn(path.join(ROOT, 'plugins', id, 'views')).map((name) => [id, name] as const),
    );
    const files = Object.fromEntries([
      ...core.flatMap((name) => [
        [`skins/base/views/${name}.ejs`, 'base'],
        [`skins/sea/views/${name}.ejs`, `sea ${name}`],
      ]),
      ...ofPlugins.flatMap(([id, name]) => [
        [`own/${id}/${name}.ejs`, 'own'],
        [`skins/sea/plugins/${id}/${name}.ejs`, `sea ${id}/${name}`],
      ]),
    ]) as Record<string, string>;
    const plugins = Object.fromEntries(ids.map((id) => [id, `own/${id}`]));
    const { renderer } = rendererOf({ ...SKINS, ...files }, { plugins });
    const names = [...core, ...ofPlugins.map(([id, name]) => `${id}/${name}`)];

    const shown = await Promise.all(
      names.map((name) => renderer.fragment(contextFor('bay'), aRequest(name))),
    );
    const plain = await Promise.all(
      names.map((name) => renderer.fragment(contextFor('hill'), aRequest(name))),
    );

    expect(core.length).toBeGreaterThan(30);
    expect(ofPlugins.length).toBeGreaterThan(0);
    expect(shown).toEqual(names.map((name) => `sea ${name}`));
    expect(plain.filter((html) => html.startsWith('sea'))).toEqual([]);
  });

  it('has its own logo and styles, and those of the skin that it extends otherwise', () => {
    const skins = loadSkins(path.join(tree(SKINS), 'skins'));
    const manifest = {
      'base/logo.svg': { file: 'base-logo.svg' },
      'base/app.css': { file: 'base-app.css' },
      'sea/logo.svg': { file: 'sea-logo.svg' },
    };
    const assets = loadAssets(tree({ 'manifest.json': JSON.stringify(manifest) }));

    expect(assets.find(skins.chain('bay'), 'logo.svg')).toBe('/assets/sea-logo.svg');
    expect(assets.find(skins.chain('bay'), 'app.css')).toBe('/assets/base-app.css');
    expect(assets.find(skins.chain('hill'), 'logo.svg')).toBe('/assets/base-logo.svg');
  });

  it.each(['plugin.ts', 'assets/app.js', 'views/x.mjs', 'a/b/c.cts', 'assets/x.wasm', 'x.JS'])(
    'is refused with %s in it, by the name of the file',
    (name) => {
      const dir = path.join(tree({ ...SKINS, [`skins/sea/${name}`]: '' }), 'skins');

      expect(loadSkins(dir).problems).toContainEqual(
        expect.objectContaining({ skin: 'sea', file: `skins/sea/${name}` }),
      );
    },
  );

  it('may have scripts when it is the base of all', () => {
    const dir = path.join(tree({ ...SKINS, 'skins/base/assets/app.js': '' }), 'skins');

    expect(loadSkins(dir).ids).toContain('base');
  });
});

describe('the words of a skin', () => {
  const core = {
    'core/fr.json':
      '{"login":{"title":"Connexion","hello":"Bonjour {{name}}"},"n":{"m_one":"{{count}} mot","m_other":"{{count}} mots"}}',
    'core/en.json':
      '{"login":{"title":"Sign in","hello":"Hello {{name}}"},"n":{"m_one":"{{count}} word","m_other":"{{count}} words"}}',
  };
  const setUp = (files: Readonly<Record<string, string>>) => {
    const root = tree({ ...SKINS, ...core, ...files });
    const skins = loadSkins(path.join(root, 'skins'));
    const texts = createTexts({ coreDir: path.join(root, 'core'), fallback: 'fr' });
    texts.add('agenda', 'fr', { title: 'Agenda' });
    texts.add('agenda', 'en', { title: 'Calendar' });
    for (const id of skins.ids) texts.dress(id, textsOfChain(skins.chain(id)));
    return { skins, texts };
  };

  it('come before those of the core and of plugins, for its own sites only', () => {
    const { texts } = setUp({
      'skins/sea/locales/fr.json': '{"login":{"hello":"Ohé {{name}} !"},"agenda:title":"Marées"}',
      'skins/bay/locales/fr.json': '{"login.title":"À bord"}',
    });
    const [plain, sea, bay] = [undefined, 'sea', 'bay'].map((skin) => texts.for('fr', skin));

    expect(bay?.('login.title')).toBe('À bord');
    expect(bay?.('login.hello', { name: 'Anne' })).toBe('Ohé Anne !');
    expect(bay?.('agenda:title')).toBe('Marées');
    expect(sea?.('login.title')).toBe('Connexion');
    expect(plain?.('agenda:title')).toBe('Agenda');
    expect(texts.for('en', 'bay')('login.title')).toBe('Sign in');
    expect(bay?.('no.such')).toBe('no.such');
  });

  it('replace a plural form by form', () => {
    const { texts } = setUp({
      'skins/sea/locales/fr.json': '{"n":{"m_other":"{{count}} vagues"}}',
    });
    const t = texts.for('fr', 'sea');

    expect([0, 1, 2, 1_000_000].map((count) => t('n.m', { count }))).toEqual([
      '0 mot',
      '1 mot',
      '2 vagues',
      '1000000 vagues',
    ]);
  });

  it('reach the views of its sites', async () => {
    const { texts } = setUp({ 'skins/sea/locales/fr.json': '{"login":{"title":"À flot"}}' });
    const { renderer } = rendererOf(
      { ...SKINS, 'skins/base/views/x.ejs': '<%= t("login.title") %>' },
      { texts },
    );

    expect(await renderer.fragment(contextFor('bay'), aRequest('x'))).toBe('À flot');
    expect(await renderer.fragment(contextFor('hill'), aRequest('x'))).toBe('Connexion');
  });

  it.each([
    ['{', 'SyntaxError'],
    ['[]', 'expected an object'],
    ['{"a":1}', '"a" is not a text'],
    ['{"a":{"b":null}}', '"a.b" is not a text'],
  ])('are refused as %s, by the name of the file', (content, problem) => {
    expect(setUp({ 'skins/sea/locales/en.json': content }).skins.problems).toContainEqual({
      skin: 'sea',
      file: 'skins/sea/locales/en.json',
      message: expect.stringContaining(problem),
    });
  });
});

describe('checking skins', () => {
  const check = (files: Readonly<Record<string, string>>) => {
    const root = tree({
      ...SKINS,
      'skins/base/views/mail/row.ejs': '',
      'skins/base/views/mail/list.ejs': '',
      'agenda/month.ejs': '',
      ...files,
    });
    return checkSkins({
      skins: loadSkins(path.join(root, 'skins')),
      plugins: new Map([['agenda', path.join(root, 'agenda')]]),
      texts: { has: (key) => key === 'login.title' || key === 'n.m' },
      textKeys: ['login.title', 'n.m'],
    });
  };

  it('finds nothing in views and texts that take the place of one', () => {
    expect(
      check({
        'skins/sea/views/mail/row.ejs': '<%- include("mail/wave") %>',
        'skins/sea/views/mail/wave.ejs': '',
        'skins/bay/views/mail/wave.ejs': '',
        'skins/sea/plugins/agenda/month.ejs': '',
        'skins/sea/locales/fr.json': '{"login":{"title":"x"},"n":{"m_one":"y"}}',
      }),
    ).toEqual([]);
  });

  it.each([
    ['views/mail/rwo.ejs', '', 'no view', 'mail/row'],
    ['plugins/agenda/mont.ejs', '', 'no view', 'agenda/month'],
    ['plugins/agneda/month.ejs', '', 'no view', 'agenda/month'],
    [
      'locales/en.json',
      '{"login":{"titel":"x"}}',
      '"login.titel" takes the place of no text',
      'login.title',
    ],
  ])('names %s, and what was meant', (name, content, message, meant) => {
    expect(check({ [`skins/sea/${name}`]: content })).toEqual([
      {
        file: `skins/sea/${name}`,
        message: expect.stringMatching(new RegExp(`${message}.*did you mean "${meant}"\\?$`)),
      },
    ]);
  });

  it('finds nothing in the skins that come with the platform', () => {
    const skins = loadSkins(path.join(ROOT, 'skins'));
    const texts = createTexts({ coreDir: path.join(ROOT, 'locales'), fallback: 'fr' });

    expect(checkSkins({ skins, plugins: new Map(), texts, textKeys: [] })).toEqual([]);
  });
});
