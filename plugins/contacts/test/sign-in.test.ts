import type { PluginTest } from 'estafette/plugin/testing';
import { type ContactStore, FIRST_BOOK, type Person } from '../store';
import { aCard, aPerson, startContacts } from './kit';

let test: PluginTest;
let store: ContactStore;
let me: Person;
beforeEach(async () => {
  ({ test, store, me } = await startContacts());
});
afterEach(() => test.stop());

const suggested = (query: string) =>
  test.collect('contact:suggestions', { query, limit: 10, for: 'to', user: test.user.id });
type Opened = Parameters<typeof test.action<'session:opened'>>[1];
const signIn = () =>
  test.action('session:opened', {
    session: { site: me.site, user: { id: me.user, mail: me.mail } },
    first: true,
    via: 'ldap',
  } as Opened);

it('suggests what others share to somebody who never opened their contacts', async () => {
  const other = aPerson(9_001);
  await store.books(other);
  const mails = [{ value: 'ada@test.example', type: 'work' as const }];
  await store.put(other, FIRST_BOOK, 'ada.vcf', aCard('ada', { mails }));
  await store.share(other, FIRST_BOOK, me.mail, 'read');

  await signIn();

  expect(await suggested('ada')).toMatchObject([{ mail: 'ada@test.example' }]);
});

it('follows an address that changed', async () => {
  await signIn();
  me = { ...me, mail: 'renamed@test.example' };
  await signIn();

  expect(await test.db.table('contacts_books').pluck('owner')).toEqual(['renamed@test.example']);
});
