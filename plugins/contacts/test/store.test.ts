import type { PluginTest } from 'estafette/plugin/testing';
import { type ContactStore, FIRST_BOOK, type Person } from '../store';
import { aCard, aPerson, startContacts, storeOf } from './kit';

const DAY_MS = 86_400_000;

let test: PluginTest;
let store: ContactStore;
let me: Person;
const other = aPerson(9_001);
const start = async (config = {}): Promise<void> => {
  ({ test, store, me } = await startContacts({ config }));
  await store.books(me);
};
afterEach(() => test.stop());

const put = (uid: string, fields = {}, when = {}) =>
  store.put(me, FIRST_BOOK, `${uid}.vcf`, aCard(uid, fields), when);
const idOf = async (uid: string): Promise<string> =>
  (await store.card(me, FIRST_BOOK, `${uid}.vcf`))?.id ?? '';
const names = async (asked = {}): Promise<string[]> =>
  (await store.list(me, asked)).cards.map(({ name }) => name);

it('gives everybody a book, once', async () => {
  await start();

  const [first, second] = await Promise.all([store.books(other), store.books(other)]);

  expect(first).toEqual(second);
  expect(first).toMatchObject([
    { id: FIRST_BOOK, title: 'Mes contacts', rights: 'manage', isOwn: true, owner: '', count: 0 },
  ]);
});

it('keeps the bytes of a card, and a strong tag of them', async () => {
  await start();
  const text = aCard('one').replace('END:', 'X-OTHER;a=b:é;,\\n\r\nEND:');

  const put1 = await store.put(me, FIRST_BOOK, 'one.vcf', text);
  const card = await store.card(me, FIRST_BOOK, 'one.vcf');

  expect(put1).toMatchObject({ kind: 'created', etag: card?.etag });
  expect(card).toMatchObject({ text, uid: 'one', uri: 'one.vcf', book: FIRST_BOOK });
  expect(card?.etag).toMatch(/^"[\w-]{20,}"$/);
});

describe('conditions', () => {
  it('refuses what was written by somebody else since', async () => {
    await start();
    const first = await put('one');
    const etag = first.kind === 'created' ? first.etag : '';
    await put('one', { nickname: 'x' }, { ifMatch: etag });

    expect(await put('one', { nickname: 'y' }, { ifMatch: etag })).toEqual({ kind: 'conflict' });
    expect(await put('one', {}, { ifNoneMatch: true })).toEqual({ kind: 'conflict' });
    expect(await put('two', {}, { ifMatch: '*' })).toEqual({ kind: 'conflict' });
    expect(await put('one', {}, { ifMatch: '*' })).toMatchObject({ kind: 'updated' });
    expect(await store.remove(me, FIRST_BOOK, 'one.vcf', { ifMatch: '"no"' })).toBe('conflict');
  });

  it('lets one of two writers at once through', async () => {
    await start();
    const first = await put('one');
    const when = { ifMatch: first.kind === 'created' ? first.etag : '' };

    const both = await Promise.all([
      put('one', { nickname: 'x' }, when),
      put('one', { nickname: 'y' }, when),
    ]);

    expect(both.map(({ kind }) => kind).sort()).toEqual(['conflict', 'updated']);
  });

  it('names the card that has the uid already', async () => {
    await start();
    await put('one');

    expect(await store.put(me, FIRST_BOOK, 'new.vcf', aCard('one'))).toEqual({
      kind: 'uid-conflict',
      uri: 'one.vcf',
    });
  });
});

it.each([
  ['not-a-card', 'x.vcf', 'hello'],
  ['too-large', 'x.vcf', aCard('x', { note: 'a'.repeat(17_000) })],
  ['uri', 'a/b.vcf', aCard('x')],
  ['missing', 'x.vcf', aCard('x')],
])('refuses: %s', async (reason, uri, text) => {
  await start({ maxCardKilobytes: 16 });
  const book = reason === 'missing' ? 'nowhere' : FIRST_BOOK;

  expect(await store.put(me, book, uri, text)).toEqual({ kind: 'refused', reason });
});

