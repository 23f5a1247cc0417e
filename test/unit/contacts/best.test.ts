import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Migration } from 'estafette/plugin';
import knex, { type Knex } from 'knex';
import { bestCards } from '../../../plugins/contacts/store/best';
import { aPerson } from '../../../plugins/contacts/test/kit';

const MIGRATIONS = path.join(__dirname, '..', '..', '..', 'plugins', 'contacts', 'migrations');

let db: Knex;
afterEach(() => db.destroy());

/** The tables in memory: a plugin cannot ask its database how it reads them. */
async function makeTables(): Promise<void> {
  db = knex({
    client: 'sqlite3',
    connection: { filename: ':memory:' },
    useNullAsDefault: true,
  });
  for (const name of (await readdir(MIGRATIONS)).sort()) {
    const { up } = (await import(path.join(MIGRATIONS, name))) as Pick<Migration, 'up'>;
    await up(db);
  }
}

it('looks at names and addresses while somebody types, and at no card as a whole', async () => {
  await makeTables();
  const me = aPerson(1);
  await db('contacts_books').insert({
    site: me.site,
    user_id: me.user,
    id: 'contacts',
    title: 'x',
    owner: me.mail,
    created_at: '',
  });
  const asked: { readonly sql: string; readonly bindings: readonly never[] }[] = [];
  db.on('query', (query: (typeof asked)[number]) => asked.push(query));

  await bestCards((name) => db(name), me, { text: 'zo mar', limit: 5, isNamed: true });

  const [looked] = asked.filter(({ sql }) => sql.includes('sort_name'));
  const plan: { detail: string }[] = await db.raw(
    `explain query plan ${looked?.sql ?? ''}`,
    looked?.bindings ?? [],
  );
  expect(plan.map(({ detail }) => detail)).toContainEqual(
    expect.stringContaining('contacts_cards USING COVERING INDEX contacts_cards_names'),
  );
});
