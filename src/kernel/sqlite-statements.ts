type Done = (this: unknown, error: Error | null, rows?: unknown) => void;
type Method = 'all' | 'run';

interface RawStatement {
  all(bindings: unknown, done: Done): unknown;
  run(bindings: unknown, done: Done): unknown;
  finalize(done?: () => void): void;
}

/** What this file uses of a connection of `sqlite3`. */
export interface RawDatabase {
  all(sql: string, bindings: unknown, done: Done): unknown;
  run(sql: string, bindings: unknown, done: Done): unknown;
  exec(sql: string, done: (error: Error | null) => void): void;
  prepare(sql: string, done?: (error: Error | null) => void): RawStatement;
  close(done: (error: Error | null) => void): void;
  /** Ends what runs with SQLITE_INTERRUPT; nothing when nothing runs. */
  interrupt(): void;
}

/** The product has some two hundred different statements; plugins add theirs. */
const MAX_STATEMENTS = 300;
/** A statement made for one list of ids will not be seen again. */
const MAX_SQL_CHARS = 2_000;
// PRAGMA, BEGIN, COMMIT and changes of tables are rare, and some must not be prepared in advance.
const IS_KEPT = /^\s*(?:select|insert|update|delete|with)\s/i;

/**
 * Keeps statements of a connection prepared: compiling the SQL again costs several times what
 * running it does. A statement that failed is dropped, since it may still hold a lock until it is
 * finalised; SQLite itself prepares again after a change of tables (sqlite3_prepare_v2).
 */
export function keepStatements<D extends RawDatabase>(database: D): D {
  const kept = new Map<string, RawStatement>();
  const direct = { all: database.all.bind(database), run: database.run.bind(database) };
  const close = database.close.bind(database);

  function drop(sql: string): void {
    kept.get(sql)?.finalize();
    kept.delete(sql);
  }

  function keep(sql: string, statement: RawStatement): void {
    kept.set(sql, statement);
    const [oldest] = kept.keys();
    if (kept.size > MAX_STATEMENTS && oldest !== undefined) drop(oldest);
  }

  const run = (
    statement: RawStatement,
    method: Method,
    sql: string,
    bindings: unknown,
    done: Done,
  ) =>
    // `this` of the callback carries `lastID` and `changes`.
    statement[method](bindings, function (error, rows) {
      if (error) drop(sql);
      done.call(this, error, rows);
    });

  const call =
    (method: Method) =>
    (sql: string, bindings: unknown, done: Done): unknown => {
      if (sql.length > MAX_SQL_CHARS || !IS_KEPT.test(sql))
        return direct[method](sql, bindings, done);
      const known = kept.get(sql);
      if (known) {
        kept.delete(sql);
        kept.set(sql, known);
        return run(known, method, sql, bindings, done);
      }
      const statement = database.prepare(sql, (error) => {
        // A statement that could not be prepared calls nobody back: the connection tells why.
        if (error) return void direct[method](sql, bindings, done);
        if (!kept.has(sql)) keep(sql, statement);
        run(statement, method, sql, bindings, done);
      });
      return statement;
    };

  return Object.assign(database, {
    all: call('all'),
    run: call('run'),
    close(done: (error: Error | null) => void): void {
      for (const sql of [...kept.keys()]) drop(sql);
      close(done);
    },
  });
}
