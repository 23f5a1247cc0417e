import type { UserId } from '../../../src/base/types';
import { learnCorrespondents } from '../../../src/compose/correspondent-store';
import { aComposeStand, aWriter, type Stand } from '../../kit/compose-stand';

const actor = aWriter();
let stand: Stand;
beforeEach(async () => {
  stand = await aComposeStand();
});
afterEach(() => stand.close());

const learn = (name: string, mail: string, user: number = actor.user.id) =>
  learnCorrespondents(stand.db.knex, user as UserId, [{ name, mail }], 1_000);
const mails = async (query?: string) =>
  (await stand.compose.correspondents(actor, { ...(query && { query }) })).people.map(
    ({ mail }) => mail,
  );

it('lists whom one wrote to, most used first, page by page', async () => {
  await learn('Ada', 'ada@x.example');
  await learn('Bix', 'bix@x.example');
  await learn('Bix', 'bix@x.example');
  await learn('Autre', 'other@x.example', 2);

  expect(await stand.compose.correspondents(actor, { limit: 1 })).toMatchObject({
    people: [{ name: 'Bix', mail: 'bix@x.example', uses: 2 }],
    total: 2,
  });
  expect(await stand.compose.correspondents(actor, { offset: 1 })).toMatchObject({
    people: [{ mail: 'ada@x.example' }],
  });
  expect(await mails('AD')).toEqual(['ada@x.example']);
  expect(await mails('%')).toEqual([]);
});

it('forgets addresses, or everybody, of one person alone', async () => {
  await learn('Ada', 'ada@x.example');
  await learn('Bix', 'bix@x.example');
  await learn('Ada', 'ada@x.example', 2);

  expect(await stand.compose.forgetCorrespondents(actor, ['ADA@x.example', 'no@x.example'])).toBe(
    1,
  );
  expect(await mails()).toEqual(['bix@x.example']);
  expect(await stand.compose.forgetCorrespondents(actor)).toBe(1);
  expect(await stand.db.knex('correspondents').pluck('user_id')).toEqual([2]);
});

it('meets nobody once the person wants nobody to be remembered', async () => {
  const { user } = actor;
  await stand.compose.meet(actor, [{ name: 'Ada', mail: 'ada@x.example' }]);
  await stand.settings.write(user.id, 'core', { 'writing.collect': 'no' });
  await stand.compose.meet(actor, [{ name: 'Bix', mail: 'bix@x.example' }]);

  expect(await mails()).toEqual(['ada@x.example']);
});
