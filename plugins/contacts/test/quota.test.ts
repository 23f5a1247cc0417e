import { FIRST_BOOK } from '../store';
import { aCard, startContacts } from './kit';

const FULL = { kind: 'refused', reason: 'quota' };
const large = (uid: string): string => aCard(uid, { note: 'x'.repeat(400_000) });

let stop: (() => Promise<void>) | undefined;
afterEach(() => stop?.());

async function start() {
  const started = await startContacts({ config: { maxMegabytes: 1 } });
  stop = () => started.test.stop();
  await started.store.books(started.me);
  return started;
}

it('keeps no more for somebody than they may, what is in the trash included', async () => {
  const { store, me } = await start();
  const put = (uid: string, text = large(uid)) => store.put(me, FIRST_BOOK, `${uid}.vcf`, text);

  expect(await put('one')).toMatchObject({ kind: 'created' });
  expect(await put('two')).toMatchObject({ kind: 'created' });
  expect(await put('three')).toEqual(FULL);
  expect(await store.bringIn(me, FIRST_BOOK, [{ uri: 'a.vcf', text: large('three') }])).toEqual([
    FULL,
  ]);
  await store.remove(me, FIRST_BOOK, 'one.vcf');
  expect(await put('three')).toEqual(FULL);

  await store.purge(me);
  expect(await put('three')).toMatchObject({ kind: 'created' });
});

it('takes what makes a card smaller', async () => {
  const { test, store, me } = await start();
  await store.put(me, FIRST_BOOK, 'one.vcf', large('one'));
  await test.db.table('contacts_cards').update({ bytes: 3_000_000 });

  expect(await store.put(me, FIRST_BOOK, 'one.vcf', aCard('one'))).toMatchObject({
    kind: 'updated',
  });
});
