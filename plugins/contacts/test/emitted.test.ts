import type { PluginTest } from 'estafette/plugin/testing';
import { readCard } from '../card';
import { type ContactStore, FIRST_BOOK, type Person } from '../store';
import { aCard, cardsOf, startContacts } from './kit';

let test: PluginTest;
let store: ContactStore;
let me: Person;
beforeEach(async () => {
  ({ test, store, me } = await startContacts());
  await store.books(me);
});
afterEach(() => test.stop());

const put = async (uid: string): Promise<string> => {
  const mails = [{ value: `${uid}@test.example`, type: 'work' as const }];
  const text = `${aCard(uid, { name: `Name ${uid}`, mails }).replace('END:VCARD', 'X-KEPT:here\r\nEND:VCARD')}`;
  const done = await store.put(me, FIRST_BOOK, `${uid}.vcf`, text);
  return 'id' in done ? done.id : '';
};
const save = (name: string, more: Readonly<Record<string, string>> = {}) =>
  test.route('post', '/edit', {
    body: { book: FIRST_BOOK, kind: 'individual', save: 'yes', ...more },
    lists: { given: [''], family: [name], name: [name], mails: [''], mailsType: ['work'] },
  });
const names = async () => (await store.list(me, {})).cards.map(({ name }) => name);

it('lists names as plugins give them, and no other contacts', async () => {
  const id = await put('one');
  test.on('contact:list', (rows) => rows.map((row) => ({ ...row, name: `${row.name} (service)` })));
  expect(await test.renderRoute('/', {})).toContain('Name one (service)');

  test.on('contact:list', () => []);
  test.on('contact:list', (rows) => rows.map((row) => ({ ...row, id: `${id}x`, name: 'Else' })));
  test.on('contact:list', () => {
    throw new Error('hostile');
  });
  const page = await test.renderRoute('/', {});

  expect(page).toContain('Name one (service)');
  expect(page).not.toContain('Else');
  expect(await names()).toEqual(['Name one']);
});

it('saves what plugins make of a form', async () => {
  test.on('contact:draft', (draft, { op, kind }) => ({ ...draft, note: `${op} ${kind}` }));
  await save('Aubépine');

  const [card] = await cardsOf(store, me, FIRST_BOOK);
  expect(readCard(card?.text ?? '')).toMatchObject({
    family: 'Aubépine',
    note: 'create individual',
  });
});

it('keeps what was typed when a plugin answers rubbish', async () => {
  test.on('contact:draft', () => ({ name: 42 }) as never);
  await save('Aubépine');

  const [card] = await cardsOf(store, me, FIRST_BOOK);
  expect(readCard(card?.text ?? '')).toMatchObject({ family: 'Aubépine' });
});

it('writes, moves and deletes nothing that a guard refuses', async () => {
  const [one, two] = [await put('one'), await put('two')];
  const made = await store.createBook(me, { title: 'Autre' });
  const seen: string[] = [];
  test.on('contact:saving', ({ op, contacts }) => {
    seen.push(`${op} ${contacts.map(({ name }) => name).join('+')}`);
    return { deny: true, code: 'no' };
  });
  const to = made.kind === 'created' ? made.id : '';

  const saved = await save('Refusée');
  await test.route('post', '/bulk', { body: { what: 'delete' }, lists: { card: [one, two] } });
  await test.route('post', '/delete', { body: { id: one } });
  await test.route('post', '/move', { body: { id: one, to } });

  expect(saved).toMatchObject({ status: 422, model: { problem: 'contacts:failed.denied' } });
  expect(seen).toEqual([
    'save Refusée',
    'delete Name one+Name two',
    'delete Name one',
    'move Name one',
  ]);
  expect(await names()).toEqual(['Name one', 'Name two']);
});

it('writes nothing when a guard fails', async () => {
  test.on('contact:saving', () => {
    throw new Error('broken');
  });
  await save('Refusée');

  expect(await names()).toEqual([]);
});

it('tells what was done, once it is done', async () => {
  const id = await put('one');
  const seen: string[] = [];
  const told = new Promise<void>((resolve) => {
    test.on('contact:changed', async ({ op, ids }) => {
      seen.push(`${op} ${ids.length} ${(await names()).length}`);
      if (op === 'restored') resolve();
    });
  });

  await save('Deux');
  await test.route('post', '/delete', { body: { id } });
  await test.route('post', '/restore', { body: { id } });

  await told;
  expect(seen).toEqual(['saved 1 2', 'deleted 1 1', 'restored 1 2']);
});

it('exports what plugins leave in, byte for byte where they change nothing', async () => {
  await put('one');
  await put('two');
  await put('three');
  test.on('contact:export', (rows) =>
    rows
      .filter(({ name }) => name !== 'Name two')
      .map((row) => (row.name === 'Name three' ? { ...row, note: 'masquée' } : row)),
  );
  const query = { book: FIRST_BOOK, format: 'vcard4' };
  const answer = await test.route('get', '/export', { query });
  const content = (answer as { file: { content: Buffer } }).file.content.toString();

  expect(content).not.toContain('Name two');
  expect(content).toContain('NOTE:masquée');
  expect(content.match(/X-KEPT:here/g)).toHaveLength(2);
});
