import type { RawDatabase } from './sqlite-statements';

/** More than a page or a job takes at once; an endless query has filled no memory by then. */
export const MAX_ROWS = 50_000;

type Rows = Record<string, unknown>[];
interface EachDatabase extends RawDatabase {
  each(
    sql: string,
    bindings: unknown,
    row: (error: Error | null, row: Rows[number]) => void,
    done: (error: Error | null) => void,
  ): unknown;
}

/**
 * A connection whose `all` ends a statement that returns more than `max` rows. The driver collects
 * them in native memory as fast as SQLite finds them: an endless SELECT takes a gigabyte in seconds.
 */
export function boundRows<D extends RawDatabase>(database: D, max = MAX_ROWS): D {
  const { each } = database as unknown as EachDatabase;
  return Object.assign(database, {
    all(sql: string, bindings: unknown, done: (error: Error | null, rows?: unknown) => void) {
      const rows: Rows = [];
      let isOver = false;
      let failure: Error | null = null;
      return each.call(
        database,
        sql,
        bindings,
        (error, row) => {
          // A statement that fails half-way tells it here, and then that it is done.
          if (error) failure ??= error;
          if (failure || isOver) return;
          if (rows.length < max) return void rows.push(row);
          isOver = true;
          database.interrupt();
        },
        (error) =>
          done(
            isOver ? new Error(`a query returns more than ${max} rows`) : (failure ?? error),
            rows,
          ),
      );
    },
  });
}
