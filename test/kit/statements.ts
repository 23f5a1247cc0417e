import type { Database } from '../../src/kernel/db-types';

/** What a database is asked meanwhile. */
export async function statementsOf(
  { knex }: Pick<Database, 'knex'>,
  run: () => Promise<unknown>,
): Promise<readonly string[]> {
  const asked: string[] = [];
  const note = ({ sql }: { readonly sql: string }): void => void asked.push(sql);
  knex.on('query', note);
  try {
    await run();
  } finally {
    knex.removeListener('query', note);
  }
  return asked;
}
