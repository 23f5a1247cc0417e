import type { Migration } from 'estafette/plugin';

const TIME = 24; // `2026-01-31T12:00:00.000Z`

export const up: Migration['up'] = async (knex) => {
  await knex.schema.createTable('twofactor_people', (table) => {
    table.string('site', 64).notNullable();
    table.integer('user_id').notNullable();
    table.string('login', 256).notNullable();
    table.string('mail', 320).notNullable();
    table.string('name', 256).notNullable();
    // When a second factor was first required of them.
    table.string('required_since', TIME);
    table.primary(['site', 'user_id']);
    table.index(['site', 'login']);
    table.index(['site', 'mail']);
  });
  await knex.schema.createTable('twofactor_totp', (table) => {
    table.string('site', 64).notNullable();
    table.integer('user_id').notNullable();
    // Sealed by the platform: this file alone makes no code.
    table.text('secret').notNullable();
    // RFC 6238 5.2: the same step is never taken twice.
    table.integer('last_step').notNullable();
    table.string('created_at', TIME).notNullable();
    table.string('used_at', TIME);
    table.primary(['site', 'user_id']);
  });
  await knex.schema.createTable('twofactor_passkeys', (table) => {
    table.string('id', 36).primary();
    table.string('site', 64).notNullable();
    table.integer('user_id').notNullable();
    table.string('name', 64).notNullable();
    // WebAuthn 4: at most 1,023 bytes, as base64url.
    table.text('credential').notNullable();
    // Its SHA-256: one credential is one person's.
    table.string('credential_hash', 64).notNullable();
    table.text('public_key').notNullable();
    table.bigInteger('counter').notNullable();
    table.text('transports').notNullable();
    table.string('created_at', TIME).notNullable();
    table.string('used_at', TIME);
    table.unique(['site', 'credential_hash']);
    table.index(['site', 'user_id']);
  });
  await knex.schema.createTable('twofactor_recovery', (table) => {
    table.string('id', 36).primary();
    table.string('site', 64).notNullable();
    table.integer('user_id').notNullable();
    table.string('salt', 32).notNullable();
    table.string('hash', 64).notNullable();
    table.string('created_at', TIME).notNullable();
    table.string('used_at', TIME);
    table.index(['site', 'user_id']);
  });
  await knex.schema.createTable('twofactor_devices', (table) => {
    table.string('id', 36).primary();
    table.string('site', 64).notNullable();
    table.integer('user_id').notNullable();
    table.string('device_hash', 64).notNullable();
    table.string('name', 200).notNullable();
    // The person said so; the others are only not asked again today.
    table.boolean('is_trusted').notNullable();
    table.string('created_at', TIME).notNullable();
    table.string('expires_at', TIME).notNullable();
    table.unique(['site', 'user_id', 'device_hash']);
    table.index(['expires_at']);
  });
  await knex.schema.createTable('twofactor_limits', (table) => {
    table.string('site', 64).notNullable();
    table.integer('user_id').notNullable();
    table.integer('failures').notNullable();
    table.string('blocked_until', TIME);
    table.string('expires_at', TIME).notNullable();
    table.primary(['site', 'user_id']);
  });
  await knex.schema.createTable('twofactor_spent', (table) => {
    // Challenges and secrets that a page carried and a form brought back.
    table.string('hash', 64).primary();
    table.string('expires_at', TIME).notNullable();
    table.index(['expires_at']);
  });
  await knex.schema.createTable('twofactor_resets', (table) => {
    table.string('id', 36).primary();
    table.string('site', 64).notNullable();
    table.integer('user_id').notNullable();
    table.string('note', 500).notNullable();
    table.integer('asked_by').notNullable();
    table.string('asked_name', 256).notNullable();
    table.string('asked_at', TIME).notNullable();
    table.string('expires_at', TIME).notNullable();
    table.integer('decided_by');
    table.string('decided_name', 256);
    table.string('decided_at', TIME);
    table.string('outcome', 16);
    table.index(['site', 'asked_at']);
  });
};

export const down: Migration['down'] = async (knex) => {
  for (const name of [
    'resets',
    'spent',
    'limits',
    'devices',
    'recovery',
    'passkeys',
    'totp',
    'people',
  ]) {
    await knex.schema.dropTable(`twofactor_${name}`);
  }
};
