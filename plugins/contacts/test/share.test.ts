import type { PluginTest, PluginTestOptions } from 'estafette/plugin/testing';
import type { ContactsConfig } from '../config';
import { type ContactStore, FIRST_BOOK, type Person } from '../store';
import { aCard, aPerson, startContacts } from './kit';

let test: PluginTest;
let store: ContactStore;
let me: Person;
const other = aPerson(9_001);
const start = async (
  options: Partial<Omit<PluginTestOptions<ContactsConfig>, 'plugin'>> = {},
): Promise<void> => {
  ({ test, store, me } = await startContacts(options));
  await store.books(me);
};
afterEach(() => test.stop());

const share = (mail: string) =>
  test.route('post', '/books/share', { body: { book: FIRST_BOOK, mail, rights: 'read' } });
const failed = (word: string) => ({ redirect: `/contacts/books?failed=${word}` });
const done = { redirect: '/contacts/books?done=shared' };
const sharedWith = async (person: Person): Promise<readonly string[]> =>
  (await store.books(person)).filter(({ isOwn }) => !isOwn).map(({ owner }) => owner);

it('shares with who was here, and with who is in the directory, and tells them', async () => {
  const known = 'coming@elsewhere.example';
  const record = { dn: 'cn=a', type: 'person' as const, name: 'A', mails: [known], attributes: {} };
  await start({
    directory: {
      byMail: async (mails) => new Map(mails.includes(known) ? [[known, record]] : []),
    },
  });
  await store.books(other);

  expect(await share('nobody@test.example')).toEqual(failed('nobody'));
  expect(await share('no address')).toEqual(failed('mail'));
  expect(await share(known)).toEqual(done);
  expect(test.noticed).toEqual([]);
  expect(await share(other.mail.toUpperCase())).toEqual(done);
  expect(test.noticed).toMatchObject([{ user: other.user, text: 'contacts:shared.text' }]);
  // Other rights are no news.
  expect(await share(other.mail)).toEqual(done);
  expect(test.noticed).toHaveLength(1);
  expect(await sharedWith(other)).toEqual([me.mail]);
});

it('says that the directory does not answer, rather than that nobody is there', async () => {
  await start({
    directory: {
      byMail: async () => {
        throw new Error('down');
      },
    },
  });

  expect(await share('somebody@test.example')).toEqual(failed('unsure'));
});

it('takes an address of the site for somebody where there is no directory', async () => {
  await start();

  expect(await share('coming@test.example')).toEqual(done);
  expect(await share('coming@elsewhere.example')).toEqual(failed('nobody'));
});

it('follows people whose address changes, and gives nothing to who has it after them', async () => {
  await start();
  // Shared before they came, by their address alone.
  await store.share(me, FIRST_BOOK, other.mail, 'read');
  expect(await sharedWith(other)).toEqual([me.mail]);
  const renamed = { ...other, mail: 'married@test.example' };
  const next = aPerson(9_002, { mail: other.mail });

  expect(await sharedWith(renamed)).toEqual([me.mail]);
  expect(await sharedWith(next)).toEqual([]);
  expect(await store.share(me, FIRST_BOOK, next.mail, 'write')).toBe('shared');
  expect(await sharedWith(next)).toEqual([me.mail]);
  expect(await store.shares(me, FIRST_BOOK)).toMatchObject([
    { mail: next.mail, rights: 'write' },
    { mail: renamed.mail, rights: 'read' },
  ]);
});

it('leaves a line of each sharing, deletion and emptied trash, without a name', async () => {
  await start();
  await store.put(me, FIRST_BOOK, 'one.vcf', aCard('one', { name: 'Ada Byron' }));
  await share(other.mail);
  const [made] = (await store.shares(me, FIRST_BOOK)) ?? [];
  await test.route('post', '/books/unshare', { body: { book: FIRST_BOOK, share: made?.id ?? '' } });
  await test.route('post', '/books/delete', { body: { book: FIRST_BOOK, sure: 'yes' } });
  await test.route('post', '/purge', { body: { all: 'yes' } });

  expect(test.audited).toMatchObject([
    {
      event: 'contacts:book-shared',
      target: other.mail,
      details: { book: FIRST_BOOK, rights: 'read' },
    },
    { event: 'contacts:share-ended', details: { book: FIRST_BOOK } },
    { event: 'contacts:book-deleted', details: { book: FIRST_BOOK, contacts: 1 } },
    { event: 'contacts:trash-emptied', details: { contacts: 1 } },
  ]);
  expect(JSON.stringify(test.audited)).not.toContain('Ada');
});
