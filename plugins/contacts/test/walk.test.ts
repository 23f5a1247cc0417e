import { DAV_NS, type DavElement } from 'estafette/plugin';
import type { Call } from '../dav/places';
import { report } from '../dav/reports';
import type { ContactStore } from '../store';
import { digestOf } from '../store/digest';
import { aCard, cardsOf, startContacts } from './kit';

type Started = Awaited<ReturnType<typeof startContacts>>;

const BOOK = 'contacts';

const begun: Started[] = [];
afterAll(async () => {
  for (const { test } of begun) await test.stop();
});

/** Cards as they stand in the table: putting thousands one by one is not what is looked at. */
async function fill({ test, store, me }: Started, texts: readonly string[]): Promise<void> {
  await store.books(me);
  const [{ key }] = await test.db.table('contacts_books').where({ user_id: me.user }).select('key');
  for (let at = 0; at < texts.length; at += 50) {
    await test.db.table('contacts_cards').insert(
      texts.slice(at, at + 50).map((text, index) => ({
        ...digestOf(text),
        id: `id-${at + index}`,
        book_key: key,
        uri: `${String(at + index).padStart(6, '0')}.vcf`,
        text,
        seq: 1,
        updated_at: new Date(0).toISOString(),
      })),
    );
  }
}

const plain = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, at) =>
    aCard(`uid-${at}`, {
      name: `Personne ${at}`,
      mails: [{ type: 'work', value: `p${at}@ailleurs.example` }],
    }),
  );

const book = async (texts: readonly string[]): Promise<Started> => {
  const started = await startContacts();
  begun.push(started);
  await fill(started, texts);
  return started;
};

it('gives a book a few cards at a time', async () => {
  const { store, me } = await book(plain(250));
  const sizes: number[] = [];
  for await (const some of store.cards(me, BOOK)) sizes.push(some.length);

  expect(Math.max(...sizes)).toBeLessThanOrEqual(100);
  const all = await cardsOf(store, me, BOOK);
  expect(all.map(({ uri }) => uri)).toEqual(
    Array.from({ length: 250 }, (_, at) => `${String(at).padStart(6, '0')}.vcf`),
  );
});

it('holds two megabytes of texts, however many cards that is', async () => {
  const note = 'x'.repeat(700_000);
  const { store, me } = await book(
    plain(9).map((text) => text.replace('FN:', `NOTE:${note}\r\nFN:`)),
  );
  const sizes: number[] = [];
  for await (const some of store.cards(me, BOOK))
    sizes.push(some.reduce((sum, { text }) => sum + text.length, 0));

  expect(sizes.length).toBeGreaterThan(3);
  expect(Math.max(...sizes)).toBeLessThan(2_000_000);
});

it('gives the cards that are named, in that order, and leaves out who is not there', async () => {
  const { store, me } = await book(plain(120));
  const uris = ['000119.vcf', 'none.vcf', '000003.vcf'];
  const found: string[] = [];
  for await (const some of store.rows(me, BOOK, { uris }))
    found.push(...some.map((row) => row.uri));

  expect(found).toEqual(['000119.vcf', '000003.vcf']);
  for await (const _ of store.rows({ ...me, user: me.user + 1 }, BOOK, { uris })) throw new Error();
});

const el = (
  name: string,
  { attributes = {}, children = [], text = '' }: Partial<DavElement> = {},
): DavElement => ({ ns: DAV_NS.C, name, attributes, children, text });
const prop = { ...el('prop', { children: [{ ...el('getetag'), ns: DAV_NS.D }] }), ns: DAV_NS.D };
const match = (name: string, text: string, attributes = {}): DavElement =>
  el('prop-filter', { attributes: { name }, children: [el('text-match', { text, attributes })] });

