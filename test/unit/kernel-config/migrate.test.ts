import path from 'node:path';
import type { Migration, MigrationSet } from '../../../src/kernel/db-types';
import { jobMigrations } from '../../../src/kernel/jobs';
import {
  MigrationError,
  migrate,
  migrationTable,
  pending,
  rollback,
} from '../../../src/kernel/migrate';
import { cleanUp, newDatabase, newFolder, startChild } from './support';

afterEach(cleanUp);

const creating = (name: string, table: string): Migration => ({
  name,
  async up(knex) {
    await knex.schema.createTable(table, (columns) => {
      columns.increments('id');
      columns.string('old').notNullable().defaultTo('x');
    });
  },
  down: async (knex) => {
    await knex.schema.dropTable(table);
  },
});
const setOf = (owner: string, ...migrations: Migration[]): MigrationSet => ({ owner, migrations });
const failing: Migration = {
  name: '0002-broken',
  async up(knex) {
    await knex.schema.createTable('half', (table) => table.increments('id'));
    throw new Error('no');
  },
  async down() {},
};

describe('migrate', () => {
  it('applies what is missing once, in order, per owner', async () => {
    const db = await newDatabase();
    const sets = [setOf('core', creating('0001-a', 'a')), setOf('notes', creating('0001-a', 'b'))];

    const before = await pending(db, sets);
    const first = await migrate(db, sets);
    const second = await migrate(db, sets);

    expect(before).toEqual([
      { owner: 'core', name: '0001-a' },
      { owner: 'notes', name: '0001-a' },
    ]);
    expect(first).toEqual(before);
    expect(second).toEqual([]);
    expect(await pending(db, sets)).toEqual([]);
    expect(await db.knex('migrations_notes').select('name')).toEqual([{ name: '0001-a' }]);
  });

  it('lets several folders add to one owner', async () => {
    const db = await newDatabase();
    const sets = [setOf('core', creating('0001-a', 'a')), setOf('core', creating('0001-b', 'b'))];

    expect(await migrate(db, sets)).toHaveLength(2);
    expect(await migrate(db, sets)).toEqual([]);
  });

  it('undoes a whole set when one step fails, and keeps the earlier sets', async () => {
    const db = await newDatabase();
    const sets = [
      setOf('core', creating('0001-a', 'a')),
      setOf('notes', creating('0001-b', 'b'), failing),
    ];

    const error = await migrate(db, sets).catch((thrown: unknown) => thrown);

    expect(error).toBeInstanceOf(MigrationError);
    expect(String(error)).toContain('notes/0002-broken');
    expect(await db.knex.schema.hasTable('a')).toBe(true);
    expect(await db.knex.schema.hasTable('b')).toBe(false);
    expect(await db.knex.schema.hasTable('half')).toBe(false);
  });

  it('rebuilds a table that others refer to without losing their rows', async () => {
    const db = await newDatabase();
    const first = setOf('core', creating('0001-a', 'parents'), {
      name: '0002-children',
      async up(knex) {
        await knex.schema.createTable('children', (table) => {
          table.integer('parent_id').references('id').inTable('parents').onDelete('CASCADE');
        });
        await knex('parents').insert({ id: 1 });
        await knex('children').insert({ parent_id: 1 });
      },
      async down() {},
    });
    await migrate(db, [first]);
    const second = setOf('core', ...first.migrations, {
      name: '0003-drop-column',
      async up(knex) {
        await knex.schema.alterTable('parents', (table) => {
          table.dropColumn('old');
        });
      },
      async down() {},
    });

    await migrate(db, [second]);

    expect(await db.knex('children')).toEqual([{ parent_id: 1 }]);
    expect(await db.knex('parents')).toEqual([{ id: 1 }]);
    expect(await db.knex.raw('PRAGMA foreign_keys')).toEqual([{ foreign_keys: 1 }]);
  });

  it('rolls back last first', async () => {
    const db = await newDatabase();
    const sets = [setOf('core', creating('0001-a', 'a'), creating('0002-b', 'b')), jobMigrations];
    await migrate(db, sets);

    const undone = await rollback(db, sets);

    expect(undone.map(({ name }) => name)).toEqual(['kernel-0001-job-leases', '0002-b', '0001-a']);
    expect(await db.knex.schema.hasTable('job_leases')).toBe(false);
    expect(await pending(db, sets)).toHaveLength(3);
  });

  it.each([
    ['an extension', setOf('core', creating('0001-a.ts', 'a'))],
    ['an owner that is no id', setOf('co re', creating('0001-a', 'a'))],
    ['a name given twice', setOf('core', creating('0001-a', 'a'), creating('0001-a', 'b'))],
  ])('refuses %s', async (_, set) => {
    const db = await newDatabase();

    await expect(migrate(db, [set])).rejects.toMatchObject({ code: 'config/invalid' });
  });

  it('names one table per owner, without characters that need quotes', () => {
    expect(migrationTable('attachment-reminder')).toBe('migrations_attachment_reminder');
  });

  it('migrates once and counts right when two processes start together', async () => {
    const filename = path.join(newFolder(), 'shared.db');
    const rounds = 150;
    const children = [0, 1].map(() => startChild('starter.ts', [filename, String(rounds)]));
    await Promise.all(children.map(({ ready }) => ready));

    for (const child of children) child.go();
    const ends = await Promise.all(children.map((child) => child.done()));

    expect(ends.map(({ code, err }) => ({ code, err }))).toEqual([
      { code: 0, err: '' },
      { code: 0, err: '' },
    ]);
    const applied = ends.map(({ lines }) => JSON.parse(lines.at(-1) ?? '{}').applied as number);
    expect(applied.toSorted((a, b) => a - b)).toEqual([0, 2]);
    const db = await newDatabase(filename);
    expect(await db.knex('counters').select('value')).toEqual([{ value: 2 * rounds }]);
  }, 60_000);
});