it('holds no more cards and books than the site says', async () => {
  await start({ maxCards: 1, maxBooks: 2 });
  await put('one');

  expect(await put('two')).toEqual({ kind: 'refused', reason: 'full' });
  expect(await put('one', { nickname: 'x' })).toMatchObject({ kind: 'updated' });
  expect(await store.createBook(me, { title: 'B' })).toMatchObject({ kind: 'created' });
  expect(await store.createBook(me, { title: 'C' })).toEqual({ kind: 'refused', reason: 'full' });
});

describe('search', () => {
  beforeEach(async () => {
    await start();
    await put('a', { name: 'Éloïse Cœur', family: 'Cœur', given: 'Éloïse' });
    await put('b', {
      name: 'Bertrand 100%',
      phones: [{ value: '+33 1 99 00 00 42', type: 'work' }],
      mails: [{ value: 'Bert@Ailleurs.example', type: 'work' }],
    });
  });

  it.each([
    ['eloise', ['Éloïse Cœur']],
    ['COEUR él', ['Éloïse Cœur']],
    ['01 99 00', ['Bertrand 100%']],
    ['0033199', ['Bertrand 100%']],
    ['00 42', ['Bertrand 100%']],
    ['bert@ailleurs', ['Bertrand 100%']],
    ['%', ['Bertrand 100%']],
    ['_', []],
    ['*', []],
    ["' or 1=1 --", []],
    ['\0', []],
    ['', ['Bertrand 100%', 'Éloïse Cœur']],
  ])('%j', async (text, found) => {
    expect(await names({ text })).toEqual(found);
  });

  it('finds whole addresses', async () => {
    expect(await names({ mails: ['BERT@ailleurs.example'] })).toEqual(['Bertrand 100%']);
    expect(await names({ mails: ['bert@ailleurs'] })).toEqual([]);
    expect(await names({ mails: [] })).toEqual([]);
  });
});

it('pages by name, and says how many there are', async () => {
  await start();
  await store.putAll(
    me,
    FIRST_BOOK,
    Array.from({ length: 205 }, (_, at) => {
      const uid = `n${String(at).padStart(3, '0')}`;
      return { uri: `${uid}.vcf`, text: aCard(uid) };
    }),
  );

  const page = await store.list(me, { offset: 200 });

  expect(page.total).toBe(205);
  expect(page.cards.map(({ name }) => name)).toEqual(['n200', 'n201', 'n202', 'n203', 'n204']);
  expect((await store.list(me, { limit: 10 })).total).toBe(205);
  expect((await store.list(me, { limit: 10, isCounted: false })).total).toBe(10);
});

