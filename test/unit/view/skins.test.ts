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
    ['an unknown skin', { 'base/skin.json': '{}' }, 'sea'],
    ['a missing parent', { 'base/skin.json': '{}', 'sea/skin.json': '{"extends":"x"}' }, 'sea'],
    ['no base', { 'sea/skin.json': '{}' }, 'sea'],
    [
      'a circle',
      {
        'base/skin.json': '{}',
        'a/skin.json': '{"extends":"b"}',
        'b/skin.json': '{"extends":"a"}',
      },
      'a',
    ],
    [
      'more than four',
      {
        'base/skin.json': '{}',
        'a/skin.json': '{"extends":"b"}',
        'b/skin.json': '{"extends":"c"}',
        'c/skin.json': '{"extends":"d"}',
        'd/skin.json': '{}',
      },
      'a',
    ],
    ['a path', { 'base/skin.json': '{}' }, '../base'],
  ])('refuse %s', (_what, files, id) => {
    const skins = loadSkins(tree(files));

    expect(() => skins.chain(id)).toThrow(expect.objectContaining({ code: 'config/invalid' }));
  });

  it.each([
    ['is no JSON', '{'],
    ['has an unknown key', '{"colour":"red"}'],
    ['extends a path', '{"extends":"../x"}'],
    ['has a colour that is none', '{"themeColor":"red;}"}'],
  ])('name the file of a skin that %s', (_what, content) => {
    const dir = tree({ 'base/skin.json': content });

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
