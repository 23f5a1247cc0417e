import type { PluginTest } from 'estafette/plugin/testing';
import { type ContactStore, FIRST_BOOK, type Person } from '../store';
import { aCard, aPerson, PNG, startContacts } from './kit';

let test: PluginTest;
let store: ContactStore;
let me: Person;
beforeEach(async () => {
  ({ test, store, me } = await startContacts());
  await store.books(me);
});
afterEach(() => test.stop());

const ada = (person = me) =>
  store.put(
    person,
    FIRST_BOOK,
    'ada.vcf',
    aCard('ada', {
      name: 'Ada Byron',
      title: 'Calcul',
      mails: [
        { value: 'Ada@Test.example', type: 'work' },
        { value: 'broken', type: 'home' },
      ],
      photo: { type: 'image/png', content: PNG },
    }),
  );
const suggested = (query: string) =>
  test.collect('contact:suggestions', { query, limit: 10, for: 'to', user: test.user.id });

it('suggests contacts by name and address, and nobody else’s', async () => {
  await ada();
  const other = aPerson(9_001);
  await store.books(other);
  await store.put(
    other,
    FIRST_BOOK,
    'x.vcf',
    aCard('x', { name: 'Ada Other', mails: [{ value: 'x@test.example', type: 'work' }] }),
  );

  expect(await suggested('byr')).toEqual([
    { name: 'Ada Byron', mail: 'ada@test.example', source: 'contacts', score: expect.any(Number) },
  ]);
  expect(await suggested('ada')).toHaveLength(1);
  expect(await suggested('*')).toEqual([]);
});

it('suggests what others share', async () => {
  const other = aPerson(9_001);
  await store.books(other);
  await ada(other);
  await store.share(other, FIRST_BOOK, me.mail, 'read');

  expect(await suggested('ada')).toHaveLength(1);
});

describe('a group', () => {
  const group = (person = me, members: readonly string[] = []) =>
    store.put(
      person,
      FIRST_BOOK,
      'team.vcf',
      aCard('team', { name: 'Équipe Calcul', kind: 'group', members }),
    );
  const expand = (list: string, plugin = 'contacts') =>
    test.first('contact:expand', { plugin, list, limit: 500, user: test.user.id });
  const MEMBERS = ['urn:uuid:ada', 'mailto:invite@ailleurs.example', 'urn:uuid:gone'];

  it('is suggested with the number of its members, and expanded to their addresses', async () => {
    await ada();
    await group(me, MEMBERS);

    const [found] = await suggested('equipe');

    expect(found).toMatchObject({
      name: 'Équipe Calcul',
      mail: '',
      source: 'contacts',
      list: { kind: 'group', count: 3 },
    });
    expect(await expand(found?.list?.id ?? '')).toEqual({
      members: [
        { name: 'Ada Byron', mail: 'ada@test.example' },
        { name: '', mail: 'invite@ailleurs.example' },
      ],
      isCut: false,
    });
  });

  it('is left out while nobody is in it', async () => {
    await group();

    expect(await suggested('equipe')).toEqual([]);
  });

  it('stands alone where lists alone are wanted', async () => {
    const mails = [{ value: 'ana@test.example', type: 'work' }] as const;
    await store.put(me, FIRST_BOOK, 'ana.vcf', aCard('ana', { name: 'Ana Calcul', mails }));
    await group(me, MEMBERS);
    const asked = { query: 'calcul', limit: 5, for: 'to', user: test.user.id } as const;

    expect(await test.collect('contact:suggestions', asked)).toHaveLength(2);
    const lists = await test.collect('contact:suggestions', { ...asked, only: 'lists' });
    expect(lists.map(({ name }) => name)).toEqual(['Équipe Calcul']);
  });

  it('of somebody else is nothing, nor is a person, nor what another plugin is asked for', async () => {
    await ada();
    await group(me, MEMBERS);
    const other = aPerson(9_001);
    await store.books(other);
    await group(other, MEMBERS);
    const [theirs] = (await store.list(other, { kind: 'group' })).cards;
    const [mine] = (await store.list(me, { kind: 'group' })).cards;
    const [person] = (await store.list(me, { kind: 'individual' })).cards;

    for (const id of [theirs?.id, person?.id, '', 'x', "' or 1=1"])
      expect(await expand(id ?? '')).toBeUndefined();
    expect(await expand(mine?.id ?? '', 'annuaire')).toBeUndefined();
    expect(await expand(mine?.id ?? '')).toBeDefined();
  });
});

it('ranks a contact that is starred above the others', async () => {
  await ada();
  const others = aCard('b', {
    name: 'Ada Autre',
    mails: [{ value: 'autre@test.example', type: 'work' }],
  });
  await store.put(me, FIRST_BOOK, 'b.vcf', others);
  const [byron] = (await store.list(me, { text: 'byron' })).cards;
  await store.favour(me, byron?.id ?? '', true);

  const found = await suggested('ada');

  expect(found.map(({ name }) => name)).toEqual(['Ada Byron', 'Ada Autre']);
});

it('answers the search of every page', async () => {
  await ada();
  const user = { id: test.user.id, name: 'x', mail: me.mail };

  const [found] = await test.collect('search:results', {
    site: test.site,
    locale: 'fr',
    user,
    query: 'calcul',
    limit: 5,
  });

  expect(found).toMatchObject({ group: 'Contacts', title: 'Ada Byron', detail: 'Calcul' });
});

it('gives photos of people who are known', async () => {
  await ada();

  expect(
    await test.first('avatar:resolve', { addresses: ['ADA@test.example', 'b@c.example'] }),
  ).toEqual({
    'ada@test.example': expect.stringContaining('/contacts/photo/'),
  });
  expect(await test.first('avatar:resolve', { addresses: ['b@c.example'] })).toBeUndefined();
});

it('says who is known beside an address, and adds the others', async () => {
  await ada();
  const addresses = [
    { name: 'Ada', mail: 'Ada@test.example' },
    { name: '<b>Zoé</b>', mail: 'zoe@test.example' },
  ];

  const known = await test.renderSlot('address.menu@1', { addresses }, { at: 'Ada@test.example' });
  const added = await test.renderSlot('address.menu@1', { addresses }, { at: 'zoe@test.example' });

  expect(known).toContain('Dans vos contacts');
  expect(added).toContain(
    '/contacts/edit?name=%3Cb%3EZo%C3%A9%3C%2Fb%3E&amp;mail=zoe%40test.example',
  );
  expect(test.failures()).toEqual([]);
});
