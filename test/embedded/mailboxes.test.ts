import type { DemoApp } from '../../src/demo';
import type { WebAgent } from '../kit/agent';
import { type Page, textOf } from '../kit/html';
import { signedInDemo } from '../kit/signed-in-demo';

let demo: DemoApp;
let web: WebAgent;

beforeAll(async () => {
  ({ demo, web } = await signedInDemo());
}, 60_000);
afterAll(async () => {
  await demo?.stop();
});

const act = async (what: string, fields: readonly (readonly [string, string])[]): Promise<Page> => {
  const page = await web.get('/mailboxes');
  const csrf = /csrf-token" content="([^"]+)"/.exec(page.text)?.[1] ?? '';
  return web.post(`/mailboxes/${what}`, [['_csrf', csrf], ...fields]);
};
/** Paths on the page, in order. */
const pathsOf = (page: Page): readonly string[] =>
  page
    .all((one) => one.attribs['data-path'] !== undefined)
    .map((one) => one.attribs['data-path'] ?? '');
const paneOf = (page: Page): readonly string[] =>
  page
    .all((one) => one.name === 'a' && one.attribs['data-mailbox'] !== undefined)
    .map((one) => one.attribs['data-mailbox'] ?? '');
const said = (page: Page): string =>
  page
    .all((one) => one.name === 'est-toast')
    .map(textOf)
    .join(' ');

it('makes a mailbox, and one in it', async () => {
  const made = await act('create', [
    ['name', ' Marchés  2027 '],
    ['parent', ''],
  ]);
  expect(said(made)).toContain('Marchés 2027');
  expect(pathsOf(made)).toContain('Marchés 2027');
  const inside = await act('create', [
    ['name', 'Été & hiver'],
    ['parent', 'Marchés 2027'],
  ]);
  expect(paneOf(inside)).toEqual(
    expect.arrayContaining(['Marchés 2027', 'Marchés 2027/Été & hiver']),
  );
});

it('has favourites above the tree, with their colour, wherever they go', async () => {
  await act('create', [
    ['name', 'Suivi'],
    ['parent', 'Marchés 2027'],
  ]);
  const favouritesOf = (page: Page): readonly string[] =>
    page
      .all((one) => one.name === 'section' && /favourites/.test(one.attribs['class'] ?? ''))
      .map((one) => textOf(one).replace(/\s+/g, ' ').trim());
  const path = ['path', 'Marchés 2027/Suivi'] as const;
  expect(said(await act('mark', [path, ['favourite', '1']]))).toContain('dans les favoris');
  const coloured = await act('mark', [path, ['colour', 'green']]);
  expect(favouritesOf(coloured)).toEqual(['FavorisSuivi']);
  expect(paneOf(coloured).filter((one) => one === path[1])).toHaveLength(2);
  const tints = (page: Page, of: string): readonly (string | undefined)[] =>
    page.all((one) => one.attribs['data-mailbox'] === of).map((one) => one.attribs['class']);
  expect(tints(coloured, path[1])).toEqual(['folder tag-green', 'folder tag-green']);

  await act('place', [
    ['path', 'Marchés 2027'],
    ['parent', ''],
    ['name', 'Marchés 2028'],
  ]);
  const moved = await web.get('/mail/me/INBOX');
  expect(tints(moved, 'Marchés 2028/Suivi')).toEqual(['folder tag-green', 'folder tag-green']);
  await act('place', [
    ['path', 'Marchés 2028'],
    ['parent', ''],
    ['name', 'Marchés 2027'],
  ]);

  const off = await act('mark', [path, ['favourite', '0']]);
  expect(favouritesOf(off)).toEqual([]);
  expect(tints(off, path[1])).toEqual(['folder tag-green']);
  // What is no colour is none.
  const none = await act('mark', [path, ['colour', 'url(x)']]);
  expect(tints(none, path[1])).toEqual(['folder']);
  const lost = await act('mark', [
    ['path', 'Nulle part'],
    ['favourite', '1'],
  ]);
  expect(lost.status).toBe(404);
});

it.each([
  ['', 'Donnez un nom'],
  ['   ', 'Donnez un nom'],
  ['x'.repeat(101), 'trop long'],
  ['a/b', 'caractères'],
  ['tout*', 'caractères'],
  ['a\u202Eb', 'caractères'],
  ['Marchés 2027', 'porte déjà ce nom'],
  ['inbox', 'porte déjà ce nom'],
])('refuses %j, and keeps what was typed', async (name, why) => {
  const page = await act('create', [
    ['name', name],
    ['parent', ''],
  ]);
  const field = page.all((one) => one.attribs['id'] === 'box-new')[0];
  expect([page.status, field?.attribs['value']]).toEqual([422, name]);
  const error = page.all((one) => one.attribs['id'] === 'box-new-error')[0];
  expect(error && textOf(error)).toContain(why);
});

it('renames and moves, with what is below', async () => {
  await act('create', [
    ['name', 'Projets'],
    ['parent', ''],
  ]);
  const moved = await act('place', [
    ['path', 'Marchés 2027'],
    ['name', 'Marchés'],
    ['parent', 'Projets'],
  ]);
  const paths = pathsOf(moved);
  expect(paths).toEqual(expect.arrayContaining(['Projets/Marchés', 'Projets/Marchés/Été & hiver']));
  expect(paths).not.toContain('Marchés 2027');
  // Subscriptions went along: the pane shows them.
  expect(paneOf(moved)).toContain('Projets/Marchés/Été & hiver');

  const inside = await act('place', [
    ['path', 'Projets'],
    ['name', 'Projets'],
    ['parent', 'Projets/Marchés'],
  ]);
  expect([inside.status, inside.text.includes('dans lui-même')]).toEqual([422, true]);
  const same = await act('place', [
    ['path', 'Projets'],
    ['name', 'Projets'],
    ['parent', ''],
  ]);
  expect(same.status).toBe(200);
});

it('goes to the trash, comes back, and goes for good from there', async () => {
  await act('create', [
    ['name', 'À jeter'],
    ['parent', ''],
  ]);
  await act('create', [
    ['name', 'Dedans'],
    ['parent', 'À jeter'],
  ]);
  const gone = await act('discard', [['path', 'À jeter']]);
  const trash = pathsOf(gone).find((path) => path.endsWith('/À jeter')) ?? '';
  expect(pathsOf(gone)).toContain(`${trash}/Dedans`);
  const undo = gone
    .all((one) => one.name === 'form' && one.attribs['action'] === '/mailboxes/place')
    .at(-1);
  expect(said(gone)).toContain('corbeille');
  await web.submit(gone, { form: () => undo as never });
  expect(pathsOf(await web.get('/mailboxes'))).toContain('À jeter/Dedans');

  // Of the same name, twice.
  await act('discard', [['path', 'À jeter']]);
  await act('create', [
    ['name', 'À jeter'],
    ['parent', ''],
  ]);
  const second = await act('discard', [['path', 'À jeter']]);
  expect(pathsOf(second)).toContain(`${trash} 2`);
  const deleted = await act('discard', [['path', trash]]);
  expect(pathsOf(deleted).filter((path) => path.includes('jeter'))).toEqual([`${trash} 2`]);
});

it('keeps those that everybody needs', async () => {
  const before = pathsOf(await web.get('/mailboxes'));
  for (const path of ['INBOX', 'Sent', 'Trash'])
    for (const [what, more] of [
      ['discard', []],
      [
        'place',
        [
          ['name', 'x'],
          ['parent', ''],
        ],
      ],
      ['subscribe', [['on', '0']]],
    ] as const) {
      const page = await act(what, [['path', path], ...more]);
      expect([path, what, page.status >= 400]).toEqual([path, what, true]);
    }
  expect(pathsOf(await web.get('/mailboxes'))).toEqual(before);
  for (const path of ['', 'Personne', 'a\u0000b'])
    expect((await act('discard', [['path', path]])).status).toBe(404);
});

it('is hidden from the pane, and stays on the page', async () => {
  await act('create', [
    ['name', 'Discret'],
    ['parent', ''],
  ]);
  const hidden = await act('subscribe', [
    ['path', 'Discret'],
    ['on', '0'],
  ]);
  expect([paneOf(hidden).includes('Discret'), pathsOf(hidden).includes('Discret')]).toEqual([
    false,
    true,
  ]);
  // Whoever opens it sees where they are.
  expect(paneOf(await web.get('/mail/me/Discret'))).toContain('Discret');
  const shown = await act('subscribe', [
    ['path', 'Discret'],
    ['on', '1'],
  ]);
  expect(paneOf(shown)).toContain('Discret');
});

it('marks everything in a mailbox as read', async () => {
  const before = await web.get('/mail/me/INBOX?unread=1');
  const count = Number(before.one('data-total')?.attribs['data-total'] ?? 0);
  expect(count).toBeGreaterThan(0);
  const read = await act('read', [['path', 'INBOX']]);
  expect(said(read)).toContain(`${count} message`);
  const after = await web.get('/mail/me/INBOX?unread=1');
  expect(after.one('data-total')?.attribs['data-total']).toBe('0');
});

it('is ordered by size where the server says it', async () => {
  const page = await web.get('/mailboxes?by=size');
  expect(pathsOf(page)[0]).toBe('INBOX');
  const sizes = page
    .all((one) => one.attribs['class'] === 'box-size')
    .map((one) => textOf(one).trim());
  expect(sizes.length).toBeGreaterThan(5);
  expect(sizes[0]).toMatch(/^[\d ,]+ [KM]o$/u);
});
