import type { PluginTest } from 'estafette/plugin/testing';
import { asVersion } from '../card';
import { addImport, beginImport, eraseImports } from '../exchange/imports';
import { type ContactStore, FIRST_BOOK, type Person } from '../store';
import { aCard, startContacts } from './kit';

let test: PluginTest;
let store: ContactStore;
let me: Person;
beforeEach(async () => {
  ({ test, store, me } = await startContacts());
  await store.books(me);
});
afterEach(() => test.stop());

interface Shown {
  readonly status?: number;
  readonly redirect?: string;
  readonly model: Readonly<Record<string, unknown>>;
}

const fileOf = (name: string, content: string | Buffer) => ({
  field: 'file',
  name,
  type: 'text/plain',
  content: Buffer.from(content),
});
const send = async (name: string, content: string | Buffer, book = FIRST_BOOK): Promise<Shown> =>
  (await test.route('post', '/import', {
    body: { book },
    files: [fileOf(name, content)],
  })) as unknown as Shown;
const pathOf = ({ redirect = '' }: Shown): string => redirect.replace('/contacts', '');
const show = async (path: string): Promise<Shown> =>
  (await test.route('get', path)) as unknown as Shown;

/** The page once nothing is under way. */
async function result(sent: Shown): Promise<Shown['model']> {
  for (let looks = 0; looks < 2_000; looks += 1) {
    const { model } = await show(pathOf(sent));
    if (model['isRunning'] !== true) return model;
    await new Promise((resolve) => setImmediate(resolve));
  }
  throw new Error('the import does not end');
}

const names = async (): Promise<readonly string[]> =>
  (await store.list(me, { limit: 100 })).cards.map(({ name }) => name);

it('brings in cards byte for byte, and tells the line of each that it cannot read', async () => {
  const strange = aCard('a', { name: 'Ada' }).replace('END:', 'X-STRANGE;a="b:c":\\;d\r\nEND:');
  const file = `${strange}BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Cut\r\n${aCard('b', { name: 'Bix' })}rubbish\r\n`;

  const model = await result(await send('cards.vcf', file));

  expect(model).toMatchObject({ added: 2, updated: 0, refused: 2, isEnded: false });
  expect(model['faults']).toMatchObject([{ reason: 'no-end' }, { reason: 'no-begin' }]);
  expect(await names()).toEqual(['Ada', 'Bix']);
  const { cards } = await store.list(me, { text: 'ada' });
  const ada = cards[0] && (await store.cardById(me, cards[0].id));
  expect(ada?.text).toBe(strange);
});

it('makes nobody twice of a file that comes again, with or without uids', async () => {
  const bare = 'BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Bare\r\nEND:VCARD\r\n';
  await store.put(me, FIRST_BOOK, 'of-a-phone.vcf', aCard('a', { name: 'Before' }));
  const file = bare + aCard('a', { name: 'After' });

  expect(await result(await send('x.vcf', file))).toMatchObject({ added: 1, updated: 1 });
  expect(await result(await send('x.vcf', file))).toMatchObject({ added: 0, updated: 2 });
  expect(await names()).toEqual(['After', 'Bare']);
});

it('asks what the columns of a list mean, and tells three bad lines by their number', async () => {
  const sent = await send(
    'liste.csv',
    Buffer.from(
      'Prénom;Nom;Adresse de messagerie;Préféré\n' +
        'Ada;Byron;ada@test.example;oui\n' +
        'Bad;Mail;not an address;\n' +
        ';;;seul\n' +
        'Too;Many;x@test.example;a;b\n' +
        'Zoé;Alizé;zoe@test.example;\n',
      'latin1',
    ),
  );

  const asked = await show(pathOf(sent));
  expect(asked.model['columns']).toMatchObject([
    { heading: 'Prénom', chosen: 'given', samples: ['Ada', 'Bad', '', 'Zoé'] },
    { heading: 'Nom', chosen: 'family' },
    { heading: 'Adresse de messagerie', chosen: 'mail' },
    { heading: 'Préféré', chosen: '' },
  ]);
  expect(await names()).toEqual([]);

  const nobody = await test.route('post', pathOf(sent), { body: { column3: 'note' } });
  expect(nobody).toMatchObject({ status: 422, model: { isFaulty: true } });

  const body = { column0: 'given', column1: 'family', column2: 'mail', column3: 'note' };
  await test.route('post', pathOf(sent), { body });
  const model = await result(sent);
  expect(model).toMatchObject({ added: 2, refused: 3 });
  expect(model['faults']).toEqual([
    { line: 3, reason: 'mail', text: 'contacts:fault.mail' },
    { line: 4, reason: 'empty', text: 'contacts:fault.empty' },
    { line: 5, reason: 'columns', text: 'contacts:fault.columns' },
  ]);
  expect(await names()).toEqual(['Zoé Alizé', 'Ada Byron']);
});

