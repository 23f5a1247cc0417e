import { loadSkins } from '../../../src/view';
import { aRequest, contextFor, removeTrees, rendererOf, SKINS, tree } from './kit';

afterEach(removeTrees);

describe('chains of skins', () => {
  const chainOf = (files: Readonly<Record<string, string>>, id: string): string[] =>
    loadSkins(tree(files))
      .chain(id)
      .map((skin) => skin.id);

  it('go from the skin to base, which a skin extends when it names none', () => {
    const files = {
      'base/skin.json': '{}',
      'sea/skin.json': '{"extends":"base"}',
      'bay/skin.json': '{"extends":"sea"}',
      'hill/skin.json': '{}',
    };

    expect(chainOf(files, 'bay')).toEqual(['bay', 'sea', 'base']);
    expect(chainOf(files, 'hill')).toEqual(['hill', 'base']);
    expect(chainOf(files, 'base')).toEqual(['base']);
  });

  it.each([
    ['unknown', 'sea'],
    ['a path', '../base'],
  ])('refuse a skin that is %s', (_what, id) => {
    const skins = loadSkins(tree({ 'base/skin.json': '{}' }));

    expect(() => skins.chain(id)).toThrow(expect.objectContaining({ code: 'config/invalid' }));
  });

  it.each([
    ['is no JSON', { 'sea/skin.json': '{' }, 'skin.json', 'JSON'],
    ['has an unknown key', { 'sea/skin.json': '{"colour":"red"}' }, 'skin.json', '"colour"'],
    ['extends a path', { 'sea/skin.json': '{"extends":"../x"}' }, 'skin.json', 'extends'],
    ['has a colour that is none', { 'sea/skin.json': '{"themeColor":"red;}"}' }, 'skin.json', ''],
    ['extends a missing one', { 'sea/skin.json': '{"extends":"x"}' }, 'skin.json', '"x"'],
    [
      'stands on itself',
      { 'sea/skin.json': '{"extends":"b"}', 'b/skin.json': '{"extends":"sea"}' },
      'skin.json',
      'cycle at "sea"',
    ],
    [
      'stands on more than three',
      {
        'sea/skin.json': '{"extends":"b"}',
        'b/skin.json': '{"extends":"c"}',
        'c/skin.json': '{"extends":"d"}',
        'd/skin.json': '{}',
      },
      'skin.json',
      'more than 4',
    ],
    [
      'stands on a faulty one',
      { 'sea/skin.json': '{"extends":"b"}', 'b/skin.json': '{' },
      'skin.json',
      '"b" cannot be worn',
    ],
    [
      'has words that are none',
      { 'sea/skin.json': '{}', 'sea/locales/fr.json': '{"login":{"title":1}}' },
      'locales/fr.json',
      '"login.title" is not a text',
    ],
  ])('fall back on base for a skin that %s, and name its file', (_what, files, file, message) => {
    const skins = loadSkins(tree({ 'base/skin.json': '{}', 'hill/skin.json': '{}', ...files }));

    expect(skins.chain('sea').map(({ id }) => id)).toEqual(['base']);
    expect(skins.chain('hill').map(({ id }) => id)).toEqual(['hill', 'base']);
    expect(skins.ids).not.toContain('sea');
    expect(skins.problems).toContainEqual(
      expect.objectContaining({
        skin: 'sea',
        file: `skins/sea/${file}`,
        message: expect.stringContaining(message),
      }),
    );
  });

  it.each([
    ['a program that breaks off', '<p>\n<% if (model.a { %>\n</p>\n<% } %>', 2],
    ['a tag that is not closed', '<p>\n\n<%= model.a\n</p>', 3],
    ['a word that strict mode refuses', 'a\nb\nc\n<% with (model) {} %>', 4],
  ])('name view and line of %s', (_what, view, line) => {
    const files = { 'base/skin.json': '{}', 'sea/skin.json': '{}', 'sea/views/mail/row.ejs': view };

    const { problems } = loadSkins(tree(files));

    expect(problems).toEqual([
      { skin: 'sea', file: 'skins/sea/views/mail/row.ejs', line, message: expect.any(String) },
    ]);
    expect(problems[0]?.message).not.toMatch(/EJS-Lint|while compiling|\n|\.ejs/);
  });

  it('tell what is wrong with a view without its path, one with spaces as well', () => {
    const files = {
      'base/skin.json': '{}',
      'sea/skin.json': '{}',
      'sea/views/a row in full.ejs': '<% if (model.a { %>',
    };

    const [problem] = loadSkins(tree(files)).problems;

    expect(problem).toMatchObject({ file: 'skins/sea/views/a row in full.ejs', line: 1 });
    expect(problem?.message).not.toMatch(/ in |\.ejs|while compiling/);
  });

  it('tell every fault of a skin at once', () => {
    const dir = tree({
      'base/skin.json': '{}',
      'sea/skin.json': '{"logo":1,"themeColor":"x"}',
      'sea/app.js': '',
    });

    expect(loadSkins(dir).problems).toHaveLength(3);
  });

  it.each([
    ['is wrong', { 'base/skin.json': '{' }],
    ['is not there', { 'sea/skin.json': '{}' }],
  ])('end the boot when base %s', (_what, files) => {
    const dir = tree(files as unknown as Readonly<Record<string, string>>);

    expect(() => loadSkins(dir)).toThrow(
      expect.objectContaining({
        code: 'config/invalid',
        details: expect.objectContaining({ file: 'skins/base/skin.json' }),
      }),
    );
  });
});

