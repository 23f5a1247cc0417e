import type { Migration } from 'estafette/plugin';
import { contactOf, membersColumn } from '../store/digest';

/** Groups are read so many at a time: each may have thousands of members. */
const AT_ONCE = 10;

/** Who is in each group, so that the groups of a card are found without reading their texts. */
export const up: Migration['up'] = async (knex) => {
  await knex.schema.alterTable('contacts_cards', (table) => {
    table.text('members').notNullable().defaultTo('');
    table.integer('member_count').notNullable().defaultTo(0);
  });
  const groups = knex('contacts_cards').where({ kind: 'group' }).orderBy('id').limit(AT_ONCE);
  for (let last = ''; ; ) {
    const rows: { id: string; text: string }[] = await groups
      .clone()
      .where('id', '>', last)
      .select('id', 'text');
    for (const { id, text } of rows) {
      const members = contactOf(text)?.members ?? [];
      await knex('contacts_cards')
        .where({ id })
        .update({ members: membersColumn(members), member_count: members.length });
    }
    if (rows.length < AT_ONCE) return;
    last = rows.at(-1)?.id ?? '';
  }
};

export const down: Migration['down'] = async (knex) => {
  await knex.schema.alterTable('contacts_cards', (table) => {
    table.dropColumn('members');
    table.dropColumn('member_count');
  });
};
