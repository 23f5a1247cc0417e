import type { PluginTest } from 'estafette/plugin/testing';
import { readCard } from '../card';
import { type ContactStore, FIRST_BOOK, type Person } from '../store';
import { aCard, aPerson, cardsOf, startContacts } from './kit';

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

it('keeps a book of which a guard keeps a contact', async () => {
  const made = await store.createBook(me, { title: 'Autre' });
  const book = made.kind === 'created' ? made.id : '';
  for (let at = 0; at < 101; at += 1)
    await store.put(me, book, `${at}.vcf`, aCard(`${at}`, { name: at === 100 ? 'Gardée' : 'x' }));
  const asked: number[] = [];
  test.on('contact:saving', ({ op, contacts }) => {
    asked.push(contacts.length);
    const isKept = op === 'delete' && contacts.some(({ name }) => name === 'Gardée');
    return isKept ? { deny: true, code: 'no' } : undefined;
  });
  const remove = () => test.route('post', '/books/delete', { body: { book, sure: 'yes' } });

  expect(await remove()).toEqual({ redirect: '/contacts/books?failed=kept' });
  expect(asked.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(0);
  expect((await store.list(me, { book })).total).toBe(101);
  expect(await store.trash(me)).toEqual([]);

  await store.remove(me, book, '100.vcf');
  expect(await remove()).toEqual({ redirect: '/contacts/books?done=bookDeleted' });
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

/** What others hear of while something is done, op by op; ids by the names that they were put with. */
async function heardOf(
  names: Readonly<Record<string, string>>,
  run: () => Promise<unknown>,
): Promise<readonly string[]> {
  const heard: string[] = [];
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  test.on('contact:changed', ({ op, ids }) => {
    const known = ids.map((id) => names[id] ?? 'new').sort();
    if (known.includes('last')) end();
    else heard.push(`${op} ${known.join('+')}`);
  });
  await run();
  // Told in their order: what comes after all of it ends the waiting.
  const last = Object.entries(names).find(([, name]) => name === 'last')?.[0] ?? '';
  await test.route('post', '/delete', { body: { id: last } });
  await ended;
  return heard;
}

it('tells of a book that is deleted, of what is undone and of groups that follow, and of nothing else', async () => {
  const made = await store.createBook(me, { title: 'Autre' });
  const book = made.kind === 'created' ? made.id : '';
  const far = await store.put(me, book, 'far.vcf', aCard('far'));
  const mails = [{ value: 'one@test.example', type: 'work' as const }];
  const twin = await store.put(me, FIRST_BOOK, 'twin.vcf', aCard('twin', { mails, note: 'deux' }));
  const team = aCard('team', { kind: 'group', members: ['urn:uuid:twin'] });
  const group = await store.put(me, FIRST_BOOK, 'team.vcf', team);
  const [one, last] = [await put('one'), await put('last')];
  const idOf = (done: typeof far): string => ('id' in done ? done.id : '');
  const of = { [one]: 'one', [last]: 'last', [idOf(far)]: 'far', [idOf(twin)]: 'twin' };
  const etag = async (id: string) => (await store.cardById(me, id))?.etag ?? '';
  const undoOf = (answer: unknown): string =>
    new URLSearchParams((answer as { redirect: string }).redirect.split('?')[1]).get('undo') ?? '';

  const heard = await heardOf({ ...of, [idOf(group)]: 'team' }, async () => {
    await test.route('post', '/books/delete', { body: { book, sure: 'yes' } });
    const ids = `${one} ${idOf(twin)}`;
    const etags = `${await etag(one)} ${await etag(idOf(twin))}`;
    const merged = await test.route('post', '/merge', { body: { ids, etags } });
    await test.route('post', '/undo', { body: { id: undoOf(merged) } });
    await test.route('post', '/undo', { body: { id: undoOf(merged) } });
    const deleted = await test.route('post', '/bulk', {
      body: { what: 'delete' },
      lists: { card: [one, 'nobody'] },
    });
    await test.route('post', '/undo', { body: { id: undoOf(deleted) } });
  });

  expect(heard).toEqual([
    'deleted far',
    'saved one+team',
    'deleted twin',
    'saved one+team',
    'restored twin',
    'deleted one',
    'restored one',
  ]);
});

it('tells that a contact of somebody else is another one once it is taken', async () => {
  const other = aPerson(me.user + 1);
  await store.books(other);
  const theirs = await store.put(other, FIRST_BOOK, 'x.vcf', aCard('x', { name: 'Ixe' }));
  await store.share(other, FIRST_BOOK, me.mail, 'write');
  const last = await put('last');
  const id = 'id' in theirs ? theirs.id : '';

  const heard = await heardOf({ [id]: 'theirs', [last]: 'last' }, () =>
    test.route('post', '/move', { body: { id, to: FIRST_BOOK } }),
  );

  expect(heard).toEqual(['deleted theirs', 'saved new']);
});

it('leaves out of a file what a guard refuses, with its line, and nothing else', async () => {
  await put('one');
  test.on('contact:saving', ({ contacts }) =>
    contacts.some(({ name }) => name === 'Refusée') ? { deny: true, code: 'no' } : undefined,
  );
  const text = [aCard('a'), aCard('b', { name: 'Refusée' }), aCard('c')].join('');
  const line = aCard('a').split('\r\n').length;
  const files = [{ field: 'file', name: 'a.vcf', type: '', content: Buffer.from(text) }];
  const sent = await test.route('post', '/import', { body: { book: FIRST_BOOK }, files });
  const { redirect } = sent as { redirect: string };
  const shown = await test.route('get', redirect.replace('/contacts', ''));

  expect(shown).toMatchObject({
    model: { added: 2, refused: 1, faults: [{ line, reason: 'refused' }] },
  });
  expect(await names()).toEqual(['a', 'c', 'Name one']);
});

it('tells of a card only when it is another than before', async () => {
  const last = await put('last');
  const one = await put('one');
  const { text = '' } = (await store.cardById(me, one)) ?? {};
  const files = [{ field: 'file', name: 'a.vcf', type: '', content: Buffer.from(text) }];
  const heard = await heardOf({ [one]: 'one', [last]: 'last' }, async () => {
    await test.route('post', '/import', { body: { book: FIRST_BOOK }, files });
    const changed = Buffer.from(text.replace('X-KEPT:here', 'X-KEPT:there'));
    const other = files.map((file) => ({ ...file, content: changed }));
    await test.route('post', '/import', { body: { book: FIRST_BOOK }, files: other });
  });

  expect(heard).toEqual(['saved one']);
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
