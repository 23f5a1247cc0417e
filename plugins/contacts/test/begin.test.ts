import { readCard } from '../card';
import { type ContactStore, FIRST_BOOK } from '../store';
import { aCard, aPerson, startContacts } from './kit';

let stop: (() => Promise<void>) | undefined;
afterEach(() => stop?.());

const start = async (begin: readonly unknown[], config = {}): Promise<ContactStore> => {
  const { test, store } = await startContacts({ config: { begin, ...config } });
  stop = () => test.stop();
  return store;
};
const me = aPerson(7_001);

it('gives people who come without a book what their site has for them, once', async () => {
  const store = await start([
    { cards: [aCard('one', { name: 'Standard' }), 'rubbish', aCard('one')] },
    {
      title: 'Partenaires',
      for: me.mail.toUpperCase(),
      cards: [aCard('two')],
      shares: [{ mail: 'other@test.example', rights: 'read' }],
    },
    { title: 'Ailleurs', for: 'other@test.example', cards: [aCard('three')] },
  ]);

  const [first, again] = await Promise.all([store.books(me), store.books(me)]);

  expect(first.map(({ title, count }) => `${title} ${count}`)).toEqual([
    'Mes contacts 1',
    'Partenaires 1',
  ]);
  expect(again).toEqual(first);
  const card = await store.card(me, FIRST_BOOK, 'one.vcf');
  expect(readCard(card?.text ?? '').name).toBe('Standard');
  expect(await store.shares(me, first[1]?.id ?? '')).toMatchObject([
    { mail: 'other@test.example', rights: 'read' },
  ]);
});

it('gives nothing to who has a book, and no more than a book holds', async () => {
  const store = await start([{ cards: [aCard('one'), aCard('two')] }], { maxCards: 1 });
  expect(await store.books(me)).toMatchObject([{ count: 1 }]);

  await store.remove(me, FIRST_BOOK, 'one.vcf');
  expect(await store.books(me)).toMatchObject([{ count: 0 }]);
});
