import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { safeHtml } from '../../../src/base/html';
import type { SlotItem, SlotSource } from '../../../src/view';
import { aRequest, contextFor, removeTrees, rendererOf, SKINS } from './kit';

afterEach(removeTrees);

const base = (views: Readonly<Record<string, string>>): Record<string, string> => ({
  ...SKINS,
  ...Object.fromEntries(
    Object.entries(views).map(([name, source]) => [`skins/base/views/${name}.ejs`, source]),
  ),
});
const render = (views: Readonly<Record<string, string>>, model: unknown = {}): Promise<string> =>
  rendererOf(base(views)).renderer.fragment(contextFor('base'), aRequest('page', model));

describe('a view', () => {
  it('escapes everything it prints', async () => {
    const hostile = `<script>alert("1")</script> & 'x'`;

    const html = await render(
      { page: `<p title="<%= model.text %>"><%= model.text %></p>` },
      {
        text: hostile,
      },
    );

    expect(html).not.toContain('<script>');
    expect(html.match(/&lt;script&gt;/g)).toHaveLength(2);
    expect(html).not.toMatch(/title="[^"]*"1/);
    expect(html).toContain('&#39;x&#39;');
  });

  it('writes nothing for what is not there, and other values as they are', async () => {
    const page = '<%= model.none %>|<%= model.nil %>|<%= model.zero %>|<%= model.no %>';

    await expect(render({ page }, { nil: null, zero: 0, no: false })).resolves.toBe('||0|false');
  });

  it('never runs text as a template', async () => {
    const text = '<%= 7*7 %> {{7*7}} $' + '{7*7}';

    const html = await render(
      { page: '<%= model.text %><%- include("part", model) %>', part: '<%= model.text %>' },
      { text },
    );

    expect(html).not.toContain('49');
  });

  it('sees its model, shell, texts, token and formats, and no other name', async () => {
    const html = await render(
      {
        page: '<%= model.a %>|<%= shell.title %>|<%= t("k") %>|<%= locale %>|<%= csrf %>|<%= number(1234) %>',
      },
      { a: 1 },
    );

    expect(html.replace(/\s/g, ' ')).toBe('1|shell|fr:k|fr|token|1 234');
    await expect(render({ page: '<%= title %>' })).rejects.toThrow('title is not defined');
    await expect(render({ page: '<% with (model) { %>x<% } %>' })).rejects.toThrow('with');
  });

  it('gives an included view the data it is handed, nothing of its own model', async () => {
    const html = await render(
      {
        page: '<%- include("part", { b: 2 }) %>-<%- include("part") %>',
        part: '[<%= model.a %><%= model.b %><%= shell.title %>]',
      },
      { a: 1 },
    );

    expect(html).toBe('[2shell]-[shell]');
  });

  it('keeps to itself what it writes to its names', async () => {
    const html = await render({
      page: '<% locals.csrf = "other"; locals.model.a = 1; %><%- include("part") %>',
      part: '[<%= csrf %><%= model.a %>]',
    });

    expect(html).toBe('[token]');
  });

  it('ends as an error when it includes itself', async () => {
    await expect(render({ page: '<%- include("page") %>' })).rejects.toThrow('includes itself');
  });

  it('still renders after one that failed', async () => {
    const { renderer } = rendererOf(
      base({ page: '<%- include("bad") %>', bad: '<% throw new Error("wrong") %>', good: 'good' }),
    );
    for (let count = 0; count < 40; count++) {
      await expect(renderer.fragment(contextFor('base'), aRequest('page'))).rejects.toThrow(
        'wrong',
      );
    }

    expect(await renderer.fragment(contextFor('base'), aRequest('good'))).toBe('good');
  });

  it('is compiled once', async () => {
    const { renderer, root } = rendererOf(base({ page: 'first' }));
    const file = path.join(root, 'skins/base/views/page.ejs');
    await renderer.fragment(contextFor('base'), aRequest('page'));

    writeFileSync(file, 'second');

    expect(readFileSync(file, 'utf8')).toBe('second');
    expect(await renderer.fragment(contextFor('base'), aRequest('page'))).toBe('first');
  });

  it('keeps languages and time zones apart', async () => {
    const { renderer } = rendererOf(base({ page: '<%= date("2026-11-18T23:30:00Z", "time") %>' }));
    const at = (timeZone: string) =>
      renderer.fragment(contextFor('base', { timeZone }), aRequest('page'));

    expect([
      await at('Europe/Paris'),
      await at('Pacific/Noumea'),
      await at('Europe/Paris'),
    ]).toEqual(['00:30', '10:30', '00:30']);
  });

  it('stands inside its layout', async () => {
    const { renderer } = rendererOf(
      base({ layout: '<main><%- model.body %></main>', page: '<b><%= model.x %></b>' }),
    );

    const html = await renderer.page(contextFor('base'), {
      ...aRequest('page', { x: '<' }),
      layout: 'layout',
    });

    expect(html).toBe('<main><b>&lt;</b></main>');
  });

  it('draws icons whose names and labels are escaped', async () => {
    const html = await render(
      { page: '<%- icon(model.name, model.label) %>' },
      {
        name: '"><script>',
        label: '"onload="x',
      },
    );

    expect(html).not.toContain('<script>');
    expect(html).not.toContain('"onload="');
    expect(html).toContain('role="img"');
  });
});

