import type { PluginTest, TestHttpAnswer, TestHttpOptions } from 'estafette/plugin/testing';
import { syncBook } from '../remote/sync';
import { ACCOUNTS, REMOTE_CARDS } from '../remote/tables';
import { Faulty } from '../remote/types';
import type { ContactStore, Person } from '../store';
import { CARDS, REMOTE_BOOKS, TRASH } from '../store/tables';
import { aCard, cardsOf, startContacts } from './kit';

const BASE = 'https://dav.example';
const BOOK = `${BASE}/dav/ada/friends/`;
const AUTH = `Basic ${Buffer.from('ada:très secret').toString('base64')}`;

/** A server of address books, as far as it is asked; a test may answer in its place. */
class FakeServer {
  readonly cards = new Map<string, { text: string; etag: string }>();
  readonly asked: string[] = [];
  instead: ((url: URL, options: TestHttpOptions) => TestHttpAnswer | undefined) | undefined;

  put(name: string, text: string): void {
    this.cards.set(`/dav/ada/friends/${name}`, {
      text,
      etag: `"${text.length}-${this.version++}"`,
    });
  }
  private version = 0;

  /** What changed since a token (RFC 6578), where it keeps that. */
  changes: ((since: string) => TestHttpAnswer) | undefined;
  token = '';

  /** What happens before it answers. */
  meanwhile: ((body: string) => Promise<void>) | undefined;

  readonly answer = async (url: string, options: TestHttpOptions): Promise<TestHttpAnswer> => {
    const at = new URL(url);
    this.asked.push(`${options.method} ${at.pathname}`);
    await this.meanwhile?.(String(options.body));
    const other = this.instead?.(at, options);
    if (other) return other;
    if (options.headers?.['authorization'] !== AUTH) return plain(401);
    const since = /<sync-token>(.*)<\/sync-token>/.exec(String(options.body))?.[1];
    if (since !== undefined) return this.changes?.(since) ?? plain(400);
    const props = this.propsOf(at.pathname, String(options.body));
    return props === undefined ? plain(404) : multistatus(props);
  };

  /** An answer that leaves one card out. */
  without(href: string, body: string): TestHttpAnswer {
    return multistatus(this.propsOf(FRIENDS, body.replace(`<href>${href}</href>`, '')) ?? '');
  }

  private propsOf(path: string, body: string): string | undefined {
    if (path === '/.well-known/carddav')
      return row(
        path,
        '<d:current-user-principal><d:href>/p/ada/</d:href></d:current-user-principal>',
      );
    if (path === '/p/ada/')
      return row(
        path,
        '<c:addressbook-home-set><d:href>/dav/ada/</d:href></c:addressbook-home-set>',
      );
    const type = '<d:resourcetype><d:collection/><c:addressbook/></d:resourcetype>';
    if (path === '/dav/ada/')
      return (
        row(path, '<d:resourcetype><d:collection/></d:resourcetype>') +
        row('/dav/ada/friends/', `${type}<d:displayname>Amis &#x202e;&amp; co</d:displayname>`)
      );
    if (path !== '/dav/ada/friends/') return undefined;
    const wanted = [...this.cards].filter(
      ([href]) => !body.includes('multiget') || body.includes(`<href>${href}</href>`),
    );
    const isWhole = body.includes('address-data');
    return (
      row(path, `${type}<d:sync-token>${this.token}</d:sync-token>`) +
      wanted
        .map(([href, { text, etag }]) =>
          row(
            href,
            `<d:getetag>${etag}</d:getetag>${isWhole ? `<c:address-data>${escaped(text)}</c:address-data>` : ''}`,
          ),
        )
        .join('')
    );
  }
}

const COLLECTION = '<d:resourcetype><d:collection/></d:resourcetype>';
const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
const row = (href: string, props: string): string =>
  `<d:response><d:href>${href}</d:href><d:propstat><d:prop>${props}</d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>`;
const answerOf = (status: number, body: string): TestHttpAnswer => ({
  status,
  contentType: 'application/xml',
  body: Buffer.from(body),
});
const plain = (status: number): TestHttpAnswer => answerOf(status, 'no');
const multistatus = (rows: string): TestHttpAnswer =>
  answerOf(
    207,
    `<?xml version="1.0"?><d:multistatus xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:carddav">${rows}</d:multistatus>`,
  );

