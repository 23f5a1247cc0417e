import type { PluginTest, RouteInput } from 'estafette/plugin/testing';
import type { Account, Accounts, Fault } from '../remote/types';
import type { Person } from '../store';
import { aPerson, startContacts } from './kit';

/** Servers of elsewhere as the pages see them; what they do with the wire is tested beside it. */
let fake: FakeAccounts;
jest.mock('../remote', () => ({
  ...jest.requireActual<object>('../remote'),
  createAccounts: () => fake,
}));

const FOUND = [
  { href: '/dav/a/', title: 'Carnet <b>A</b>' },
  { href: '/dav/b/', title: 'Carnet B' },
];

class FakeAccounts implements Accounts {
  accounts: (Account & { readonly user: number })[] = [];
  fault: Fault | undefined;
  readonly asked: unknown[] = [];
  private waiting: { readonly user: number; readonly url: string; readonly login: string }[] = [];

  async list({ user }: Person) {
    return this.accounts.filter((one) => one.user === user);
  }
  async discover(person: Person, at: { url: string; login: string; password: string }) {
    this.asked.push(at);
    if (this.fault) return { kind: 'fault', fault: this.fault } as const;
    this.waiting.push({ user: person.user, url: at.url, login: at.login });
    return { kind: 'found', id: 'p1' } as const;
  }
  async pending({ user }: Person, id: string) {
    const found = this.waiting.find((one) => one.user === user && id === 'p1');
    return found && { url: found.url, login: found.login, books: FOUND };
  }
  async add(person: Person, chosen: { id: string; title: string; hrefs: readonly string[] }) {
    this.asked.push(chosen);
    const pending = await this.pending(person, chosen.id);
    if (!pending) return { kind: 'missing' } as const;
    if (this.fault) return { kind: 'fault', fault: this.fault } as const;
    this.waiting = [];
    this.accounts.push(anAccount({ title: chosen.title, user: person.user }));
    return { kind: 'added', id: 'a1' } as const;
  }
  async refresh({ user }: Person, id: string) {
    if (!this.accounts.some((one) => one.user === user && one.id === id))
      return { kind: 'missing' } as const;
    if (this.fault) return { kind: 'fault', fault: this.fault } as const;
    return { kind: 'done', changed: 1, removed: 0 } as const;
  }
  async setPassword(person: Person, id: string, password: string) {
    this.asked.push(password);
    return this.refresh(person, id);
  }
  async remove({ user }: Person, id: string) {
    const left = this.accounts.filter((one) => one.user !== user || one.id !== id);
    const isThere = left.length < this.accounts.length;
    this.accounts = left;
    return isThere ? 'removed' : 'missing';
  }
}

const anAccount = (fields: Partial<FakeAccounts['accounts'][number]> = {}) => ({
  id: 'a1',
  user: 1,
  title: 'Ailleurs',
  url: 'https://dav.example/',
  login: 'ada',
  syncedAt: '2026-03-02T08:00:00.000Z',
  fault: '' as const,
  books: [{ id: 'away', title: 'Amis' }],
  left: [],
  leftCount: 0,
  ...fields,
});

const SECRET = 'a secret <of> elsewhere';
let test: PluginTest;
let me: Person;
beforeEach(async () => {
  fake = new FakeAccounts();
  ({ test, me } = await startContacts());
});
afterEach(() => test.stop());

const post = (path: string, body: Readonly<Record<string, string>>, more: RouteInput = {}) =>
  test.route('post', path, { body, ...more });
const find = (fields = {}) =>
  post('/accounts', { url: ' https://dav.example/ ', login: 'ada', password: SECRET, ...fields });

it('finds books, asks which are wanted, and adds these alone', async () => {
  expect(await find()).toEqual({ redirect: '/contacts/accounts/books?id=p1' });
  const page = await test.renderRoute('/accounts/books', { query: { id: 'p1' } });
  expect(page).toContain('Carnet &lt;b&gt;A&lt;/b&gt;');
  expect(page).toContain('value="dav.example"');
  expect(page).not.toContain('secret');

  const lists = { href: ['/dav/b/', 'https://inside.example/other/'] };
  expect(await post('/accounts/books', { id: 'p1', title: 'Chez moi' }, { lists })).toEqual({
    redirect: '/contacts/accounts?done=added',
  });
  expect(fake.asked).toEqual([
    { url: 'https://dav.example/', login: 'ada', password: SECRET },
    { id: 'p1', title: 'Chez moi', hrefs: ['/dav/b/'] },
  ]);
  expect(test.audited).toMatchObject([
    { event: 'contacts:account-added', details: { account: 'a1', books: 1 } },
  ]);
  expect(JSON.stringify(test.audited)).not.toMatch(/secret|dav\.example/);
  expect(await test.renderRoute('/accounts', {})).toContain('Chez moi');
});