/** A query of a book, and how many cards were read for it. */
async function asks({ store, me }: Started, children: readonly DavElement[]) {
  let read = 0;
  const counting: ContactStore = {
    ...store,
    async *cards(person, id, which) {
      for await (const some of store.cards(person, id, which)) {
        read += some.length;
        yield some;
      }
    },
  };
  const xml = el('addressbook-query', { children: [prop, ...children] });
  const request = { path: [BOOK], xml, principal: '/dav/principals/me/' };
  const { body = '' } = await report({
    request: request as unknown as Call['request'],
    context: {} as unknown as Call['context'],
    store: counting,
    person: me,
  });
  return { uris: [...body.matchAll(/(\d{6}\.vcf)</g)].map(([, uri = '']) => uri), read, body };
}

describe('a query', () => {
  let started: Started;
  beforeAll(async () => {
    started = await book([
      ...plain(240),
      aCard('Été-1', {
        name: 'Éléonore Œillet',
        mails: [{ type: 'work', value: 'É.O@été.example' }],
      }),
      aCard('two', { name: 'Rose', phones: [{ type: 'work', value: 'tel:+33 1 99 00' }] }),
    ]);
  });
  const filter = (...children: readonly DavElement[]) => [el('filter', { children })];

  it('reads no card that its columns leave out', async () => {
    expect(await asks(started, filter(match('FN', 'zzz')))).toMatchObject({ uris: [], read: 0 });
    expect(await asks(started, filter(match('EMAIL', 'p171@')))).toMatchObject({ read: 1 });
  });

  it('reads no card for what every list knows', async () => {
    const { uris, read } = await asks(started, []);

    expect([uris.length, read]).toEqual([242, 0]);
  });

  it('stops where more is found than is wanted', async () => {
    const limit = el('limit', { children: [el('nresults', { text: '5' })] });
    const { uris, read, body } = await asks(started, [...filter(match('FN', 'e')), limit]);

    expect(uris).toHaveLength(5);
    expect(body).toContain('number-of-matches-within-limits');
    expect(read).toBeLessThanOrEqual(100);
  });

  it.each([
    ['FN', 'éléonore', 1],
    ['FN', 'œil', 1],
    ['FN', 'eleonore', 0],
    ['FN', '  ', 0],
    ['EMAIL', 'o@été', 1],
    ['EMAIL', 'p23', 11],
    ['TEL', 'tel:+33 1', 1],
    ['TEL', '+33 1', 1],
    ['UID', 'ÉTÉ', 1],
    ['UID', 'uid-239', 1],
    ['NICKNAME', 'x', 0],
  ])('finds by %s « %s » what it would find by reading all', async (name, text, count) => {
    const short = await asks(started, filter(match(name, text)));
    const whole = await asks(started, filter(match(name, text), match('NICKNAME', 'x')));

    expect(short.uris).toEqual(whole.uris);
    expect(short.uris).toHaveLength(count);
  });

  it('finds what does not hold a text', async () => {
    const { uris } = await asks(started, filter(match('FN', 'e', { 'negate-condition': 'yes' })));

    expect(uris).toEqual([]);
  });
});

it('writes a file a few cards at a time, each in a turn of its own', async () => {
  const { test } = await book(plain(120));
  let turn = 0;
  const count = (): void => {
    turn += 1;
    counting = setImmediate(count);
  };
  let counting = setImmediate(count);
  const seen: { turn: number; count: number }[] = [];
  test.on('contact:export', (rows) => {
    seen.push({ turn, count: rows.length });
    return rows;
  });
  const answer = await test.route('get', '/export', { query: { book: BOOK, format: 'csv' } });
  clearImmediate(counting);

  const { content } = (answer as { file: { content: Buffer } }).file;
  expect(content.toString().split('\r\n')).toHaveLength(122);
  expect(Math.max(...seen.map((one) => one.count))).toBeLessThanOrEqual(25);
  expect(new Set(seen.map((one) => one.turn)).size).toBe(seen.length);
});

it('says that a file would be too large, and writes no more of it', async () => {
  const note = `NOTE:${'x'.repeat(900_000)}\r\nFN:`;
  const { test } = await book(plain(72).map((text) => text.replace('FN:', note)));
  const query = { book: BOOK, format: 'vcard4' };

  expect(await test.route('get', '/export', { query })).toMatchObject({
    status: 422,
    model: { faultText: 'contacts:export.large' },
  });
});
