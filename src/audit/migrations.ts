import type { Migration } from '../kernel/db-types';

const TRIGGERS = [
  // What is written stays as it is.
  `create trigger audit_log_no_update before update on audit_log
   begin select raise(abort, 'audit_log is append-only'); end`,
  // A purge writes its anchor first: only lines that an anchor answers for can go. Those from before
  // the chain have no number.
  `create trigger audit_log_no_delete before delete on audit_log
   when old.seq is not null and not exists (
     select 1 from audit_anchors where site = old.site and seq >= old.seq
   )
   begin select raise(abort, 'audit_log is append-only'); end`,
  `create trigger audit_anchors_no_update before update on audit_anchors
   begin select raise(abort, 'audit_anchors is append-only'); end`,
  `create trigger audit_anchors_no_delete before delete on audit_anchors
   begin select raise(abort, 'audit_anchors is append-only'); end`,
];
const TRIGGER_NAMES = [
  'audit_log_no_update',
  'audit_log_no_delete',
  'audit_anchors_no_update',
  'audit_anchors_no_delete',
];
const CHAIN_COLUMNS = ['seq', 'prev', 'hash', 'key_id'];

/** What was done, by whom, where: rows are added, and removed only by age. */
export const auditMigrations: readonly Migration[] = [
  {
    name: 'audit-0001',
    async up(knex) {
      await knex.schema.createTable('audit_log', (table) => {
        table.increments('id');
        table.string('at', 24).notNullable();
        // `*` for what concerns every site.
        table.string('site', 64).notNullable();
        // Not a key of `users`: the line outlives the person's row, and programs act too.
        table.string('actor_login', 256);
        table.string('event', 128).notNullable();
        table.string('target', 256);
        table.string('remote', 64);
        table.text('details').notNullable();
        table.index(['site', 'id']);
        table.index(['at']);
      });
    },
    async down(knex) {
      await knex.schema.dropTable('audit_log');
    },
  },
  {
    name: 'audit-0002',
    async up(knex) {
      // One chain for each site, since each keeps its lines for a time of its own. Empty in lines
      // from before.
      await knex.schema.alterTable('audit_log', (table) => {
        table.integer('seq');
        table.string('prev', 64);
        table.string('hash', 64);
        table.string('key_id', 16);
        // Two processes that would write the same number: one of them is refused.
        table.unique(['site', 'seq']);
        table.index(['actor_login', 'id']);
        table.index(['target', 'id']);
      });
      await knex.schema.createTable('audit_anchors', (table) => {
        table.increments('id');
        table.string('site', 64).notNullable();
        table.integer('seq').notNullable();
        table.string('hash', 64).notNullable();
        table.integer('lines').notNullable();
        table.string('before', 24).notNullable();
        table.string('at', 24).notNullable();
        table.string('fault', 256);
        table.string('key_id', 16).notNullable();
        table.string('mac', 64).notNullable();
        table.index(['site', 'seq']);
      });
      // How far each stream has come, and which process feeds it.
      await knex.schema.createTable('audit_cursors', (table) => {
        table.string('name', 64).primary();
        table.integer('line').notNullable();
        table.string('at', 24).notNullable();
        table.string('holder', 64);
        table.string('held_until', 24);
      });
      for (const trigger of TRIGGERS) await knex.raw(trigger);
    },
    async down(knex) {
      for (const name of TRIGGER_NAMES) await knex.raw(`drop trigger ${name}`);
      await knex.schema.dropTable('audit_cursors');
      await knex.schema.dropTable('audit_anchors');
      await knex.schema.alterTable('audit_log', (table) => {
        table.dropUnique(['site', 'seq']);
        table.dropIndex(['actor_login', 'id']);
        table.dropIndex(['target', 'id']);
      });
      // Not by knex, which rebuilds the table for it and forgets AUTOINCREMENT.
      for (const column of CHAIN_COLUMNS) {
        await knex.raw(`alter table audit_log drop column ${column}`);
      }
    },
  },
  {
    name: 'audit-0003',
    async up(knex) {
      // Lines from before the chain end here: what comes now is sealed.
      await knex.raw(`create trigger audit_log_sealed before insert on audit_log
        when new.seq is null or new.hash is null
        begin select raise(abort, 'audit_log has sealed lines alone'); end`);
    },
    async down(knex) {
      await knex.raw('drop trigger audit_log_sealed');
    },
  },
];