let server: FakeServer;
let test: PluginTest;
let store: ContactStore;
let me: Person;
beforeEach(async () => {
  server = new FakeServer();
  ({ test, store, me } = await startContacts({ http: server.answer, origins: [BASE] }));
  await store.books(me);
});
afterEach(() => test.stop());

const find = (fields = {}) =>
  test.route('post', '/accounts', {
    body: { url: 'dav.example', login: 'ada', password: 'très secret', ...fields },
  });
async function added(): Promise<{ readonly id: string; readonly book: string }> {
  const answer = await find();
  const id = new URL((answer as { redirect: string }).redirect, BASE).searchParams.get('id') ?? '';
  await test.route('post', '/accounts/books', {
    body: { id, title: 'Chez Ada' },
    lists: { href: [BOOK] },
  });
  const book = (await store.books(me)).find(({ kind }) => kind === 'remote');
  return { id, book: book?.id ?? '' };
}
const refresh = (id: string) => test.route('post', '/accounts/refresh', { body: { id } });
const names = async (book: string): Promise<readonly string[]> =>
  (await store.list(me, { book })).cards.map(({ name }) => name);
const failed = (word: string) => ({ redirect: `/contacts/accounts?failed=${word}` });
const done = { redirect: '/contacts/accounts?done=refreshed' };

it('copies the books that are chosen, to be read, and follows what changes there', async () => {
  const kept =
    'BEGIN:VCARD\r\nVERSION:4.0\r\nUID:x\r\nFN:Ada & <Byron>\r\nX-OWN;A=b:1\r\nEND:VCARD\r\n';
  server.put('x.vcf', kept);
  server.put('y.vcf', aCard('y', { name: 'Zoé' }));
  const { id, book } = await added();

  expect(await store.books(me)).toMatchObject([
    { kind: 'personal', rights: 'manage' },
    { kind: 'remote', rights: 'read', isOwn: true, title: 'Amis & co', count: 2 },
  ]);
  expect((await store.card(me, book, 'x.vcf'))?.text).toBe(kept);
  server.asked.length = 0;
  expect(await refresh(id)).toEqual(done);
  // Nothing changed: no card is read again.
  expect(server.asked).toEqual(['PROPFIND /dav/ada/friends/']);

  server.put('y.vcf', aCard('y', { name: 'Zoé Alizé' }));
  server.put('z.vcf', aCard('z', { name: 'Camille' }));
  server.cards.delete('/dav/ada/friends/x.vcf');
  expect(await refresh(id)).toEqual(done);
  expect(await names(book)).toEqual(['Camille', 'Zoé Alizé']);
  expect(await test.db.table(TRASH)).toEqual([]);
});

it('keeps what is there as it is: a copy is not written, renamed, shared or deleted', async () => {
  server.put('y.vcf', aCard('y'));
  const { book } = await added();

  expect(await store.put(me, book, 'n.vcf', aCard('n'))).toEqual({
    kind: 'refused',
    reason: 'rights',
  });
  expect(await store.remove(me, book, 'y.vcf')).toBe('rights');
  expect(await store.removeBook(me, book)).toEqual({ kind: 'missing' });
  for (const [path, body] of [
    ['rename', { title: 'x' }],
    ['share', { mail: 'a@test.example', rights: 'read' }],
    ['delete', { sure: 'yes' }],
  ] as const) {
    const answer = await test.route('post', `/books/${path}`, { body: { book, ...body } });
    expect(answer).toMatchObject({ status: expect.any(Number) });
  }
  expect(await names(book)).toEqual(['y']);
});

it('shows the last copy while the server is away, and says so', async () => {
  server.put('y.vcf', aCard('y', { name: 'Zoé' }));
  const { id, book } = await added();
  server.instead = () => plain(503);

  expect(await refresh(id)).toEqual(failed('unreachable'));
  const page = await test.renderRoute('/', { query: { book } });
  expect(page).toContain('Zoé');
  expect(page).toMatch(/ne répond pas.*Voici la copie du/s);
  server.instead = undefined;
  expect(await refresh(id)).toEqual(done);
  expect(await test.renderRoute('/', { query: { book } })).not.toContain('ne répond pas');
});

it('seals the password, gives it to that server alone, and sends a refused one no more', async () => {
  const { id } = await added();
  expect(JSON.stringify(await test.db.table(ACCOUNTS))).not.toContain('très');
  server.instead = () => plain(401);
  expect(await refresh(id)).toEqual(failed('password'));
  server.asked.length = 0;
  test.clock.advance(3 * 3_600_000);
  await test.runJob('accounts');
  expect(server.asked).toEqual([]);
  server.instead = undefined;
  expect(
    await test.route('post', '/accounts/password', { body: { id, password: 'très secret' } }),
  ).toEqual({ redirect: '/contacts/accounts?done=password' });
});

