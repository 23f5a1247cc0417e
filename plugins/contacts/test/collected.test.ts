import type { PluginTest } from 'estafette/plugin/testing';
import { readCard } from '../card';
import { type ContactStore, FIRST_BOOK, type Person } from '../store';
import { cardsOf, startContacts } from './kit';

let test: PluginTest;
let store: ContactStore;
let me: Person;
const correspondents = ['Ada Byron', 'Bix', '<b>Cléo</b>'].map((name, at) => ({
  name,
  mail: `p${at}@test.example`,
  uses: 2 - at,
  lastUsed: 1_700_000_000_000,
}));
beforeEach(async () => {
  ({ test, store, me } = await startContacts({ correspondents }));
});
afterEach(() => test.stop());

const html = (query: Readonly<Record<string, string>> = {}) =>
  test.renderRoute('/collected', { query });
const post = (body: Readonly<Record<string, string>>, mail: readonly string[] = []) =>
  test.route('post', '/collected', { body, lists: { mail } });
const going = (end: string) => ({ redirect: `/contacts/collected?${end}` });

it('shows whom one wrote to, as text, and searches', async () => {
  const page = await html();
  expect(page).toContain('Ada Byron');
  expect(page).toContain('3 adresses');
  expect(page).toContain('2 messages écrits');
  expect(page).toContain('lu dans un message');
  expect(page).toContain('&lt;b&gt;Cléo');
  expect(await html({ q: 'bix' })).not.toContain('Ada Byron');
});

it('adds those that are ticked to a book, once, and nobody who is unknown', async () => {
  const body = { what: 'add', book: FIRST_BOOK };
  expect(await post(body, ['p0@test.example', 'forged@test.example'])).toEqual(
    going('done=added&count=1'),
  );
  expect(await post(body, ['p0@test.example'])).toEqual(going('failed=nothing'));

  const [card, ...others] = await cardsOf(store, me, FIRST_BOOK);
  expect(others).toEqual([]);
  expect(readCard(card?.text ?? '')).toMatchObject({ given: 'Ada', family: 'Byron' });
  expect(await html()).toContain('Dans vos contacts');
});

it('forgets one, several and all', async () => {
  expect(await post({ what: 'forget' })).toEqual(going('failed=none'));
  expect(await post({ what: 'forget' }, ['p0@test.example'])).toEqual(
    going('done=forgotten&count=1'),
  );
  expect(await html()).not.toContain('Ada Byron');
  expect(await post({ what: 'all' })).toEqual(going('done=forgotten&count=2'));
  expect(await html()).toContain('0 adresse');
  expect(await post({ what: 'else' }, ['x'])).toEqual({ status: 404 });
});
