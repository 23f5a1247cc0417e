import { type PluginTest, slowdown } from 'estafette/plugin/testing';
import { knex } from 'knex';
import { EMPTY_CONTACT } from '../../../plugins/contacts/card';
import { up } from '../../../plugins/contacts/migrations/0010-members';
import type { Desk } from '../../../plugins/contacts/pages/common';
import { membersOf } from '../../../plugins/contacts/pages/members';
import {
  type CardRow,
  type ContactStore,
  FIRST_BOOK,
  type Person,
} from '../../../plugins/contacts/store';
import { aCard, startContacts } from '../../../plugins/contacts/test/kit';

let test: PluginTest;
let store: ContactStore;
let me: Person;
beforeEach(async () => {
  ({ test, store, me } = await startContacts());
  await store.books(me);
});
afterEach(() => test.stop());

const context = { url: (path: string) => `/contacts/${path}` } as unknown as Desk['context'];

/** Eight times as many of what made time grow with its square; 64 would be that. */
const TIMES = 8;
const LESS_THAN = 24;
const FEW = 1_000;

const many = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, at) => `member-${at}`);
const group = async (uid: string, uids: readonly string[], fields = {}): Promise<string> => {
  const members = uids.map((one) => `urn:uuid:${one}`);
  const text = aCard(uid, { kind: 'group', name: uid, members, ...fields });
  const put = await store.put(me, FIRST_BOOK, `${uid}.vcf`, text);
  return 'id' in put ? put.id : '';
};
const bring = (uids: readonly string[], fields = {}) =>
  store.bringIn(
    me,
    FIRST_BOOK,
    uids.map((uid) => ({ uri: `${uid}.vcf`, text: aCard(uid, fields) })),
  );

it('finds the contacts of members in time that grows with the group', async () => {
  const list: ContactStore['list'] = async (_, { uids = [] }) => {
    const there = uids.filter((uid) => !uid.startsWith('urn:'));
    const rows = there.map((uid) => ({ id: uid, uid, name: uid, mails: [] }));
    return { cards: rows as unknown as CardRow[], total: rows.length };
  };
  const desk = { store: { list } as ContactStore, person: me, context };
  const found = (count: number) =>
    membersOf(desk, { ...EMPTY_CONTACT, members: many(count).map((uid) => `urn:uuid:${uid}`) });

  expect((await found(3)).map(({ name }) => name)).toEqual(many(3));
  expect(
    await slowdown(
      () => found(FEW * TIMES),
      () => found(FEW),
    ),
  ).toBeLessThan(LESS_THAN);
});

it('says who is gone of those that it does not list, and how they are written to', async () => {
  const mails = [{ value: 'one@test.example', type: 'work' as const }];
  await bring(['one', 'two'], { mails });
  const gone = many(250);
  const small = await group('small', [...gone, 'one', 'two']);
  const page = await test.renderRoute('/', { query: { id: small } });

  expect(page).toContain('252 membres');
  expect(page).toContain('250 membres dont le contact est supprimé');
  expect(page).toContain('/compose?to=one%40test.example%2C+one%40test.example');

  await bring(gone, { mails });
  const again = await test.renderRoute('/', { query: { id: small } });

  expect(again).not.toContain('dont le contact est supprimé');
  expect(again).not.toContain('/compose?to=one');
});

describe('in a book of large groups', () => {
  const mails = [{ value: 'One@test.example', type: 'work' as const }];
  const groups = async (members: readonly string[], book: string) => {
    for (let at = 0; at < 8; at += 1) await group(`${book}-${at}`, members);
  };
  const showOne = async (): Promise<string> => {
    const card = await store.card(me, FIRST_BOOK, 'one.vcf');
    return test.renderRoute('/', { query: { id: card?.id ?? '' } });
  };

  it('finds those of a contact, by its uid and by its address, as often as they are written', async () => {
    await bring(['one'], { mails });
    const team = await group('team', ['one']);
    await group('more', ['one-too', 'on']);
    const mailed = await group('mailed', [], { members: ['mailto:one@TEST.example'] });
    const isIn = (page: string) => {
      const [, list = ''] = /<ul class="contacts-members">(.*?)<\/ul>/s.exec(page) ?? [];
      return [...list.matchAll(/<a href="\/contacts\?id=([^"]+)"/g)]
        .map(([, id = '']) => id)
        .sort();
    };

    expect(isIn(await showOne())).toEqual([team, mailed].sort());
    await group('team', ['two']);

    expect(isIn(await showOne())).toEqual([mailed]);
  });

  it('shows a contact as fast as in a book of small ones', async () => {
    await bring(['one'], { mails });
    await groups(['two'], 'group');
    const small = await slowdown(showOne, () => undefined);
    await groups(many(6_000), 'group');
    const large = await slowdown(showOne, () => undefined);

    expect(large / small).toBeLessThan(3);
  });
});

it('knows who is in groups of before', async () => {
  const db = knex({ client: 'sqlite3', connection: ':memory:', useNullAsDefault: true });
  await db.schema.createTable('contacts_cards', (table) => {
    table.string('id');
    table.string('kind');
    table.text('text');
  });
  const members = ['urn:uuid:one', 'mailto:Two@test.example'];
  const rows = Array.from({ length: 25 }, (_, at) => ({
    id: `${at}`,
    kind: at === 7 ? 'individual' : 'group',
    text: at === 9 ? 'nothing' : aCard(`${at}`, { kind: 'group', members }),
  }));
  await db('contacts_cards').insert(rows);
  await up(db);
  const read = await db('contacts_cards').select('id', 'members', 'member_count');
  await db.destroy();

  const column = { members: '\none\nmailto:two@test.example\n', member_count: 2 };
  const none = { members: '', member_count: 0 };
  expect(read).toEqual(
    rows.map(({ id }) => ({ id, ...(['7', '9'].includes(id) ? none : column) })),
  );
});

it('deletes groups without going through who is in them', async () => {
  const make = (members: readonly string[], name: string) =>
    Promise.all(Array.from({ length: 4 }, (_, at) => group(`${name}-${at}`, members)));
  const small: (readonly string[])[] = [];
  const large: (readonly string[])[] = [];
  for (let at = 0; at < 8; at += 1) {
    small.push(await make(['two'], `small-${at}`));
    large.push(await make(many(6_000), `large-${at}`));
  }
  const remove = (all: (readonly string[])[]) => store.removeAll(me, all.pop() ?? []);

  expect(
    await slowdown(
      () => remove(large),
      () => remove(small),
    ),
  ).toBeLessThan(5);
  expect((await store.list(me, {})).total).toBe(12);
});

it('joins a chain of cards in time that grows with it', async () => {
  const person = { ...me, user: me.user + 1 };
  await store.books(person);
  const chained = (uid: string, mails: readonly number[]) => ({
    uri: `${uid}.vcf`,
    text: aCard(uid, {
      mails: mails.map((at) => ({ value: `m${at}@test.example`, type: 'work' as const })),
    }),
  });
  // Each of the second half joins all before it, by the first of them, with one more.
  const chain = (count: number) => [
    ...many(count).map((uid, at) => chained(uid, [at])),
    ...many(count).map((uid, at) => chained(`of-${uid}`, [0, at])),
  ];
  await store.bringIn(me, FIRST_BOOK, chain(300));
  await store.bringIn(person, FIRST_BOOK, chain(4_800));

  expect((await store.twins(person))[0]).toHaveLength(9_600);
  expect(
    await slowdown(
      () => store.twins(person),
      () => store.twins(me),
    ),
  ).toBeLessThan(40);
});