it('reads by itself what was not read for an hour', async () => {
  const { book } = await added();
  server.put('y.vcf', aCard('y', { name: 'Zoé' }));
  await test.runJob('accounts');
  expect(await names(book)).toEqual([]);
  test.clock.advance(3_600_001);
  await test.runJob('accounts');
  expect(await names(book)).toEqual(['Zoé']);
});

it.each([
  ['a wrong password', 'password', () => plain(401)],
  ['what the login may not read', 'refused', () => plain(403)],
  ['no CardDAV', 'not-carddav', () => plain(404)],
  ['a server that was asked too often', 'unreachable', () => plain(429)],
  ['a server that fails', 'unreachable', () => plain(500)],
  ['no XML', 'nonsense', () => answerOf(207, '<html><body>')],
  [
    'a document type',
    'nonsense',
    () => answerOf(207, '<!DOCTYPE a [<!ENTITY b "c">]><d:multistatus xmlns:d="DAV:"/>'),
  ],
  [
    'books of another server',
    'address',
    () =>
      multistatus(
        row(
          '/',
          '<c:addressbook-home-set><d:href>https://inside.example/</d:href></c:addressbook-home-set>',
        ),
      ),
  ],
])('tells %s', async (_name, fault, answer) => {
  server.instead = answer;
  expect(await find()).toMatchObject({
    status: 422,
    model: { problem: `contacts:accounts.failed.${fault}` },
  });
  expect(await test.db.table(ACCOUNTS)).toEqual([]);
});

it('asks no server that the operator did not name', async () => {
  for (const url of [
    'https://other.example/',
    'http://127.0.0.1:1/',
    'ftp://dav.example/',
    'http://[',
  ])
    expect(await find({ url })).toMatchObject({
      model: { problem: 'contacts:accounts.failed.address' },
    });
  expect(server.asked).toEqual([]);
});

it('takes nothing that was not asked for, and goes on after what cannot be a card', async () => {
  server.put('bad.vcf', 'BEGIN:VCARD');
  server.put('y.vcf', aCard('y', { name: 'Zoé' }));
  server.instead = ({ pathname }, { body }) =>
    pathname === '/dav/ada/friends/' && !String(body).includes('multiget')
      ? multistatus(
          row('/dav/ada/friends/', COLLECTION) +
            row('/dav/ada/friends/y.vcf', '<d:getetag>"1"</d:getetag>') +
            row('/dav/ada/friends/bad.vcf', '<d:getetag>"1"</d:getetag>') +
            row('/dav/eve/y.vcf', '<d:getetag>"1"</d:getetag>'),
        )
      : undefined;
  const { book } = await added();
  expect(await names(book)).toEqual(['Zoé']);
  expect(server.asked.some((one) => one.includes('eve'))).toBe(false);
});

it('says that there is too much', async () => {
  await test.stop();
  ({ test, store, me } = await startContacts({
    http: server.answer,
    origins: [BASE],
    config: { maxCards: 2 },
  }));
  for (const name of ['a', 'b', 'c']) server.put(`${name}.vcf`, aCard(name));
  const { id, book } = await added();
  expect(await refresh(id)).toEqual(failed('too-much'));
  expect(await names(book)).toEqual([]);
});

it('forgets an account whole, gives it to its owner without the password, and what nobody chose', async () => {
  server.put('y.vcf', aCard('y'));
  const { id } = await added();
  const user = { id: test.user.id, site: test.site, mail: me.mail } as never;
  const records = await test.collect('user:records', { user });
  expect(JSON.stringify(records)).toContain('"login":"ada"');
  expect(JSON.stringify(records)).not.toContain('secret');
  await test.route('post', '/accounts/remove', { body: { id, sure: 'yes' } });
  for (const name of [ACCOUNTS, REMOTE_CARDS, CARDS, TRASH])
    expect(await test.db.table(name)).toEqual([]);

  await find();
  test.clock.advance(3_600_000);
  await test.runJob('accounts');
  expect(await test.db.table(ACCOUNTS)).toEqual([]);
});

