import { FIRST_BOOK } from '../store';
import { aCard, aPerson, startContacts } from './kit';

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

it('takes a contact of somebody else only where there is room for it, and loses nothing', async () => {
  const { test, store, me } = await start();
  const other = aPerson(me.user + 1);
  await store.books(other);
  const there = await store.put(other, FIRST_BOOK, 'one.vcf', large('one'));
  await store.share(other, FIRST_BOOK, me.mail, 'write');
  for (const uid of ['two', 'three']) await store.put(me, FIRST_BOOK, `${uid}.vcf`, large(uid));
  const id = 'id' in there ? there.id : '';
  const book = (await store.books(me)).find(({ isOwn }) => !isOwn)?.id ?? '';
  const failed = { redirect: `/contacts?id=${id}&failed=quota` };

  expect(await store.move(me, id, FIRST_BOOK)).toEqual({ kind: 'quota' });
  for (const how of ['move', 'copy']) {
    const body = { id, to: FIRST_BOOK, how };
    expect(await test.route('post', '/move', { body })).toEqual(failed);
  }

  expect(await store.card(me, book, 'one.vcf')).toMatchObject({ id });
  expect(await store.trash(other)).toEqual([]);
  await store.remove(me, FIRST_BOOK, 'two.vcf');
  await store.purge(me);
  expect(await store.move(me, id, FIRST_BOOK)).toMatchObject({ kind: 'moved' });
});

it('moves and brings back what is kept already, however full it is', async () => {
  const { store, me } = await start();
  await store.createBook(me, { title: 'B', id: 'b' });
  const one = await store.put(me, FIRST_BOOK, 'one.vcf', large('one'));
  await store.put(me, FIRST_BOOK, 'two.vcf', large('two'));
  const id = 'id' in one ? one.id : '';

  expect(await store.move(me, id, 'b')).toEqual({ kind: 'moved', id });
  const { undo } = await store.removeAll(me, [id]);
  expect(await store.undo(me, undo)).toMatchObject({ kind: 'undone', restored: [id] });
  await store.remove(me, 'b', 'one.vcf');
  expect(await store.restore(me, id)).toEqual({ kind: 'restored', id });
});

it('merges, and takes a merge back, only where there is room for it', async () => {
  const { test, store, me } = await start();
  const note = 'x'.repeat(400_000);
  const cards = [aCard('one', { note }), aCard('two', { note: 'y'.repeat(250_000) })];
  const ids: string[] = [];
  for (const [at, text] of cards.entries()) {
    const put = await store.put(me, FIRST_BOOK, `${at}.vcf`, text);
    ids.push('id' in put ? put.id : '');
  }
  const [kept = '', gone = ''] = ids;
  const etags = async () =>
    Object.fromEntries(
      await Promise.all(
        ids.map(async (id) => [id, (await store.cardById(me, id))?.etag ?? ''] as const),
      ),
    );
  const joined = async (text: string) => store.merge(me, { kept, text, etags: await etags() });

  expect(await joined(aCard('one', { note: 'x'.repeat(800_000) }))).toEqual({ kind: 'quota' });
  expect((await store.list(me, {})).total).toBe(2);
  const shown = Object.values(await etags()).join(' ');
  const asked = { ids: ids.join(' '), etags: shown };
  await store.put(me, FIRST_BOOK, 'more.vcf', aCard('more', { note: 'z'.repeat(300_000) }));
  expect(await test.route('post', '/merge', { body: asked })).toMatchObject({
    redirect: expect.stringContaining('failed=quota'),
  });

  const merged = await joined(aCard('one'));
  const undo = merged.kind === 'merged' ? merged.undo : '';
  await store.put(me, FIRST_BOOK, 'even.vcf', aCard('even', { note: 'z'.repeat(300_000) }));
  expect(await test.route('post', '/undo', { body: { id: undo } })).toMatchObject({
    redirect: expect.stringContaining('failed=quota'),
  });
  expect(await store.cardById(me, gone)).toBeUndefined();
  expect(await store.trash(me)).toHaveLength(1);

  await store.remove(me, FIRST_BOOK, 'even.vcf');
  await store.purge(me, (await store.trash(me)).find(({ name }) => name === 'even')?.id ?? '');
  expect(await store.undo(me, undo)).toMatchObject({ kind: 'undone', restored: [gone] });
});

it('takes nothing back where one of the books has no room for it', async () => {
  const { test, store, me } = await startContacts({ config: { maxCards: 2 } });
  stop = () => test.stop();
  await store.books(me);
  const ids: string[] = [];
  for (const uid of ['one', 'two']) {
    const put = await store.put(me, FIRST_BOOK, `${uid}.vcf`, aCard(uid));
    ids.push('id' in put ? put.id : '');
  }
  const { undo } = await store.removeAll(me, ids);
  await store.put(me, FIRST_BOOK, 'three.vcf', aCard('three'));

  expect(await test.route('post', '/undo', { body: { id: undo } })).toMatchObject({
    redirect: expect.stringContaining('failed=full'),
  });
  expect((await store.list(me, {})).total).toBe(1);
  expect(await store.trash(me)).toHaveLength(2);

  await store.remove(me, FIRST_BOOK, 'three.vcf');
  expect(await store.undo(me, undo)).toMatchObject({ kind: 'undone' });
  expect((await store.list(me, {})).total).toBe(2);
});
