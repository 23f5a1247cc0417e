import type { UserId } from '../base/types';
import type { Database } from '../kernel/db-types';

/** Columns of each table that a person may see of themselves; plumbing of sendings is left out. */
const TABLES: Readonly<Record<string, readonly string[]>> = {
  drafts: ['id', 'mode', 'revision', 'fields', 'created_at', 'saved_at'],
  outbox: ['draft_id', 'state', 'message_id', 'created_at', 'updated_at', 'send_at'],
  identities: [
    'label',
    'name',
    'mail',
    'reply_to',
    'bcc',
    'signature',
    'signature_html',
    'sent_mailbox',
  ],
  templates: ['name', 'subject', 'text', 'html'],
  correspondents: ['mail', 'name', 'uses', 'last_used'],
};

/** What writing keeps about a person, one file a table. */
export async function composeRecords(
  { knex }: Database,
  user: UserId,
): Promise<readonly { readonly file: string; readonly content: unknown }[]> {
  return Promise.all(
    Object.entries(TABLES).map(async ([table, columns]) => {
      const rows: unknown[] = await knex(table)
        .where({ user_id: user })
        .select([...columns]);
      return { file: `${table}.json`, content: rows };
    }),
  );
}
