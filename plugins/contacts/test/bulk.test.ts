import type { PluginTest } from 'estafette/plugin/testing';
import { readCard } from '../card';
import { type ContactStore, FIRST_BOOK, type Person } from '../store';
import { aCard, aPerson, startContacts } from './kit';

let test: PluginTest;
let store: ContactStore;
let me: Person;
let ids: readonly string[];
beforeEach(async () => {
  ({ test, store, me } = await startContacts());
  await store.books(me);
  ids = await Promise.all([put('one'), put('two'), put('three')]);
});
afterEach(() => test.stop());

const put = async (uid: string, fields = {}, person = me): Promise<string> => {
  const mails = [{ value: `${uid}@test.example`, type: 'work' as const }];
  const card = aCard(uid, { name: `Name ${uid}`, mails, ...fields });
  const done = await store.put(person, FIRST_BOOK, `${uid}.vcf`, card);
  return 'id' in done ? done.id : '';
};
const many = (what: string, card: readonly string[], body: Readonly<Record<string, string>> = {}) =>
  test.route('post', '/bulk', { body: { what, ...body }, lists: { card } });
const here = async (): Promise<readonly string[]> =>
  (await store.list(me, {})).cards.map(({ uid }) => uid).sort();
const categoriesOf = async (id: string) =>
  readCard((await store.cardById(me, id))?.text ?? '').categories;

it('deletes together, and one button brings all back', async () => {
  const answer = await many('delete', ids.slice(0, 2));

  expect(await here()).toEqual(['three']);
  expect(answer).toMatchObject({
    redirect: expect.stringMatching(/done=deletedAll&count=2&undo=/),
  });
  const undo = new URL((answer as { redirect: string }).redirect, 'http://x').searchParams;
  expect(await test.renderRoute('/', { query: Object.fromEntries(undo) })).toContain(
    '2 contacts sont dans la corbeille.',
  );

  await test.route('post', '/undo', { body: { id: undo.get('undo') ?? '' } });

  expect(await here()).toEqual(['one', 'three', 'two']);
});

it('moves and copies to a book, and says what stayed', async () => {
  const made = await store.createBook(me, { title: 'Autre' });
  const to = made.kind === 'created' ? made.id : '';

  await many('move', ids.slice(0, 1), { to });
  const answer = await many('move', ids.slice(0, 2), { to });
  await many('copy', ids.slice(2), { to });

  expect(answer).toMatchObject({ redirect: expect.stringContaining('count=1&missed=1') });
  const moved = (await store.list(me, { book: to })).cards.map(({ name }) => name).sort();
  expect(moved).toEqual(['Name one', 'Name three', 'Name two']);
  expect(await store.list(me, { book: FIRST_BOOK })).toMatchObject({ total: 1 });
});

it('adds a category, which a list is narrowed by, and removes it', async () => {
  await many('category', ids.slice(0, 2), { label: ' Comité  A, b ' });
  expect(await categoriesOf(ids[0] ?? '')).toEqual(['Comité A b']);

  const page = await test.renderRoute('/', { query: { category: 'comite a B' } });
  expect(page).toContain('2 contacts');
  expect(page).not.toContain('Name three');
  // A part of one is another category.
  expect((await store.list(me, { category: 'comité' })).total).toBe(0);

  await many('uncategory', ids, { label: 'Comité A b' });
  expect(await categoriesOf(ids[0] ?? '')).toEqual([]);
});

it('adds to a group once each, writes to all, and exports what is ticked', async () => {
  const group = await put('team', { kind: 'group', members: [], mails: [] });
  await many('group', ids.slice(0, 2), { group });
  await many('group', ids, { group });

  const { members } = readCard((await store.cardById(me, group))?.text ?? '');
  expect(members).toEqual(['urn:uuid:one', 'urn:uuid:two', 'urn:uuid:three']);
  expect(await many('write', ids.slice(0, 2))).toEqual({
    redirect: `/compose?to=${encodeURIComponent('one@test.example, two@test.example').replaceAll('%20', '+')}`,
  });
  expect(await many('write', [group])).toMatchObject({
    redirect: expect.stringContaining('failed=noMail'),
  });
  const file = await many('export', ids.slice(0, 1), { format: 'vcard4' });
  expect(file).toMatchObject({ file: { name: 'Contacts.vcf' } });
  expect(
    (file as { file: { content: string } }).file.content.toString().match(/BEGIN:VCARD/g),
  ).toHaveLength(1);
});

it('touches nothing of others, nor what one may only read', async () => {
  const other = aPerson(9_001);
  await store.books(other);
  const hidden = await put('hidden', {}, other);
  expect(await many('delete', [hidden])).toMatchObject({
    redirect: expect.stringContaining('failed=none'),
  });

  await store.share(other, FIRST_BOOK, me.mail, 'read');
  for (const [what, body] of [
    ['delete', {}],
    ['move', { to: FIRST_BOOK }],
    ['category', { label: 'Mine' }],
  ] as const) {
    expect(await many(what, [hidden], body)).toMatchObject({
      redirect: expect.stringMatching(/failed=(?:rights|nothing)/),
    });
  }
  expect(await store.list(other, {})).toMatchObject({ total: 1 });
  expect(await store.removeAll(me, [hidden])).toEqual({ ids: [], undo: '' });
  expect(await many('else', ids)).toEqual({ status: 404 });
});

it('ticks the page without scripts, and keeps the place', async () => {
  const page = await test.renderRoute('/', { query: { q: 'name', select: 'all' } });
  expect(page.match(/ checked/g)).toHaveLength(3);
  expect(page).toContain('<input type="hidden" name="q" value="name">');
  expect(await many('category', ids, { label: 'x', q: 'name' })).toMatchObject({
    redirect: expect.stringContaining('q=name&done=categorised'),
  });
});