describe('slots', () => {
  const asked: string[][] = [];
  const source = (items: Readonly<Record<string, readonly SlotItem[]>>): SlotSource => ({
    async collect(_context, names) {
      asked.push([...names]);
      return new Map(Object.entries(items));
    },
  });
  afterEach(() => void asked.splice(0));
  const item = (html: string): SlotItem => ({ plugin: 'p', id: 'i', html: safeHtml(html) });
  const show = (name: string): string =>
    `<% for (const item of slot('${name}')) { %><%- item.html %><% } %>`;

  it('are learned from the view, from what it includes and from the layout', async () => {
    const { renderer } = rendererOf(
      base({
        layout: `${show('page.banner@1')}<%- model.body %>`,
        page: `<%- include("part") %>${show('message.header@1')}`,
        part: `<% for (const item of slot("message.menu@1")) { %><%- item.html %><% } %>`,
        other: show('login.form@1'),
      }),
      { slots: source({ 'page.banner@1': [item('<b>1</b>')], 'message.menu@1': [item('2')] }) },
    );

    const html = await renderer.page(contextFor('base'), { ...aRequest('page'), layout: 'layout' });

    expect(html).toBe('<b>1</b>2');
    expect(asked.map((names) => names.toSorted())).toEqual([
      ['message.header@1', 'message.menu@1', 'page.banner@1'],
    ]);
  });

  it('follow the skin: an override asks for its own', async () => {
    const { renderer } = rendererOf(
      {
        ...base({ page: 'none' }),
        'skins/sea/views/page.ejs': show('page.banner@1'),
      },
      { slots: source({}) },
    );

    await renderer.fragment(contextFor('base'), aRequest('page'));
    await renderer.fragment(contextFor('sea'), aRequest('page'));

    expect(asked).toEqual([['page.banner@1']]);
  });

  it('that do not exist are empty and not asked for', async () => {
    const { renderer } = rendererOf(
      base({ page: `x${show('page.nowhere@1')}${show('constructor')}` }),
      {
        slots: source({}),
      },
    );

    expect(await renderer.fragment(contextFor('base'), aRequest('page'))).toBe('x');
    expect(asked).toEqual([]);
  });

  it('can be asked for alone, and their items show no slots of their own', async () => {
    const { renderer } = rendererOf(
      base({ 'item-view': `<%= model.n %>${show('page.banner@1')}` }),
      {
        slots: {
          collect: async (_context, names, _facts, renderItem) =>
            new Map([[names[0] ?? '', [item(renderItem('item-view', { n: '<' }))]]]),
        },
      },
    );

    const items = await renderer.slot(contextFor('base'), 'page.footer@1', aRequest('x').facts);

    expect(items.map(({ html }) => html)).toEqual(['&lt;']);
  });
});

describe('assets', () => {
  it('are found through the chain of the skin, else under their own name', async () => {
    const { renderer } = rendererOf(
      base({ page: '<%= asset("logo.svg") %> <%= asset("none") %>' }),
      {
        assets: {
          dir: '',
          find: (chain, name) =>
            name === 'logo.svg' ? `/assets/${chain.map(({ id }) => id).join('-')}.svg` : undefined,
        },
      },
    );

    const html = await renderer.fragment(contextFor('bay'), aRequest('page'));

    expect(html).toBe('/assets/bay-sea-base.svg /assets/none');
    expect(renderer.asset('base', 'none')).toBeUndefined();
  });
});