it.each([
  ['names nothing', 'failed=nonsense', ''],
  ['tells no entity tags', 'done=refreshed', row(`${BOOK}`, COLLECTION) + row(`${BOOK}y.vcf`, '')],
])('keeps the copy when the server %s', async (_name, outcome, rows) => {
  server.put('y.vcf', aCard('y', { name: 'Zoé' }));
  const { id, book } = await added();
  server.instead = () => multistatus(rows);
  expect(await refresh(id)).toEqual({ redirect: `/contacts/accounts?${outcome}` });
  expect(await names(book)).toEqual(['Zoé']);
});

it('copies a card whose twin was copied first, once that one has gone', async () => {
  server.put('a.vcf', aCard('same', { name: 'Un' }));
  server.put('b.vcf', aCard('same', { name: 'Deux' }));
  const { id, book } = await added();
  expect(await names(book)).toEqual(['Un']);
  server.cards.delete('/dav/ada/friends/a.vcf');
  await refresh(id);
  expect(await names(book)).toEqual(['Deux']);
});

it('keeps nothing of an account that is removed while its server answers', async () => {
  const { id } = await added();
  server.put('y.vcf', aCard('y'));
  server.meanwhile = async (body) => {
    if (body.includes('multiget'))
      await test.route('post', '/accounts/remove', { body: { id, sure: 'yes' } });
  };
  await refresh(id);
  for (const name of [ACCOUNTS, REMOTE_CARDS, CARDS]) expect(await test.db.table(name)).toEqual([]);
});

it('asks for half as many no longer than it may', async () => {
  for (let at = 0; at < 8; at += 1) server.put(`${at}.vcf`, aCard(String(at)));
  const asked: number[] = [];
  const client = {
    etags: async () => ({
      cards: [...server.cards].map(([href, { etag }]) => ({ href: BASE + href, etag })),
      token: '',
    }),
    cards: async (_book: string, hrefs: readonly string[]) => {
      asked.push(hrefs.length);
      throw new Faulty('too-much');
    },
  };
  const { id } = await added();
  await test.db.table(REMOTE_CARDS).delete();
  const book = await test.db.table(REMOTE_BOOKS).where({ account_id: id }).first();
  const synced = await syncBook({ ...test, config: () => test.config() } as never, me, {
    book,
    client: client as never,
    isOver: () => asked.length >= 2,
    told: { saved: [], deleted: [] },
  });
  expect(synced.isCut).toBe(true);
  expect(asked).toEqual([8, 4]);
});

const FRIENDS = '/dav/ada/friends/';
const gone = (href: string): string =>
  `<d:response><d:href>${href}</d:href><d:status>HTTP/1.1 404 Not Found</d:status></d:response>`;
const tag = (name: string): string =>
  row(FRIENDS + name, `<d:getetag>${server.cards.get(FRIENDS + name)?.etag ?? '"0"'}</d:getetag>`);
const changed = (token: string, rows: string): TestHttpAnswer =>
  multistatus(`${rows}<d:sync-token>${token}</d:sync-token>`);

describe('a server that tells what changed', () => {
  let book: string;
  let id: string;
  beforeEach(async () => {
    for (const name of ['x', 'y', 'z']) server.put(`${name}.vcf`, aCard(name));
    server.token = 'urn:t:1';
    ({ id, book } = await added());
    server.asked.length = 0;
  });

  it('is asked for that alone, part after part', async () => {
    server.put('y.vcf', aCard('y', { name: 'Zoé' }));
    server.put('n.vcf', aCard('n'));
    server.cards.delete(`${FRIENDS}x.vcf`);
    const parts: Readonly<Record<string, TestHttpAnswer>> = {
      'urn:t:1': changed(
        'urn:t:2',
        tag('y.vcf') +
          `<d:response><d:href>${FRIENDS}</d:href><d:status>HTTP/1.1 507 No</d:status></d:response>`,
      ),
      'urn:t:2': changed('urn:t:3', tag('n.vcf') + gone(`${FRIENDS}x.vcf`)),
      'urn:t:3': changed('urn:t:3', ''),
    };
    server.changes = (since) => parts[since] ?? plain(403);

    expect(await refresh(id)).toEqual(done);
    expect(await refresh(id)).toEqual(done);

    expect(await names(book)).toEqual(['n', 'z', 'Zoé']);
    // Two parts, the cards of both, and nothing more since.
    expect(server.asked).toEqual(Array(4).fill(`REPORT ${FRIENDS}`));
  });

  it.each([
    ['knows the token no more', () => plain(403)],
    ['cannot do it', () => plain(501)],
    ['gives no token', () => multistatus('')],
    ['goes in circles', () => changed('urn:t:1', gone(FRIENDS).replace('404', '507'))],
  ])('is listed when it %s', async (_name, answer) => {
    server.cards.delete(`${FRIENDS}x.vcf`);
    server.put('y.vcf', aCard('y', { name: 'Zoé' }));
    server.token = 'urn:t:9';
    server.changes = answer;

    expect(await refresh(id)).toEqual(done);
    server.changes = (since) => (since === 'urn:t:9' ? changed(since, '') : plain(403));
    server.asked.length = 0;
    expect(await refresh(id)).toEqual(done);

    expect(await names(book)).toEqual(['z', 'Zoé']);
    expect(server.asked).toEqual([`REPORT ${FRIENDS}`]);
  });

  it('is asked again from where its cards were read last', async () => {
    server.put('y.vcf', aCard('y', { name: 'Zoé' }));
    server.changes = (since) =>
      since === 'urn:t:1' ? changed('urn:t:2', tag('y.vcf')) : changed(since, '');
    server.instead = (_url, { body }) =>
      String(body).includes('multiget') ? plain(503) : undefined;
    expect(await refresh(id)).toEqual(failed('unreachable'));

    server.instead = undefined;
    expect(await refresh(id)).toEqual(done);
    expect(await names(book)).toEqual(['x', 'z', 'Zoé']);
  });
});