const HEADLESS =
  'sep=;\n\nAda Byron;ada@test.example;01 99 00 11 22;21/04/1987\nZoé;zoe@test.example;;\n';

it('takes the first line of a list without headings for a contact', async () => {
  const sent = await send('liste.csv', HEADLESS);
  const { model } = await show(pathOf(sent));

  expect(model).toMatchObject({ isHeaded: false });
  expect(model['columns']).toMatchObject([
    { heading: '', chosen: '', samples: ['Ada Byron', 'Zoé'] },
    { heading: '', chosen: 'mail' },
    { heading: '', chosen: 'phone' },
    { heading: '', chosen: '' },
  ]);
  const page = await test.renderRoute(pathOf(sent), {});
  expect(page).toContain('name="first" value="contact" checked');
  expect(page).toContain('Colonne 1');

  const body = { column0: 'name', column1: 'mail', column2: 'phone', first: 'contact' };
  const nobody = await test.route('post', pathOf(sent), { body: { first: 'contact' } });
  expect(nobody).toMatchObject({ status: 422, model: { isHeaded: false } });
  await test.route('post', pathOf(sent), { body });

  expect(await result(sent)).toMatchObject({ added: 2, refused: 0 });
  expect(await names()).toEqual(['Ada Byron', 'Zoé']);
});

it.each([
  [
    'without the tick, a line that looks like a contact is that of the headings',
    HEADLESS,
    {},
    ['Zoé'],
  ],
  [
    'with the tick, a line that looks like headings is a contact',
    'Nom;Mail\nZoé;zoe@test.example\n',
    { first: 'contact', column1: '' },
    ['Nom', 'Zoé'],
  ],
])('goes by what is said of the first line: %s', async (_what, text, more, expected) => {
  const sent = await send('liste.csv', text);
  const body = { column0: 'name', column1: 'mail', ...more };
  await test.route('post', pathOf(sent), { body });
  await result(sent);

  expect(await names()).toEqual(expected);
});

it('leaves a line of what is brought in and sent out, without whom', async () => {
  const sent = await send('x.vcf', aCard('a', { name: 'Ada' }));
  await result(sent);
  await test.route('get', '/export', { query: { book: FIRST_BOOK, format: 'csv' } });

  expect(test.audited).toMatchObject([
    { event: 'contacts:imported', details: { format: 'vcard' } },
    { event: 'contacts:exported', details: { format: 'csv', contacts: 1 } },
  ]);
  expect(JSON.stringify(test.audited)).not.toContain('Ada');
});

it('reads a byte that is no UTF-8 without turning the lines around it, and tells its line', async () => {
  const bare = (name: string) => `BEGIN:VCARD\r\nVERSION:3.0\r\nFN:${name}\r\nEND:VCARD\r\n`;
  const file = Buffer.concat([
    Buffer.from(bare('Hélène')),
    Buffer.from(bare('Zoé'), 'latin1'),
    Buffer.from(bare('Éloïse')),
  ]);

  const model = await result(await send('x.vcf', file));

  expect(model).toMatchObject({ added: 3, refused: 0, remarks: [{ line: 7, reason: 'bytes' }] });
  expect(await names()).toEqual(['Éloïse', 'Hélène', 'Zoé']);
});