it.each<[Fault, RegExp]>([
  ['password', /Le serveur refuse/],
  ['refused', /ne donne pas accès/],
  ['unreachable', /ne répond pas/],
  ['not-carddav', /pas de carnet/],
  ['address', /ne peut pas être interrogée/],
  ['too-much', /plus de carnets/],
  ['nonsense', /ne peut pas être lue/],
])('tells %s of a server, with what was typed but the password', async (fault, sentence) => {
  fake.fault = fault;

  expect(await find({ url: 'https://dav.example/"><script>' })).toMatchObject({
    view: 'accounts',
    status: 422,
    model: { form: { url: 'https://dav.example/"><script>', login: 'ada' } },
  });
  expect(JSON.stringify(await find())).not.toContain('secret');
  expect(await test.renderRoute('/accounts', { query: { failed: fault } })).toMatch(sentence);
});

it('asks nobody with a form that is not whole', async () => {
  for (const fields of [{ url: ' ' }, { login: '' }, { password: '' }, { url: 'x'.repeat(1_001) }])
    expect(await find(fields)).toMatchObject({ view: 'accounts', status: 422 });

  expect(fake.asked).toEqual([]);
});

it('gives the choice back without a book or a name, and says when it is too late', async () => {
  await find();

  expect(await post('/accounts/books', { id: 'p1', title: 'Moi' })).toMatchObject({
    view: 'account-books',
    status: 422,
    model: { title: 'Moi', books: [{ isChosen: false }, { isChosen: false }] },
  });
  const lists = { href: ['/dav/a/'] };
  expect(await post('/accounts/books', { id: 'p1', title: ' ' }, { lists })).toMatchObject({
    status: 422,
    model: { books: [{ isChosen: true }, { isChosen: false }] },
  });
  const late = { redirect: '/contacts/accounts?failed=late' };
  expect(await test.route('get', '/accounts/books', { query: { id: 'p2' } })).toEqual(late);
  expect(await post('/accounts/books', { id: 'p2', title: 'Moi' }, { lists })).toEqual(late);
});

it('refreshes, changes the password and removes, and tells what is wrong', async () => {
  fake.accounts = [anAccount({ user: me.user, fault: 'password' })];
  const at = (query: string) => ({ redirect: `/contacts/accounts?${query}` });

  const page = await test.renderRoute('/accounts', {});
  expect(page).toMatch(/Le serveur refuse.*Voici la copie du 0?2/s);
  expect(page).toContain('href="/contacts?book=away"');
  expect(await post('/accounts/refresh', { id: 'a1' })).toEqual(at('done=refreshed'));
  expect(await post('/accounts/password', { id: 'a1', password: SECRET })).toEqual(
    at('done=password'),
  );
  fake.fault = 'unreachable';
  expect(await post('/accounts/refresh', { id: 'a1' })).toEqual(at('failed=unreachable'));
  expect(await test.renderRoute('/accounts', { query: { failed: 'unreachable' } })).toContain(
    'ne répond pas',
  );
  expect(await post('/accounts/remove', { id: 'a1' })).toEqual({ redirect: '/contacts/accounts' });
  expect(fake.accounts).toHaveLength(1);
  expect(await post('/accounts/remove', { id: 'a1', sure: 'yes' })).toEqual(at('done=removed'));
  expect(fake.accounts).toEqual([]);
  expect(test.audited).toMatchObject([{ event: 'contacts:account-removed' }]);
});

it('names what could not be copied, and how much more there is', async () => {
  const left = [
    { href: 'https://dav.example/a/<b>.vcf', reason: 'too-large' },
    { href: 'https://dav.example/a/c.vcf', reason: 'twin' },
  ] as const;
  fake.accounts = [anAccount({ user: me.user, left, leftCount: 5 })];

  const page = await test.renderRoute('/accounts', {});

  expect(page).toMatch(/5 contacts n’ont pas pu être copiés.*a\/&lt;b&gt;\.vcf.*Trop volumineux/s);
  expect(page).toMatch(/c\.vcf.*Même identifiant.*Et 3 autres/s);
});

it('has nothing of somebody else', async () => {
  const other = aPerson(9_001);
  fake.accounts = [anAccount({ user: other.user, title: 'Theirs' })];
  await fake.discover(other, { url: 'https://dav.example/', login: 'x', password: 'y' });

  expect(await test.renderRoute('/accounts', {})).not.toContain('Theirs');
  for (const path of ['refresh', 'password', 'remove'])
    expect(await post(`/accounts/${path}`, { id: 'a1', password: SECRET, sure: 'yes' })).toEqual({
      status: 404,
    });
  expect(await test.route('get', '/accounts/books', { query: { id: 'p1' } })).toEqual({
    redirect: '/contacts/accounts?failed=late',
  });
  expect(fake.accounts).toHaveLength(1);
});