it('keeps two cards that have the same name in two folders', async () => {
  server.put('one/same.vcf', aCard('one'));
  server.put('two/same.vcf', aCard('two'));
  const { id, book } = await added();
  expect(await names(book)).toEqual(['one', 'two']);
  server.cards.delete(`${FRIENDS}one/same.vcf`);
  await refresh(id);
  expect(await names(book)).toEqual(['two']);
});

it('names what it could not copy, and forgets it once it can', async () => {
  await test.stop();
  ({ test, store, me } = await startContacts({
    http: server.answer,
    origins: [BASE],
    config: { maxCardKilobytes: 16 },
  }));
  server.put('large.vcf', aCard('large', { note: 'x'.repeat(17_000) }));
  server.put('a.vcf', aCard('same', { name: 'Un' }));
  server.put('b.vcf', aCard('same', { name: 'Deux' }));
  server.put('hidden.vcf', aCard('hidden'));
  server.instead = (_url, { body }) => {
    const isOfHidden =
      String(body).includes('multiget') && server.cards.has(`${FRIENDS}hidden.vcf`);
    return isOfHidden ? server.without(`${FRIENDS}hidden.vcf`, String(body)) : undefined;
  };
  const { id } = await added();

  const page = await test.renderRoute('/accounts', {});
  expect(page).toMatch(
    /b\.vcf.*Même identifiant.*hidden\.vcf.*pas donné.*large\.vcf.*Trop volumineux/s,
  );
  expect(page).toContain('3 contacts n’ont pas pu être copiés');

  server.instead = undefined;
  server.cards.delete(`${FRIENDS}a.vcf`);
  server.put('large.vcf', aCard('large'));
  await refresh(id);
  expect(await test.renderRoute('/accounts', {})).not.toContain('pas pu être copié');
});

it('tells other plugins what changed in its copies, once for a reading', async () => {
  const told: unknown[] = [];
  test.on('contact:changed', (one) => {
    told.push(one);
  });
  for (const name of ['x', 'y']) server.put(`${name}.vcf`, aCard(name));
  const { id, book } = await added();
  const idOf = new Map((await cardsOf(store, me, book)).map((card) => [card.uri, card.id]));
  expect(told).toEqual([
    { user: me.user, op: 'saved', ids: [idOf.get('x.vcf'), idOf.get('y.vcf')] },
  ]);

  server.put('y.vcf', aCard('y', { name: 'Zoé' }));
  server.cards.delete(`${FRIENDS}x.vcf`);
  await refresh(id);
  await refresh(id);
  expect(told.slice(1)).toEqual([
    { user: me.user, op: 'saved', ids: [idOf.get('y.vcf')] },
    { user: me.user, op: 'deleted', ids: [idOf.get('x.vcf')] },
  ]);
  await test.route('post', '/accounts/remove', { body: { id, sure: 'yes' } });
  expect(told.slice(3)).toEqual([{ user: me.user, op: 'deleted', ids: [idOf.get('y.vcf')] }]);
});
