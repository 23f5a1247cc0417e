import type { RawDatabase } from './sqlite-statements';

/** More than a page or a job takes at once; an endless query has filled no memory by then. */
export const MAX_ROWS = 50_000;

type Rows = Record<string, unknown>[];
interface RowStatement {
  each(
    bindings: unknown,
    row: (error: Error | null, row: Rows[number]) => void,
    done: () => void,
  ): unknown;
  finalize(done: () => void): void;
}

/**
 * A connection whose `all` ends a statement that returns more than `max` rows. The driver collects
 * them in native memory as fast as SQLite finds them: an endless SELECT takes a gigabyte in seconds.
 */
export function boundRows<D extends RawDatabase>(database: D, max = MAX_ROWS): D {
  return Object.assign(database, {
    all(sql: string, bindings: unknown, done: (error: Error | null, rows?: unknown) => void) {
      const rows: Rows = [];
      let isOver = false;
      let failure: Error | null = null;
      let awaited = 2;
      // The driver tells of the last row and of a failure in either order: the statement's end,
      // which comes after the failure, is waited for as well.
      const end = (): void => {
        awaited -= 1;
        if (awaited > 0) return;
        done(isOver ? new Error(`a query returns more than ${max} rows`) : failure, rows);
      };
      const row = (error: Error | null, one: Rows[number]): void => {
        if (error) failure ??= error;
        if (failure || isOver) return;
        if (rows.length < max) return void rows.push(one);
        isOver = true;
        database.interrupt();
      };
      const prepared: unknown = database.prepare(sql, (error) => {
        // What could not be prepared calls nobody else back.
        if (error) return done(error);
        const statement = prepared as RowStatement; // the driver's, of which others need less
        statement.each(bindings, row, end);
        statement.finalize(end);
      });
      return prepared;
    },
  });
}