it('lists what one brings in, on the page where it begins', async () => {
  const sent = await send('liste.csv', 'Nom;Mail\nAda;a@b.example\n');
  await result(await send('x.vcf', aCard('a', { name: 'A' })));

  expect((await show('/import')).model['imports']).toEqual(
    expect.arrayContaining([
      { name: 'liste.csv', href: sent.redirect, text: 'contacts:import.state.columns' },
      { name: 'x.vcf', href: expect.any(String), text: 'contacts:import.state.done' },
    ]),
  );
  expect(await test.renderRoute('/import', {})).toContain(`href="${sent.redirect}"`);
  await test.db.table('contacts_imports').update({ user_id: 9_001 });
  expect((await show('/import')).model['imports']).toEqual([]);
});

it('tells the lines of contacts that came without a part of them', async () => {
  const sent = await send('x.csv', 'Name,Birthday\nAda,one day\nBix,4/21/1987\n,\n"\n');
  await test.route('post', pathOf(sent), { body: { column0: 'name', column1: 'birthday' } });

  const model = await result(sent);

  expect(model).toMatchObject({
    added: 2,
    refused: 1,
    faults: [{ line: 5, reason: 'quotes' }],
    remarks: [{ line: 2, reason: 'date' }],
    more: 0,
  });
  expect(await test.renderRoute(pathOf(sent), {})).toContain('À vérifier');
});

it.each([
  ['nothing', 'x.vcf', '', 'file'],
  ['a picture', 'x.png', '\u0089PNG\0,', 'format'],
])('refuses %s', async (_, name, content, fault) => {
  expect(await send(name, content)).toMatchObject({ status: 422, model: { fault } });
});

it('refuses a book that is nobody’s or read only', async () => {
  expect(await send('x.vcf', aCard('a', { name: 'A' }), 'other')).toMatchObject({
    status: 422,
    model: { fault: 'book' },
  });
});

it('shows an import to who made it alone', async () => {
  const sent = await send('x.vcf', aCard('a', { name: 'A' }));
  await result(sent);
  await test.db.table('contacts_imports').update({ user_id: 9_001 });

  expect(await show(pathOf(sent))).toMatchObject({ status: 404 });
  expect(await test.route('post', `${pathOf(sent)}/end`)).toMatchObject({ status: 404 });
});

it('takes a file once that is sent twice, and another one that follows it', async () => {
  const { once } = (await show('/import')).model as { readonly once: string };
  const sendOf = async (content: string): Promise<Shown> =>
    (await test.route('post', '/import', {
      body: { book: FIRST_BOOK, once },
      files: [fileOf('x.vcf', content)],
    })) as unknown as Shown;

  const [first, second] = await Promise.all([sendOf(aCard('a')), sendOf(aCard('a'))]);

  expect(second).toEqual(first);
  expect(await result(first)).toMatchObject({ added: 1, updated: 0 });
  expect(await test.db.table('contacts_imports').pluck('name')).toEqual(['x.vcf']);
  expect(pathOf(await sendOf(aCard('b')))).not.toBe(pathOf(first));
});

it('has one import under way, however many are sent at once', async () => {
  const add = (id: string, format: 'vcard' | 'csv') =>
    addImport(test.db, me, {
      id,
      book: FIRST_BOOK,
      name: id,
      format,
      pieces: [''],
      now: test.clock.now(),
    });
  const lists = ['a', 'b'];
  for (const id of lists) await add(id, 'csv');

  const begun = await Promise.all(
    lists.map((id) => beginImport(test.db, me, id, { columns: [], isHeaded: true })),
  );
  expect([...begun].sort()).toEqual(['begun', 'busy']);
  await test.db.table('contacts_imports').update({ state: 'done' });
  const added = await Promise.all(['c', 'd', 'e'].map((id) => add(id, 'vcard')));

  expect([...added].sort()).toEqual(['added', 'busy', 'busy']);
});

it('writes each piece of a file before the next one is read', async () => {
  const pieceLines = 5 * (aCard('u').split('\n').length - 1);
  let written = 0;
  const inMemory: number[] = [];
  function* pieces(): Generator<string> {
    for (let at = 0; at < 5; at += 1) {
      inMemory.push(at - written);
      yield aCard(`u${at}`);
    }
  }
  const db: PluginTest['db'] = {
    table: (name) => test.db.table(name),
    transaction: (run) =>
      test.db.transaction((table) =>
        run((name) => {
          if (name === 'contacts_import_pieces') written += 1;
          return table(name);
        }),
      ),
  };

  await addImport(db, me, {
    id: 'x',
    book: FIRST_BOOK,
    name: 'x.vcf',
    format: 'vcard',
    pieces: pieces(),
    now: test.clock.now(),
  });

  expect(inMemory).toEqual([0, 0, 0, 0, 0]);
  expect(await test.db.table('contacts_imports').pluck('lines')).toEqual([pieceLines]);
});