describe('looking up a view', () => {
  const files = {
    ...SKINS,
    'skins/base/views/page.ejs': 'base page: <%- include("partials/name") %>',
    'skins/base/views/partials/name.ejs': 'base',
    'skins/sea/views/partials/name.ejs': 'sea',
    'skins/hill/views/partials/name.ejs': 'hill',
    'skins/hill/plugins/agenda/month.ejs': 'hill month',
    'plugins/agenda/views/month.ejs': 'own month',
    'plugins/partials/views/name.ejs': 'taken over',
    'secret.ejs': 'secret',
  };
  const plugins = { agenda: 'plugins/agenda/views', partials: 'plugins/partials/views' };
  const render = (skin: string, view: string): Promise<string> =>
    rendererOf(files, { plugins }).renderer.fragment(contextFor(skin), aRequest(view));

  it('takes the nearest skin of the chain, for views and for what they include', async () => {
    expect(await render('base', 'page')).toBe('base page: base');
    expect(await render('bay', 'page')).toBe('base page: sea');
    expect(await render('hill', 'page')).toBe('base page: hill');
  });

  it('never mixes the partials of two skins, whatever was rendered before', async () => {
    const { renderer } = rendererOf(files, { plugins });
    const page = (skin: string) => renderer.fragment(contextFor(skin), aRequest('page'));

    const pages = [];
    for (const skin of ['hill', 'bay', 'base', 'hill', 'sea', 'bay']) pages.push(await page(skin));
    const together = await Promise.all(['hill', 'bay', 'base'].map(page));

    expect(pages.map((html) => html.replace('base page: ', ''))).toEqual([
      'hill',
      'sea',
      'base',
      'hill',
      'sea',
      'sea',
    ]);
    expect(together).toEqual(['base page: hill', 'base page: sea', 'base page: base']);
  });

  it('takes a skin’s version of a plugin view, else the plugin’s own', async () => {
    expect(await render('hill', 'agenda/month')).toBe('hill month');
    expect(await render('bay', 'agenda/month')).toBe('own month');
  });

  it('lets no plugin take over views of the core', async () => {
    expect(await render('base', 'page')).toBe('base page: base');
  });

  it.each([
    '../secret',
    'agenda/../../../secret',
    '/etc/passwd',
    'partials//name',
    'partials/.name',
    'page.ejs',
    'PAGE',
    'page\0',
    'page\n',
    '',
    '%2e%2e/secret',
    'unknown',
    'agenda/unknown',
  ])('refuses %j', async (view) => {
    await expect(render('base', view)).rejects.toMatchObject({ code: 'internal/unexpected' });
  });
});
