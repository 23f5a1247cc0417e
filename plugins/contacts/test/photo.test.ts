import type { PluginTest } from 'estafette/plugin/testing';
import { readCard } from '../card';
import { type ContactStore, FIRST_BOOK, type Person } from '../store';
import { aCard, PNG, startContacts } from './kit';

let test: PluginTest;
let store: ContactStore;
let me: Person;
beforeEach(async () => {
  ({ test, store, me } = await startContacts());
  await store.books(me);
});
afterEach(() => test.stop());

const put = async (photo?: Buffer): Promise<string> => {
  const text = aCard('one', photo && { photo: { type: 'image/png', content: photo } });
  const done = await store.put(me, FIRST_BOOK, 'one.vcf', text);
  return 'id' in done ? done.id : '';
};
const send = (id: string, content: Buffer) =>
  test.route('post', '/photo', {
    body: { id },
    files: [{ field: 'photo', name: 'x.png', type: 'image/png', content }],
  });
const show = (id: string, query: Readonly<Record<string, string>> = {}) =>
  test.route('get', `/photo/${id}`, { query });
const photoOf = async (id: string) =>
  readCard((await store.cardById(me, id))?.text ?? '').photo?.content;

/** The picture with a text beside it, as a camera writes where it was. */
const told = (text: string): Buffer => {
  const chunk = Buffer.concat([
    Buffer.alloc(4),
    Buffer.from(`tEXt${text}`, 'latin1'),
    Buffer.alloc(4),
  ]);
  chunk.writeUInt32BE(text.length);
  return Buffer.concat([PNG.subarray(0, 33), chunk, PNG.subarray(33)]);
};
const sized = (width: number): Buffer => {
  const png = Buffer.from(PNG);
  png.writeUInt32BE(width, 16);
  return png;
};

it('takes the picture of a file by its bytes, without what is written beside it', async () => {
  const id = await put();

  expect(await send(id, told('GPS 48.85 2.35'))).toMatchObject({
    redirect: expect.stringContaining('done=photo'),
  });

  expect(await photoOf(id)).toEqual(PNG);
  expect(await show(id)).toMatchObject({ file: { type: 'image/png', isInline: true } });
});

it.each([
  ['photoType', 'what is no picture', Buffer.from('<svg>')],
  ['photoType', 'nothing', Buffer.alloc(0)],
  ['photoBroken', 'a picture that is cut short', PNG.subarray(0, -1)],
  ['photoWide', 'one that announces more than anybody can unpack', sized(100_000)],
  [
    'photoSize',
    'one of more bytes than a card should have',
    Buffer.concat([
      PNG.subarray(0, 33),
      Buffer.from('\0\x0f\xff\xf4IDAT', 'latin1'),
      Buffer.alloc(0xf_ff_f8),
      PNG.subarray(33),
    ]),
  ],
])('says why (%s) %s is not taken', async (failed, _what, content) => {
  const id = await put(PNG);

  const answer = await send(id, content);

  expect(answer).toMatchObject({ redirect: expect.stringContaining(`failed=${failed}`) });
  expect(await photoOf(id)).toEqual(PNG);
  const { redirect } = answer as { redirect: string };
  const query = Object.fromEntries(new URLSearchParams(redirect.split('?')[1]));
  expect(await test.renderRoute('/', { query })).toContain(
    '<div class="banner warn" role="alert">',
  );
});

it('shows no more of what a program put than the picture, and keeps its card as it came', async () => {
  const id = await put(told('GPS 48.85 2.35'));

  expect(await show(id)).toMatchObject({ file: { content: PNG } });
  expect(await photoOf(id)).toEqual(told('GPS 48.85 2.35'));
});

it.each([
  ['is cut short', PNG.subarray(0, -1)],
  ['is too large', sized(4_097)],
  ['is none', Buffer.from('<svg>')],
])('shows letters for a picture that %s', async (_what, content) => {
  const id = await put(content);

  expect(await show(id)).toEqual({ status: 404 });
  expect((await store.list(me, {})).cards).toMatchObject([{ isPictured: false }]);
  expect(await test.renderRoute('/', { query: { id } })).not.toContain('/contacts/photo/');
});

it('lets a browser keep a picture for as long as it is the same', async () => {
  const id = await put(PNG);
  const page = await test.renderRoute('/', { query: { id } });
  const [, v = ''] = /\/contacts\/photo\/[^"?]+\?v=([^"]+)"/.exec(page) ?? [];

  expect(v).not.toBe('');
  expect(await show(id, { v })).toMatchObject({ file: { keep: 'version' } });
  await put(told('another'));
  expect(await show(id, { v })).toMatchObject({ file: { keep: 'check' } });
  expect(await show(id)).toMatchObject({ file: { keep: 'check' } });
});