it('lets others have their turn while a list of megabytes comes in, and is shown', async () => {
  const file = `Nom;Mail\n${'Ada Byron;ada@test.example\n'.repeat(100_000)}`;
  let turns = 0;
  let isOver = false;
  const turn = (): void => {
    turns += 1;
    if (!isOver) setImmediate(turn);
  };
  turn();
  const sent = await send('x.csv', file);
  isOver = true;

  // Forty pieces of 64 kB.
  expect(turns).toBeGreaterThan(40);
  expect((await show(pathOf(sent))).model).toMatchObject({
    count: 100_000,
    columns: [{ samples: Array.from({ length: 5 }, () => 'Ada Byron') }, { heading: 'Mail' }],
  });
});

it('keeps no piece of a file that is done, or of somebody who is gone', async () => {
  const left = () => test.db.table('contacts_import_pieces').pluck('at');
  await result(await send('x.vcf', aCard('a')));
  expect(await left()).toEqual([]);
  const sent = await send('x.csv', 'Nom;Mail\nA;a@b.example\n');
  expect(await left()).toEqual([0]);
  await test.route('post', `${pathOf(sent)}/end`);
  expect(await left()).toEqual([]);
  await send('x.csv', 'Nom;Mail\nA;a@b.example\n');
  await eraseImports(test.db, me.user);
  expect(await left()).toEqual([]);
});

it('goes on where a process left it', async () => {
  const cards = Array.from({ length: 120 }, (_, at) => aCard(`u${at}`, { name: `N${at}` }));
  const sent = await send('x.vcf', cards.join(''));
  await result(sent);
  const id = pathOf(sent).replace('/import/', '');
  const lines = cards.slice(0, 60).join('').split('\n').length - 1;
  // As a process leaves it that is killed after sixty cards.
  await test.db.table('contacts_imports').where({ id }).update({
    state: 'running',
    line: lines,
    added: 60,
    held_until: '2000-01-01T00:00:00.000Z',
  });
  await test.db
    .table('contacts_import_pieces')
    .insert({ import_id: id, at: 0, text: cards.join('') });

  await test.runJob('imports');

  expect(await result(sent)).toMatchObject({ added: 60, updated: 60, refused: 0 });
});

it.each([
  ['vcard4', 'Mes contacts.vcf', 'VERSION:4.0'],
  ['vcard3', 'Mes contacts.vcf', 'VERSION:3.0'],
  ['csv', 'Mes contacts.csv', '\uFEFFName;'],
  ['ldif', 'Mes contacts.ldif', 'version: 1'],
])('exports a book as %s', async (format, name, start) => {
  const text = aCard('a', { name: 'Ada' });
  await store.put(me, FIRST_BOOK, 'a.vcf', text);

  const answer = await test.route('get', '/export', { query: { book: FIRST_BOOK, format } });

  const { file } = answer as { readonly file: { readonly name: string; readonly content: Buffer } };
  expect(file.name).toBe(name);
  expect(file.content.toString()).toContain(start);
  if (format === 'vcard3') expect(file.content.toString()).toBe(asVersion(text, '3.0'));
});

it('brings in nothing that a guard of another plugin refuses, and tells the lines', async () => {
  test.on('contact:saving', ({ contacts }) =>
    contacts.some(({ name }) => name === 'Bix') ? { deny: true, code: 'no' } : undefined,
  );

  const refused = await result(await send('b.vcf', aCard('b', { name: 'Bix' })));
  const taken = await result(await send('a.vcf', aCard('a', { name: 'Ada' })));

  expect(refused).toMatchObject({ added: 0, refused: 1, faults: [{ reason: 'refused' }] });
  expect(taken).toMatchObject({ added: 1, refused: 0 });
  expect(await names()).toEqual(['Ada']);
});
