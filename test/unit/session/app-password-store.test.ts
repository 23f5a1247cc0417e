import {
  type AppPasswordScope,
  findAppPassword,
  insertAppPassword,
} from '../../../src/session/app-password-store';
import { aBench, type Bench } from './kit';

let bench: Bench;
beforeEach(async () => {
  bench = await aBench();
});
afterEach(() => bench.close());

it('finds a password of an application for what it opens, and for nothing else', async () => {
  const { session } = await bench.signIn();
  const { user } = session;
  const made = { user: user.id, salt: 's', hash: 'h', createdAt: new Date().toISOString() };
  // One scope is in service; the next one must not be opened by passwords of the first.
  const other = 'imap' as AppPasswordScope;
  const { knex } = bench.db;
  await insertAppPassword(knex, { ...made, name: 'Agenda', scope: 'dav', selector: 'aaaa' }, 9);
  await insertAppPassword(knex, { ...made, name: 'Courriel', scope: other, selector: 'bbbb' }, 9);
  const found = (selector: string, scope: AppPasswordScope) =>
    findAppPassword(knex, bench.site.id, user.login, { selector, scope });

  expect(await found('aaaa', 'dav')).toMatchObject({ user: { login: user.login } });
  expect(await found('bbbb', other)).toMatchObject({ user: { login: user.login } });
  expect(await found('aaaa', other)).toBeUndefined();
  expect(await found('bbbb', 'dav')).toBeUndefined();
});
