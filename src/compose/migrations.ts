import type { Knex } from 'knex';
import type { Migration } from '../kernel/db-types';

/** A person's erasure takes their rows along; their files are swept as orphans. */
const ownedByUser = (table: Knex.CreateTableBuilder): void => {
  table
    .integer('user_id')
    .unsigned()
    .notNullable()
    .references('id')
    .inTable('users')
    .onDelete('CASCADE');
};

/** Tables of the compose domain; they come after the table `users`. */
export const composeMigrations: readonly Migration[] = [
  {
    name: '0001-compose',
    async up(knex) {
      await knex.schema.createTable('drafts', (table) => {
        table.string('id', 40).primary();
        ownedByUser(table);
        table.string('site', 64).notNullable();
        table.string('mode', 20).notNullable();
        table.integer('revision').notNullable();
        table.text('fields').notNullable();
        // JSON: what links the draft to other messages, decided when it was opened.
        table.text('links').notNullable();
        // Message-ID of the message to be sent: one for all tries, so that a repeat is recognised.
        table.string('message_id', 255).notNullable();
        // JSON: where its copy in the Drafts mailbox is.
        table.text('server_copy').nullable();
        table.string('forked_from', 40).nullable();
        table.integer('forked_revision').nullable();
        table.string('created_at', 30).notNullable();
        table.string('saved_at', 30).notNullable();
        table.index(['user_id', 'saved_at']);
        table.index(['forked_from', 'forked_revision']);
      });
      await knex.schema.createTable('draft_attachments', (table) => {
        table.string('id', 40).primary();
        table
          .string('draft_id', 40)
          .notNullable()
          .references('id')
          .inTable('drafts')
          .onDelete('CASCADE');
        table.integer('position').notNullable();
        table.text('filename').notNullable();
        table.string('type', 255).notNullable();
        table.integer('size_bytes').notNullable();
        table.string('content_id', 255).nullable();
        table.index(['draft_id', 'position']);
      });
      await knex.schema.createTable('outbox', (table) => {
        // The idempotency key: one row, and so one sending, per composition.
        table.string('draft_id', 40).primary();
        ownedByUser(table);
        table.string('site', 64).notNullable();
        table.string('state', 10).notNullable();
        table.string('step', 10).notNullable();
        table.integer('revision').notNullable();
        table.string('message_id', 255).notNullable();
        // JSON: envelope, recipients with names, spool file, what is left to do.
        table.text('job').nullable();
        table.text('outcome').nullable();
        table.string('owner', 200).notNullable();
        table.bigInteger('lease_until').notNullable();
        table.boolean('is_unfinished').notNullable().defaultTo(false);
        table.string('created_at', 30).notNullable();
        table.string('updated_at', 30).notNullable();
        table.index(['state', 'lease_until']);
        table.index(['user_id', 'is_unfinished']);
      });
      await knex.schema.createTable('correspondents', (table) => {
        table.increments('id');
        ownedByUser(table);
        table.string('mail', 254).notNullable();
        table.text('name').notNullable();
        // Name and address without accents, in lower case, words after a space: for prefix search.
        table.text('words').notNullable();
        table.integer('uses').notNullable();
        table.bigInteger('last_used').notNullable();
        table.unique(['user_id', 'mail']);
        table.index(['user_id', 'last_used']);
      });
    },
    async down(knex) {
      for (const table of ['correspondents', 'outbox', 'draft_attachments', 'drafts']) {
        await knex.schema.dropTable(table);
      }
    },
  },
  {
    name: '0002-compose-later',
    async up(knex) {
      await knex.schema.alterTable('outbox', (table) => {
        // When a held message leaves, in milliseconds since 1970; null where nobody said when.
        table.bigInteger('send_at').nullable();
        // What opens the mail of somebody who is away then, sealed; gone as soon as it was used.
        table.text('access').nullable();
        table.integer('late_tries').notNullable().defaultTo(0);
        table.index(['state', 'send_at']);
      });
    },
    async down(knex) {
      await knex.schema.alterTable('outbox', (table) => {
        table.dropIndex(['state', 'send_at']);
        table.dropColumns('send_at', 'access', 'late_tries');
      });
    },
  },
  {
    name: '0003-compose-own',
    async up(knex) {
      await knex.schema.createTable('identities', (table) => {
        table.string('id', 40).primary();
        ownedByUser(table);
        table.string('site', 64).notNullable();
        table.integer('position').notNullable();
        table.string('label', 60).notNullable();
        table.string('name', 100).notNullable();
        table.string('mail', 254).notNullable();
        table.text('reply_to').notNullable();
        table.text('bcc').notNullable();
        table.text('signature').notNullable();
        table.text('signature_html').notNullable();
        table.text('sent_mailbox').notNullable();
        table.boolean('is_default').notNullable().defaultTo(false);
        table.index(['user_id', 'site', 'position']);
      });
      await knex.schema.createTable('templates', (table) => {
        table.string('id', 40).primary();
        ownedByUser(table);
        table.string('site', 64).notNullable();
        table.string('name', 100).notNullable();
        table.text('subject').notNullable();
        table.text('text').notNullable();
        table.text('html').notNullable();
        table.index(['user_id', 'site']);
      });
    },
    async down(knex) {
      for (const table of ['templates', 'identities']) await knex.schema.dropTable(table);
    },
  },
];
