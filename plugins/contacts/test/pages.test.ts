import type { PluginTest, RouteInput } from 'estafette/plugin/testing';
import { readCard } from '../card';
import { type ContactStore, FIRST_BOOK, type Person } from '../store';
import { aCard, aPerson, startContacts } from './kit';

let test: PluginTest;
let store: ContactStore;
let me: Person;
const start = async (config = {}): Promise<void> => {
  ({ test, store, me } = await startContacts({ config }));
  await store.books(me);
};
afterEach(() => test.stop());

const put = (uid: string, fields = {}) =>
  store.put(me, FIRST_BOOK, `${uid}.vcf`, aCard(uid, fields));
const idOf = async (uid: string): Promise<string> =>
  (await store.card(me, FIRST_BOOK, `${uid}.vcf`))?.id ?? '';
const etagOf = async (uid: string): Promise<string> =>
  (await store.card(me, FIRST_BOOK, `${uid}.vcf`))?.etag ?? '';
const contact = async (uid: string) =>
  readCard((await store.card(me, FIRST_BOOK, `${uid}.vcf`))?.text ?? '');
const post = (
  path: string,
  body: Readonly<Record<string, string>>,
  more: Partial<RouteInput> = {},
) => test.route('post', path, { body, ...more });
const html = (path: string, query: Readonly<Record<string, string>> = {}) =>
  test.renderRoute(path, { query });
const modelOf = (answer: unknown) =>
  (answer as { readonly model: Readonly<Record<string, unknown>> }).model;

it('shows contacts of a book, and the card of one', async () => {
  await start();
  await put('one', {
    name: 'Éloïse Cœur',
    title: 'Cheffe de service',
    mails: [{ value: 'eloise@test.example', type: 'work', isPreferred: true }],
    phones: [{ value: '+33 1 99 00 00 42', type: 'cell' }],
    addresses: [
      {
        type: 'work',
        box: '',
        extended: '',
        street: '12 rue des Brumes',
        city: 'Valcendre',
        region: '',
        code: '99000',
        country: '',
      },
    ],
    birthday: '--02-29',
  });

  const list = await html('/');
  const card = await html('/', { id: await idOf('one') });

  expect(list).toContain('Éloïse Cœur');
  expect(list).toContain('1 contact');
  expect(card).toContain('href="/compose?to=eloise%40test.example"');
  expect(card).toContain('href="tel:+33199000042"');
  expect(card).toContain(
    'href="https://www.openstreetmap.org/search?query=12%20rue%20des%20Brumes%2C%2099000%20Valcendre"',
  );
  expect(card).toContain('29/02');
});

it('takes the name of a sender apart for a new contact', async () => {
  await start();
  const form = await html('/edit', { name: 'CLAIRBOIS Linh (DSI)', mail: 'linh@test.example' });

  for (const [field, value] of [
    ['family', 'CLAIRBOIS'],
    ['given', 'Linh'],
    ['unit', 'DSI'],
    ['mail', 'linh@test.example'],
  ])
    expect(form).toMatch(new RegExp(`name="${field}"[^>]* value="${value}"`));
  expect(form).not.toContain('(DSI)');
});

it('takes what is known of an address for a new contact', async () => {
  await start();
  const known = {
    mail: 'linh@test.example',
    name: '',
    given: 'Linh',
    family: 'Clairbois',
    organization: 'Ministère',
    unit: 'Bureau des études',
    title: 'Cheffe de projet',
    phones: [{ value: '01 99 00 00 42', type: 'work' as const }],
  };
  const asked: unknown[] = [];
  test.on('contact:facts', (question) => {
    asked.push(question);
    return [known, { ...known, given: 'Second' }];
  });
  const form = await html('/edit', { name: 'directrice (DSI)', mail: 'Linh@test.example' });

  expect(asked).toEqual([{ mails: ['linh@test.example'], user: test.user.id }]);
  for (const [field, value] of [
    ['family', 'Clairbois'],
    ['given', 'Linh'],
    ['organization', 'Ministère'],
    ['unit', 'Bureau des études'],
    ['title', 'Cheffe de projet'],
    ['phone', '01 99 00 00 42'],
    ['mail', 'Linh@test.example'],
  ])
    expect(form).toMatch(new RegExp(`name="${field}"[^>]* value="${value}"`));
});

