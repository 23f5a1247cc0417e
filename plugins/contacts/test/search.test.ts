import type { PluginTest } from 'estafette/plugin/testing';
import type { Contact } from '../card';
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

const put = (uid: string, fields: Partial<Contact>) =>
  store.put(me, FIRST_BOOK, `${uid}.vcf`, aCard(uid, fields));
const mail = (value: string) => [{ value, type: 'work' as const }];
const named = async (text: string) => (await store.list(me, { text })).cards.map(({ uid }) => uid);
const asked = (query: string) => ({ query, limit: 5, user: test.user.id });
const suggested = async (query: string) =>
  (await test.collect('contact:suggestions', { ...asked(query), for: 'to' })).map(
    (found) => found.mail,
  );

describe('a number', () => {
  beforeEach(async () => {
    await put('zoe', { phones: [{ value: '01 99 00 11 17', type: 'work' }] });
    await put('note', { note: 'Réunion du 2024-05-02' });
    await put('town', {
      addresses: [
        {
          type: 'work',
          street: '',
          code: '75001',
          city: 'Vents',
          region: '',
          country: '',
          box: '',
          extended: '',
        },
      ],
    });
    await put('zero', { note: 'bureau 0' });
  });

  it.each([
    ['0199001117', ['zoe']],
    ['33199001117', ['zoe']],
    ['+33 1 99', ['zoe']],
    ['Tél. : 01 99', ['zoe']],
    ['+33', []],
    ['0033', []],
    ['+33 (0', []],
    ['2024-05', ['note']],
    ['75 001', ['town']],
  ])('%s finds %j', async (text, uids) => {
    expect(await named(text)).toEqual(uids);
  });
});

describe('what is pasted', () => {
  beforeEach(() => put('zoe', { name: 'Zoé Martin', mails: mail('zoe.martin@test.example') }));

  it.each(['"Z. Martin" <zoe.martin@test.example>', 'Martin,Zoé', '(Zoé)', 'zoe.martin@'])(
    '%s is found',
    async (text) => {
      expect(await named(text)).toEqual(['zoe']);
    },
  );
});

describe('where one writes', () => {
  beforeEach(async () => {
    for (let at = 0; at < 60; at += 1)
      await put(`a${at}`, {
        name: `Ana Numéro ${at}`,
        organization: 'Ministère des Marées',
        mails: mail(`a${at}@ministere-marees.example`),
      });
    await put('zoe', { name: 'Zoé Martin', mails: mail('zoe@ailleurs.example') });
    await put('yan', { name: 'Yan Margaux', mails: mail('yan@ailleurs.example') });
    const { cards } = await store.list(me, { text: 'zoe' });
    await store.favour(me, cards[0]?.id ?? '', true);
  });

  it('names come before domains, and favourites before others', async () => {
    expect((await suggested('mar')).slice(0, 3)).toEqual([
      'zoe@ailleurs.example',
      'yan@ailleurs.example',
      expect.stringContaining('ministere-marees'),
    ]);
  });

  it('every word typed counts, and the end of an address as it is typed', async () => {
    expect(await suggested('martin zo')).toEqual(['zoe@ailleurs.example']);
    expect(await suggested('zoe@ail')).toEqual(['zoe@ailleurs.example']);
  });

  it('a nickname is a name', async () => {
    await put('uma', { name: 'Uma Brise', nickname: 'Quartz', mails: mail('uma@test.example') });

    expect(await suggested('quar')).toEqual(['uma@test.example']);
  });

  it('an organisation is nobody’s name', async () => {
    await put('org', {
      name: 'Uma',
      organization: 'Quartz',
      note: 'quartz',
      mails: mail('u@x.fr'),
    });

    expect(await suggested('quartz')).toEqual([]);
    expect(await named('quartz')).toEqual(['org']);
  });

  it('the search of every page finds the best first as well', async () => {
    const [first] = await test.collect('search:results', {
      site: test.site,
      locale: 'fr',
      user: { id: test.user.id, name: 'x', mail: me.mail },
      query: 'mar',
      limit: 5,
    });

    expect(first).toMatchObject({ title: 'Zoé Martin' });
  });
});