describe('cards of a file', () => {
  const some = (count: number, nickname = '') =>
    Array.from({ length: count }, (_, at) => ({
      uri: `${at}.vcf`,
      text: aCard(`u${at}`, { nickname }),
    }));

  it('are written with few statements, and are one change of the book', async () => {
    await start();
    let asked = 0;
    const counted: PluginTest['db'] = {
      table(name) {
        asked += 1;
        return test.db.table(name);
      },
      transaction: (run) =>
        test.db.transaction((table) =>
          run((name) => {
            asked += 1;
            return table(name);
          }),
        ),
    };
    const before = (await store.changesSince(me, FIRST_BOOK, 0))?.token ?? 0;

    const outcomes = await storeOf(test, counted).bringIn(me, FIRST_BOOK, some(200));

    expect(outcomes.filter(({ kind }) => kind === 'created')).toHaveLength(200);
    expect(asked).toBeLessThan(20);
    const changes = await store.changesSince(me, FIRST_BOOK, before);
    expect([changes?.token, changes?.changed.length]).toEqual([before + 1, 200]);
  });

  it('take the place of those of their uid, under the name that these have', async () => {
    await start();
    await store.put(me, FIRST_BOOK, 'of-a-phone.vcf', aCard('u0'));
    await store.put(me, FIRST_BOOK, '1.vcf', aCard('somebody-else'));

    const outcomes = await store.bringIn(me, FIRST_BOOK, [
      ...some(3, 'new'),
      ...some(1, 'last'),
      { uri: 'x.vcf', text: 'no card' },
    ]);

    expect(outcomes.map(({ kind }) => kind)).toEqual([
      'updated',
      'created',
      'created',
      'updated',
      'refused',
    ]);
    expect((await store.card(me, FIRST_BOOK, 'of-a-phone.vcf'))?.text).toContain('NICKNAME:last');
    expect((await store.card(me, FIRST_BOOK, '1.vcf'))?.uid).toBe('somebody-else');
    expect((await store.list(me, {})).total).toBe(4);
  });

  it('change nothing where they say what is there, and stop when the book is full', async () => {
    await start({ maxCards: 3 });
    await store.bringIn(me, FIRST_BOOK, some(2));
    const before = (await store.changesSince(me, FIRST_BOOK, 0))?.token ?? 0;

    const outcomes = await store.bringIn(me, FIRST_BOOK, some(2));
    expect(outcomes.map(({ kind }) => kind)).toEqual(['updated', 'updated']);
    expect((await store.changesSince(me, FIRST_BOOK, 0))?.token).toBe(before);
    expect((await store.bringIn(me, FIRST_BOOK, some(5))).slice(2)).toMatchObject([
      { kind: 'created' },
      { kind: 'refused', reason: 'full' },
      { kind: 'refused', reason: 'full' },
    ]);
  });

  it('go into no book of others', async () => {
    await start();
    await store.createBook(other, { title: 'x', id: 'x' });

    expect(await store.bringIn(me, 'x', some(1))).toEqual([{ kind: 'refused', reason: 'missing' }]);
  });
});

describe('changes', () => {
  it('tells what changed and what went since a token', async () => {
    await start();
    await put('one');
    await put('two');
    const before = (await store.changesSince(me, FIRST_BOOK, 0))?.token ?? 0;
    await put('two', { nickname: 'x' });
    await store.remove(me, FIRST_BOOK, 'one.vcf');

    const changes = await store.changesSince(me, FIRST_BOOK, before);

    expect(changes?.changed.map(({ uri }) => uri)).toEqual(['two.vcf']);
    expect(changes?.removed).toEqual(['one.vcf']);
    expect(changes?.token).toBeGreaterThan(before);
    expect(await store.changesSince(me, FIRST_BOOK, changes?.token ?? 0)).toEqual({
      token: changes?.token,
      changed: [],
      removed: [],
    });
  });

  it('does not know tokens that it never gave, or gave too long ago', async () => {
    await start();
    await put('one');
    const { token } = (await store.changesSince(me, FIRST_BOOK, 0)) ?? { token: 0 };
    await store.remove(me, FIRST_BOOK, 'one.vcf');

    expect(await store.changesSince(me, FIRST_BOOK, 999)).toBeUndefined();
    test.clock.advance(91 * DAY_MS);
    await test.runJob('cleaning');

    expect(await store.changesSince(me, FIRST_BOOK, token)).toBeUndefined();
    expect(await store.changesSince(me, FIRST_BOOK, 0)).toMatchObject({ changed: [], removed: [] });
  });

  it('tells of a card that went and came back as changed', async () => {
    await start();
    await put('one');
    const { token } = (await store.changesSince(me, FIRST_BOOK, 0)) ?? { token: 0 };
    await store.remove(me, FIRST_BOOK, 'one.vcf');
    await store.restore(me, await trashed());

    expect(await store.changesSince(me, FIRST_BOOK, token)).toMatchObject({
      changed: [{ uri: 'one.vcf' }],
      removed: [],
    });
  });
});

const trashed = async (): Promise<string> => (await store.trash(me))[0]?.id ?? '';

