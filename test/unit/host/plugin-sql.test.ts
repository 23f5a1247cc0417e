import { foreignSql } from '../../../src/host/plugin-sql';

const isOwn = (table: string): boolean => table.startsWith('my_plugin_');
const problem = (sql: string): string | undefined => foreignSql(sql, isOwn);

describe('statements of a plugin', () => {
  it.each([
    'select * from `my_plugin_notes` where `text` = ? order by `id`, `text` limit ?',
    'select count(*) as `n` from "my_plugin_notes" as "users"',
    'select `a`.* from `my_plugin_a` as `a` inner join `my_plugin_b` as `b` on `a`.`id` = `b`.`id`',
    'select * from my_plugin_a a, my_plugin_b b where a.x = b.x',
    'select * from my_plugin_a join my_plugin_b using (id)',
    'insert into `my_plugin_a` (`x`, `y`) values (?, ?), (?, ?) returning `id`',
    'insert into `my_plugin_a` (`x`) values (?) on conflict (`x`) do update set `x` = excluded.`x`',
    'update `my_plugin_a` set `x` = ?, `y` = ? where `id` in (select `id` from `my_plugin_b`)',
    'delete from `my_plugin_a`',
    "select 'from users; -- ''quoted''' from my_plugin_a",
    'with my_plugin_new as (select * from my_plugin_a) select * from my_plugin_new',
    'select * from (select * from my_plugin_a) as t where exists (select 1 from my_plugin_b)',
    '',
  ])('may be %s', (sql) => {
    expect(problem(sql)).toBeUndefined();
  });

  it.each([
    ['select * from users', 'the table "users"'],
    ['select * from `users`', 'the table "users"'],
    ['select * from [users]', 'the table "users"'],
    ['select * from USERS', 'the table "users"'],
    ['select * from my_plugin_a, users', 'the table "users"'],
    ['select * from my_plugin_a a join my_plugin_b b on a.x = b.x, users', 'the table "users"'],
    ['select * from (my_plugin_a, users)', 'the table "users"'],
    ['select * from (select * from my_plugin_a) t, users', 'the table "users"'],
    ['select * from my_plugin_a where exists (select 1 from users)', 'the table "users"'],
    ['select (select max(id) from sessions) from my_plugin_a', 'the table "sessions"'],
    ['select * from my_plugin_a union select * from users', 'the table "users"'],
    ['select * from my_plugin_a union table users', 'the table "users"'],
    ['select * from main.users', 'the schema "main"'],
    ['select * from main.my_plugin_a', 'the schema "main"'],
    ['select * from "public"."my_plugin_a"', 'the schema "public"'],
    ['select * from users.my_plugin_a', 'the schema "users"'],
    ['insert into users (name) values (?)', 'the table "users"'],
    ['insert into my_plugin_a select * from users', 'the table "users"'],
    ['update users set name = ?', 'the table "users"'],
    ['update or replace users set name = ?', 'the table "users"'],
    ['update my_plugin_a set x = 1 from users', 'the table "users"'],
    ['delete from only users', 'the table "users"'],
    ['delete from my_plugin_a using users', 'the table "users"'],
    ['select * from sqlite_master', 'the table "sqlite_master"'],
    ['with users as (select 1) select * from users', 'the table "users"'],
    ['select * from my_plugin_a; drop table users', 'a second statement'],
    ['drop table my_plugin_a', 'not a select, insert, update or delete'],
    ['pragma table_info(users)', 'not a select, insert, update or delete'],
    ['attach database ? as x', 'not a select, insert, update or delete'],
    ['select * from my_plugin_a -- users', 'a comment, or a string with a backslash or dollars'],
    ['select * from /**/users', 'a comment, or a string with a backslash or dollars'],
    ["select E'\\' ' from users --'", 'a comment, or a string with a backslash or dollars'],
    ['select $$ x $$ from users', 'a comment, or a string with a backslash or dollars'],
    ["select load_extension('x') from my_plugin_a", 'the function load_extension'],
    ["select query_to_xml('select 1', true, true, '')", 'the function query_to_xml'],
    ["select current_setting ('x')", 'the function current_setting'],
  ])('may not be %s', (sql, expected) => {
    expect(problem(sql)).toBe(expected);
  });

  it('is read in time, however long', () => {
    const sql = `select * from my_plugin_a where x in (${'?, '.repeat(50_000)}?)`;
    const begun = performance.now();

    expect(problem(sql)).toBeUndefined();
    expect(performance.now() - begun).toBeLessThan(1_000);
  });
});