it('adds several people at once whom another page names', async () => {
  await start();
  await put('one', { mails: [{ value: 'ada@test.example', type: 'work' }] });
  const people = ['ada@test.example', 'LEO@test.example', 'zoe@test.example'].map((mail) => ({
    name: '',
    mail,
  }));
  const where = await test.first('contact:addition', { people, user: test.user.id });
  const mails = people.map(({ mail }) => mail).join(',');
  expect(where).toEqual({ href: `/contacts/add?mails=${encodeURIComponent(mails)}`, known: 1 });
  test.on('contact:facts', () => [
    {
      mail: 'leo@test.example',
      name: '',
      given: 'Léo',
      family: 'Zénith',
      organization: '',
      unit: 'Bureau',
      title: 'Chef',
      phones: [],
    },
  ]);

  const page = await html('/add', { mails: `${mails},nonsense,leo@test.example` });
  expect(page.match(/name="mail" value="[^"]*" checked/g)).toEqual([
    'name="mail" value="leo@test.example" checked',
    'name="mail" value="zoe@test.example" checked',
  ]);
  expect(page).toContain('leo@test.example · Chef – Bureau');

  const lists = { mail: ['ada@test.example', 'leo@test.example', 'zoe@test.example'] };
  const body = { mails, book: FIRST_BOOK };
  expect(await post('/add', body, { lists })).toMatchObject({
    redirect: expect.stringContaining('done=added&count=2'),
  });
  expect(await post('/add', body, { lists })).toMatchObject({
    redirect: expect.stringContaining('failed=nothing'),
  });
  expect(await post('/add', body)).toMatchObject({
    redirect: expect.stringContaining('failed=none'),
  });
  const { cards } = await store.list(me, {});
  expect(cards.map(({ name }) => name).sort()).toEqual(['Léo Zénith', 'one', 'zoe@test.example']);
});

it('says to other plugins where somebody is added, or is already', async () => {
  await start();
  await put('one', { mails: [{ value: 'ada@test.example', type: 'work' }] });
  const where = (...people: { readonly name: string; readonly mail: string }[]) =>
    test.first('contact:addition', { people, user: test.user.id });

  expect(await where()).toEqual({ href: '/contacts/edit', known: 0 });
  expect(await where({ name: 'Ada', mail: 'ADA@test.example' })).toEqual({
    href: `/contacts?id=${await idOf('one')}`,
    known: 1,
  });
  expect(await where({ name: 'Léo Z', mail: 'leo@test.example' })).toEqual({
    href: '/contacts/edit?name=L%C3%A9o+Z&mail=leo%40test.example',
    known: 0,
  });
});

it('has a word for a card that has no name', async () => {
  await start();
  const text = 'BEGIN:VCARD\r\nVERSION:4.0\r\nUID:none\r\nNOTE:x\r\nEND:VCARD\r\n';
  await store.put(me, FIRST_BOOK, 'none.vcf', text);

  expect(await html('/')).toContain('<span class="contacts-name">Sans nom</span>');
  expect(await html('/', { id: await idOf('none') })).toMatch(/<h1[^>]*>Sans nom</);
});