describe('trash', () => {
  it('gives back what was deleted, star included, until it is emptied', async () => {
    await start();
    await put('one', { name: 'Un' });
    const id = await idOf('one');
    await store.favour(me, id, true);
    expect(await store.remove(me, FIRST_BOOK, 'one.vcf')).toBe('removed');
    expect(await names()).toEqual([]);
    expect(await store.trash(me)).toMatchObject([{ name: 'Un', book: 'Mes contacts' }]);

    expect(await store.restore(me, id)).toEqual({ kind: 'restored', id });

    expect(await names({ isFavourite: true })).toEqual(['Un']);
    await store.remove(me, FIRST_BOOK, 'one.vcf');
    expect(await store.purge(me, id)).toBe(1);
    expect(await store.restore(me, id)).toEqual({ kind: 'missing' });
  });

  it('forgets after the days of the site', async () => {
    await start({ trashDays: 3 });
    await put('one');
    await store.remove(me, FIRST_BOOK, 'one.vcf');

    test.clock.advance(2 * DAY_MS);
    await test.runJob('cleaning');
    expect(await store.trash(me)).toHaveLength(1);
    test.clock.advance(2 * DAY_MS);
    await test.runJob('cleaning');

    expect(await store.trash(me)).toEqual([]);
  });

  it('holds the cards of a book that is deleted', async () => {
    await start();
    const made = await store.createBook(me, { title: 'Projet' });
    const book = made.kind === 'created' ? made.id : '';
    await store.put(me, book, 'one.vcf', aCard('one'));

    expect(await store.removeBook(me, book)).toMatchObject({ kind: 'removed' });

    expect(await store.trash(me)).toMatchObject([{ book: 'Projet' }]);
    expect(await store.restore(me, await trashed())).toMatchObject({ kind: 'restored' });
    expect((await store.card(me, FIRST_BOOK, 'one.vcf'))?.uid).toBe('one');
  });
});

describe('moving', () => {
  it('keeps the id and tells both books', async () => {
    await start();
    await store.createBook(me, { title: 'B', id: 'b' });
    await put('one');
    const id = await idOf('one');
    const { token } = (await store.changesSince(me, FIRST_BOOK, 0)) ?? { token: 0 };

    expect(await store.move(me, id, 'b')).toEqual({ kind: 'moved', id });

    expect(await store.cardById(me, id)).toMatchObject({ book: 'b', uid: 'one' });
    expect(await store.changesSince(me, FIRST_BOOK, token)).toMatchObject({ removed: ['one.vcf'] });
    expect(await store.changesSince(me, 'b', 0)).toMatchObject({ changed: [{ uri: 'one.vcf' }] });
  });

  it('changes nothing where the other book has the card', async () => {
    await start();
    await store.createBook(me, { title: 'B', id: 'b' });
    await put('one');
    await store.put(me, 'b', 'x.vcf', aCard('one'));

    expect(await store.move(me, await idOf('one'), 'b')).toEqual({ kind: 'uid-conflict' });
    expect(await store.card(me, FIRST_BOOK, 'one.vcf')).toBeDefined();
  });
});