it('has that word wherever such a card is led to', async () => {
  await start();
  const cardOf = (uid: string) =>
    `BEGIN:VCARD\r\nVERSION:4.0\r\nUID:${uid}\r\nNOTE:zzz\r\nEND:VCARD\r\n`;
  for (const uid of ['one', 'two']) await store.put(me, FIRST_BOOK, `${uid}.vcf`, cardOf(uid));
  await put('team', { kind: 'group', name: 'Équipe', members: ['urn:uuid:one'] });
  const link = />Sans nom<\/a>/;

  expect(await html('/merge', { ids: `${await idOf('one')} ${await idOf('two')}` })).toContain(
    '<p class="contacts-name">Sans nom</p>',
  );
  const group = await html('/', { id: await idOf('team') });
  expect(group).toMatch(link);
  expect(group).toContain('Sans nom');
  await post('/delete', { id: await idOf('two') });
  expect(await html('/trash')).toContain('<p class="contacts-name">Sans nom</p>');
  await put('three', { name: '\u202e' });
  expect(await html('/')).not.toMatch(/contacts-name">\s*</);
});

it('deletes for good from one’s own trash alone, and tells how much', async () => {
  await start();
  const other = aPerson(9_001);
  await store.books(other);
  await store.put(other, FIRST_BOOK, 'theirs.vcf', aCard('theirs', { name: 'Du voisin' }));
  await store.share(other, FIRST_BOOK, me.mail, 'write');
  const shared = (await store.books(me)).find(({ isOwn }) => !isOwn)?.id ?? '';
  await store.remove(me, shared, 'theirs.vcf');

  const page = await html('/trash');
  expect(page).toContain('Du voisin');
  expect(page).toContain(`dans la corbeille de ${other.mail}`);
  expect(page).not.toContain('action="/contacts/purge"');
  for (const uid of ['one', 'two']) {
    await put(uid);
    await store.remove(me, FIRST_BOOK, `${uid}.vcf`);
  }
  const both = await html('/trash');
  expect(both.match(/action="\/contacts\/purge"/g)).toHaveLength(3);
  expect(both).toContain('Les 2 contacts de votre corbeille seront perdus.');
  const { redirect } = (await post('/purge', { all: 'yes' })) as { redirect: string };

  const after = await html(
    '/trash',
    Object.fromEntries(new URLSearchParams(redirect.split('?')[1])),
  );
  expect(after).toContain('2 contacts sont supprimés définitivement.');
  expect(after).toContain('Du voisin');
  expect(await html('/trash', { done: 'purgedAll', count: '12345' })).toContain(
    '12\u202f345 contacts sont',
  );
});

it('shows markup of every field as text', async () => {
  await start();
  const evil = '"><script>alert(1)</script>';
  await put('one', {
    name: evil,
    nickname: evil,
    organization: evil,
    unit: evil,
    title: evil,
    role: evil,
    note: evil,
    mails: [{ value: evil, type: 'work' }],
    phones: [{ value: evil, type: 'work' }],
    urls: [{ value: 'javascript:alert(1)', type: 'work' }],
    impps: [{ value: evil, type: 'work' }],
    addresses: [
      {
        type: 'work',
        box: evil,
        extended: evil,
        street: evil,
        city: evil,
        region: evil,
        code: evil,
        country: evil,
      },
    ],
    categories: [evil],
    birthday: '',
    anniversary: '',
  });
  const id = await idOf('one');
  await store.createBook(me, { title: evil });

  for (const page of [
    await html('/', { id, q: evil }),
    await html('/', { id }),
    await html('/edit', { id }),
    await html('/edit', { name: evil, mail: evil }),
    await html('/books'),
    await html('/duplicates'),
  ]) {
    expect(page).not.toContain('<script');
    expect(page).not.toContain('href="javascript:');
  }
});

describe('the form', () => {
  const lists = {
    given: ['Ada'],
    family: ['Byron'],
    mail: ['ada@test.example', '', 'ada@home.example'],
    mailType: ['work', 'work', 'home'],
    phone: ['01 99 00 00 01'],
    phoneType: ['cell'],
    birthday: ['10/12/1815'],
    note: ['a\r\nb'],
    categories: ['Un, deux'],
    street: ['1 rue'],
    city: ['Valcendre'],
    code: ['99000'],
    country: [''],
    region: [''],
    box: [''],
    extended: [''],
    addressType: ['home'],
  };

  it('makes a contact with several lines of each', async () => {
    await start();

    const answer = await post('/edit', { book: FIRST_BOOK, save: 'yes' }, { lists });

    expect(answer).toMatchObject({ redirect: expect.stringContaining('done=saved') });
    const { cards } = await store.list(me, {});
    const card = readCard((await store.cardById(me, cards[0]?.id ?? ''))?.text ?? '');
    expect(card).toMatchObject({
      name: 'Ada Byron',
      birthday: '1815-12-10',
      note: 'a\nb',
      categories: ['Un', 'deux'],
      mails: [
        { value: 'ada@test.example', type: 'work' },
        { value: 'ada@home.example', type: 'home' },
      ],
      phones: [{ value: '01 99 00 00 01', type: 'cell' }],
      addresses: [{ type: 'home', street: '1 rue', city: 'Valcendre' }],
    });
  });

  it('makes one contact of two clicks, and another where something else is typed', async () => {
    await start();
    const { once } = modelOf(await test.route('get', '/edit')) as { once: string };
    const send = (family: string) =>
      post(
        '/edit',
        { book: FIRST_BOOK, once, save: 'yes' },
        { lists: { ...lists, family: [family] } },
      );

    const [first, second] = await Promise.all([send('Byron'), send('Byron')]);

    expect(first).toMatchObject({ redirect: expect.stringContaining('done=saved') });
    expect(second).toEqual(first);
    expect((await store.list(me, {})).total).toBe(1);
    expect(await html('/edit')).toMatch(/name="once" value="[0-9a-f-]{36}"/);
    // The form came back from the history, and somebody else was typed into it.
    await send('Lovelace');
    expect((await store.list(me, {})).cards.map(({ name }) => name)).toEqual([
      'Ada Byron',
      'Ada Lovelace',
    ]);
  });

  it('makes one group of two clicks', async () => {
    await start();
    const { once } = modelOf(await test.route('get', '/edit')) as { once: string };
    const body = { book: FIRST_BOOK, kind: 'group', once };

    for (let click = 0; click < 2; click += 1)
      await post('/edit', body, { lists: { name: ['Équipe'] } });

    expect((await store.list(me, { kind: 'group' })).total).toBe(1);
  });

  it('gives one more line, and keeps what is typed', async () => {
    await start();

    const answer = await post('/edit', { book: FIRST_BOOK, add: 'mail' }, { lists });

    expect(answer).toMatchObject({
      view: 'edit',
      model: { form: { given: 'Ada', mails: { length: 4 } } },
    });
    expect((await store.list(me, {})).total).toBe(0);
  });

  it.each([
    ['given', 'a'.repeat(101), '100 caractères'],
    ['birthday', '31/02/2000', 'jour/mois/année'],
    ['mail', 'nobody', 'nom@domaine'],
  ])('says what is wrong with %s, and saves nothing', async (field, value, said) => {
    await start();

    const answer = await post(
      '/edit',
      { book: FIRST_BOOK },
      { lists: { ...lists, [field]: [value] } },
    );

    expect(answer).toMatchObject({ status: 422 });
    expect(JSON.stringify(modelOf(answer)['errors'])).toContain(said);
    expect((await store.list(me, {})).total).toBe(0);
  });

  it('keeps what it does not show', async () => {
    await start();
    const text = aCard('one', { name: 'Ada Byron', given: 'Ada', family: 'Byron' }).replace(
      'END:',
      'X-UNKNOWN;A=1:a\\,b\r\nEND:',
    );
    await store.put(me, FIRST_BOOK, 'one.vcf', text);

    await post('/edit', { id: await idOf('one'), etag: await etagOf('one') }, { lists });

    const saved = (await store.card(me, FIRST_BOOK, 'one.vcf'))?.text ?? '';
    expect(saved).toContain('X-UNKNOWN;A=1:a\\,b\r\n');
    expect(saved).toContain('ada@home.example');
  });

  it('shows both versions to the second of two windows, then saves what it is told', async () => {
    await start();
    await put('one', { given: 'Ada', family: 'Byron', name: 'Ada Byron' });
    const [id, etag] = [await idOf('one'), await etagOf('one')];
    await post('/edit', { id, etag }, { lists: { ...lists, note: ['first window'] } });

    const answer = await post(
      '/edit',
      { id, etag },
      { lists: { ...lists, note: ['second window'] } },
    );

    expect(answer).toMatchObject({
      status: 409,
      model: {
        etag: await etagOf('one'),
        form: { note: 'second window' },
        differences: [{ mine: 'second window', theirs: 'first window' }],
      },
    });
    expect((await contact('one')).note).toBe('first window');
    await post(
      '/edit',
      { id, etag: await etagOf('one') },
      { lists: { ...lists, note: ['second window'] } },
    );
    expect((await contact('one')).note).toBe('second window');
  });

  it('loses nothing when the contact was deleted meanwhile', async () => {
    await start();
    await put('one');
    const [id, etag] = [await idOf('one'), await etagOf('one')];
    await post('/delete', { id });

    const answer = await post('/edit', { id, etag, book: FIRST_BOOK }, { lists });

    expect(answer).toMatchObject({ status: 409, model: { id: '', form: { given: 'Ada' } } });
  });

  it('says that the book is full', async () => {
    await start({ maxCards: 1 });
    await put('one');

    const answer = await post('/edit', { book: FIRST_BOOK }, { lists });

    expect(answer).toMatchObject({ status: 422, model: { problem: 'contacts:failed.full' } });
  });
});

it('deletes to the trash, and brings back', async () => {
  await start();
  await put('one', { name: 'Un' });
  const id = await idOf('one');

  const gone = await post('/delete', { id });
  expect(gone).toMatchObject({ redirect: expect.stringContaining(`restore=${id}`) });
  expect(await html('/', { done: 'deleted', restore: id })).toContain('Annuler');
  expect(await html('/trash')).toContain('Un');
  await post('/restore', { id });
  expect(await html('/')).toContain('Un');
  await post('/delete', { id });
  expect(await post('/purge', {})).toEqual({ status: 404 });
  await post('/purge', { all: 'yes' });

  expect(await html('/trash')).toContain('La corbeille est vide');
});

it('marks favourites, moves and copies', async () => {
  await start();
  await put('one', { name: 'Un' });
  await store.createBook(me, { title: 'Projet', id: 'p' });
  const id = await idOf('one');

  await post('/favourite', { id, on: 'yes' });
  expect(await html('/', { view: 'favourites' })).toContain('Un');
  await post('/move', { id, to: 'p', how: 'copy' });
  expect((await store.list(me, {})).total).toBe(2);
  await post('/move', { id, to: 'p', how: 'move' });

  expect((await store.list(me, { book: 'p' })).total).toBe(2);
});

describe('groups', () => {
  it('hold contacts and addresses, and are written to at once', async () => {
    await start();
    await put('one', { name: 'Ada Byron', mails: [{ value: 'ada@test.example', type: 'work' }] });
    await put('team', { name: 'Équipe', kind: 'group' });
    const group = await idOf('team');

    expect(await post('/member', { group, who: 'ada@test.example' })).toMatchObject({
      redirect: expect.stringContaining('done=member'),
    });
    await post('/member', { group, who: 'other@ailleurs.example' });
    expect((await contact('team')).members).toEqual([
      'urn:uuid:one',
      'mailto:other@ailleurs.example',
    ]);
    const card = await html('/', { id: group });
    expect(card).toContain('2 membres');
    expect(card).toContain('/compose?to=ada%40test.example%2C+other%40ailleurs.example');
    expect(await html('/', { id: await idOf('one') })).toContain('Retirer du groupe Équipe');
    await post('/member', { group, contact: await idOf('one'), out: 'yes' });
    expect((await contact('team')).members).toEqual(['mailto:other@ailleurs.example']);
    expect(await post('/member', { group, who: 'nobody at all' })).toMatchObject({
      redirect: expect.stringContaining('failed=member'),
    });
  });
});

describe('books', () => {
  it('are made, renamed, shared, and deleted with a tick', async () => {
    await start();
    const { once } = modelOf(await test.route('get', '/books')) as { once: string };
    // Two clicks are one.
    for (let click = 0; click < 2; click += 1)
      expect(await post('/books/create', { title: 'Projet', once })).toEqual({
        redirect: '/contacts/books?done=book',
      });
    expect(await store.books(me)).toHaveLength(2);
    const book = (await store.books(me))[1]?.id ?? '';

    await post('/books/rename', { book, title: 'Grand projet' });
    await post('/books/share', { book, mail: 'ami@test.example', rights: 'write' });
    const page = await html('/books');
    expect(page).toContain('Grand projet');
    expect(page).toContain('ami@test.example');
    await post('/books/delete', { book });
    expect(await store.books(me)).toHaveLength(2);
    await post('/books/delete', { book, sure: 'yes' });

    expect(await store.books(me)).toHaveLength(1);
  });
});

describe('duplicates', () => {
  const twins = async (): Promise<string> => {
    await put('one', {
      name: 'Ada Byron',
      given: 'Ada',
      family: 'Byron',
      note: 'un',
      mails: [{ value: 'ada@test.example', type: 'work' }],
    });
    await put('two', {
      name: 'BYRON Ada',
      note: 'deux',
      mails: [{ value: 'ada@home.example', type: 'home' }],
      phones: [{ value: '01 99 00 00 01', type: 'cell' }],
    });
    await put('three', { name: 'Somebody else' });
    return `${await idOf('one')} ${await idOf('two')}`;
  };
  const etags = async (): Promise<string> => `${await etagOf('one')} ${await etagOf('two')}`;

  it('are found, shown, joined without loss, and undone', async () => {
    await start();
    const ids = await twins();
    const before = [await etagOf('one'), await etagOf('two')];
    expect(await html('/duplicates')).toContain('1 personne est peut-être en double');
    expect(await html('/merge', { ids })).toContain('ada@home.example');

    const answer = await post('/merge', { ids, etags: await etags() });

    const merged = await contact('one');
    expect(merged.name).toBe('Ada Byron');
    expect(merged.mails.map(({ value }) => value)).toEqual([
      'ada@test.example',
      'ada@home.example',
    ]);
    expect(merged.phones).toHaveLength(1);
    expect(merged.note).toBe('un\n\ndeux');
    expect((await store.trash(me)).map(({ name }) => name)).toEqual(['BYRON Ada']);
    const undo = new URLSearchParams((answer as { redirect: string }).redirect.split('?')[1]).get(
      'undo',
    );
    await post('/undo', { id: undo ?? '' });
    expect([await etagOf('one'), await etagOf('two')]).toEqual(before);
    expect(await store.trash(me)).toEqual([]);
  });

  it('take their groups and their star along, and back', async () => {
    await start();
    const ids = await twins();
    await put('team', {
      kind: 'group',
      name: 'Équipe',
      members: ['urn:uuid:two', 'urn:uuid:three'],
    });
    await store.favour(me, await idOf('two'), true);
    const was = [await etagOf('team'), await idOf('two')];

    const answer = await post('/merge', { ids, etags: await etags() });

    expect((await contact('team')).members).toEqual(['urn:uuid:three', 'urn:uuid:one']);
    expect((await store.cardById(me, await idOf('one')))?.isFavourite).toBe(true);
    expect(await html('/', { id: await idOf('team') })).not.toContain('Contact supprimé');
    const { redirect } = answer as { redirect: string };
    await post('/undo', { id: new URLSearchParams(redirect.split('?')[1]).get('undo') ?? '' });
    expect([await etagOf('team'), await idOf('two')]).toEqual(was);
    expect((await store.cardById(me, await idOf('one')))?.isFavourite).toBe(false);
    expect((await store.cardById(me, await idOf('two')))?.isFavourite).toBe(true);
  });

  it('are not joined when one changed since it was shown', async () => {
    await start();
    const ids = await twins();
    const shown = await etags();
    await put('two', { name: 'Ada Byron', note: 'changed' });

    expect(await post('/merge', { ids, etags: shown })).toMatchObject({
      redirect: expect.stringContaining('failed=changed'),
    });
    expect((await contact('two')).note).toBe('changed');
  });
});

it('says which members of a group are gone, and lets them be taken out', async () => {
  await start();
  await put('team', { kind: 'group', name: 'Équipe', members: ['urn:uuid:nobody'] });

  const page = await html('/', { id: await idOf('team') });
  expect(page).toContain('Contact supprimé');
  expect(page).toContain('1 membre dont le contact est supprimé ne recevra rien');
  await post('/member', { group: await idOf('team'), remove: 'urn:uuid:nobody' });
  expect((await contact('team')).members).toEqual([]);
});

it('has large groups written to by their name, and lists no more than a page holds', async () => {
  await start();
  const members = Array.from({ length: 260 }, (_, at) => `mailto:m${at}@test.example`);
  await put('team', { kind: 'group', name: 'Équipe', members });

  const page = await html('/', { id: await idOf('team') });
  expect(page).toContain('260 membres');
  expect(page).toContain('et 60 autres membres');
  expect(page).toContain('tapez');
  expect(page).not.toContain('/compose?to=m0');
});

it('knows nothing of what belongs to somebody else', async () => {
  await start();
  const other = aPerson(9_001);
  await store.books(other);
  await store.put(other, FIRST_BOOK, 'x.vcf', aCard('x', { kind: 'group' }));
  const id = (await store.card(other, FIRST_BOOK, 'x.vcf'))?.id ?? '';

  for (const path of ['/', '/edit', `/photo/${id}`])
    expect(await test.route('get', path, { query: { id } })).toEqual({ status: 404 });
  expect(await test.route('get', '/merge', { query: { ids: `${id} ${id}` } })).toEqual({
    status: 404,
  });
  for (const path of ['/delete', '/restore', '/favourite', '/move', '/undo', '/purge'])
    expect(await post(path, { id, on: 'yes', to: FIRST_BOOK })).toEqual({ status: 404 });
  expect(await post('/member', { group: id, who: 'a@b.example' })).toEqual({ status: 404 });
  expect(await post('/photo', { id, remove: 'yes' })).toEqual({ status: 404 });
  for (const path of ['/books/rename', '/books/share'])
    expect(await post(path, { book: 'nowhere', title: 'x', mail: 'a@b.example' })).toEqual({
      status: 404,
    });
  expect(await post('/books/delete', { book: 'nowhere', sure: 'yes' })).toEqual({ status: 404 });
  expect(await post('/books/unshare', { book: 'nowhere', share: 'x' })).toEqual({ status: 404 });
});