describe('somebody else', () => {
  it('who takes a contact out of a shared book leaves it in the trash of its owner', async () => {
    await start();
    await put('one');
    await store.books(other);
    await store.share(me, FIRST_BOOK, other.mail, 'write');
    const own = (await store.books(other)).find(({ isOwn }) => isOwn)?.id ?? '';

    expect(await store.move(other, await idOf('one'), own)).toMatchObject({ kind: 'moved' });

    expect((await store.list(other, { book: own })).total).toBe(1);
    const [trashed] = await store.trash(me);
    expect(trashed?.name).toBeTruthy();
    expect(await store.restore(me, trashed?.id ?? '')).toMatchObject({ kind: 'restored' });
    expect((await store.list(me, {})).total).toBe(1);
  });

  it('reaches nothing', async () => {
    await start();
    await put('one');
    const id = await idOf('one');
    await store.books(other);

    expect(await store.cardById(other, id)).toBeUndefined();
    expect(await store.card(other, FIRST_BOOK, 'one.vcf')).toBeUndefined();
    expect((await store.list(other, {})).total).toBe(0);
    expect(await store.favour(other, id, true)).toBe(false);
    expect(await store.move(other, id, FIRST_BOOK)).toEqual({ kind: 'missing' });
    expect(await store.remove(other, FIRST_BOOK, 'one.vcf')).toBe('missing');
    await store.remove(me, FIRST_BOOK, 'one.vcf');
    expect(await store.trash(other)).toEqual([]);
    expect(await store.restore(other, id)).toEqual({ kind: 'missing' });
    expect(await store.purge(other, id)).toBe(0);
    const elsewhere = { ...me, site: 'second' as Person['site'] };
    expect(await store.trash(elsewhere)).toEqual([]);
  });

  it('reaches a book that is shared, by its rights, and no longer', async () => {
    await start();
    await put('one');
    expect(await store.share(me, FIRST_BOOK, other.mail.toUpperCase(), 'read')).toBe('shared');
    const shared = async () => (await store.books(other)).find(({ isOwn }) => !isOwn);
    const book = (await shared())?.id ?? '';

    expect(await shared()).toMatchObject({ rights: 'read', owner: me.mail, count: 1 });
    const write = () => store.put(other, book, 'two.vcf', aCard('two'));
    expect(await write()).toEqual({ kind: 'refused', reason: 'rights' });
    expect(await store.remove(other, book, 'one.vcf')).toBe('rights');
    expect(await store.shares(other, book)).toBeUndefined();
    await store.share(me, FIRST_BOOK, other.mail, 'write');
    expect(await write()).toMatchObject({ kind: 'created' });
    expect(await store.renameBook(other, book, 'x')).toBe('rights');
    expect(await store.share(other, book, 'x@test.example', 'read')).toBe('missing');
    const [share] = (await store.shares(me, FIRST_BOOK)) ?? [];
    expect(await store.unshare(me, FIRST_BOOK, share?.id ?? '')).toBe(true);
    expect(await shared()).toBeUndefined();
    expect(await store.card(other, book, 'one.vcf')).toBeUndefined();
  });

  it('leaves a shared book without deleting it', async () => {
    await start();
    await put('one');
    await store.share(me, FIRST_BOOK, other.mail, 'manage');
    const book = (await store.books(other)).find(({ isOwn }) => !isOwn)?.id ?? '';

    expect(await store.removeBook(other, book)).toEqual({ kind: 'left' });
    expect(await names()).toEqual(['one']);
  });

  it('is shared with by an address, not with oneself', async () => {
    await start();

    expect(await store.share(me, FIRST_BOOK, me.mail, 'read')).toBe('self');
    expect(await store.share(me, FIRST_BOOK, 'nobody', 'read')).toBe('mail');
  });
});

it('takes titles that turn nothing around and that somebody sees', async () => {
  await start();
  const titled = (title: string) => store.createBook(me, { title, id: 'b' });
  for (const nothing of ['', ' \t', '\u202e', '\u200b\u2060', '\u3164', '\u2800 \u00ad'])
    expect(await titled(nothing)).toEqual({ kind: 'refused', reason: 'title' });

  await titled('a\u202egnp.exe\n\u0007 b');
  const shown = async () => (await store.books(me)).find(({ id }) => id === 'b')?.title;
  expect(await shown()).toBe('agnp.exe b');
  expect(await store.renameBook(me, 'b', '\u2067')).toBe('title');
  await store.renameBook(me, 'b', `${'é'.repeat(199)}😀b`);
  expect(await shown()).toBe(`${'é'.repeat(199)}😀`);
});

it('gives a person what is kept of them, and forgets it', async () => {
  await start();
  await put('one');
  await put('two');
  await store.remove(me, FIRST_BOOK, 'two.vcf');
  await store.share(me, FIRST_BOOK, other.mail, 'read');
  const user = { id: test.user.id, site: test.site, mail: test.user.mail } as never;

  const records = await test.collect('user:records', { user });
  expect(records.map(({ file }) => file)).toEqual(['books.json', 'contacts.vcf']);
  expect(String(records[1]?.content).match(/BEGIN:VCARD/g)).toHaveLength(2);
  await test.action('user:erased', { user });

  for (const name of ['books', 'cards', 'trash', 'shares', 'removed'])
    expect(await test.db.table(`contacts_${name}`).select()).toEqual([]);
});
