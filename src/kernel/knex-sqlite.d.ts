// knex publishes no types for its dialect files; these are the members that db-sqlite.ts relies on.
declare module 'knex/lib/dialects/sqlite3/execution/sqlite-transaction' {
  class SqliteTransaction {
    constructor(client: unknown, ...rest: unknown[]);
    begin(connection: unknown): Promise<unknown>;
    readonly trxClient: { query(connection: unknown, sql: string): Promise<unknown> };
  }
  export = SqliteTransaction;
}

declare module 'knex/lib/dialects/sqlite3' {
  import type { Knex } from 'knex';
  import type { RawDatabase } from './sqlite-statements';
  import type { DriverQuery, StatementGuard } from './statement-guard';

  class SqliteClient extends Knex.Client {
    config: Knex.Config & { readonly guard?: StatementGuard };
    _query(connection: RawDatabase, query: DriverQuery): Promise<unknown>;
    query(connection: unknown, query: unknown): Promise<unknown>;
    acquireConnection(): Promise<RawDatabase>;
    acquireRawConnection(): Promise<RawDatabase>;
  }
  export = SqliteClient;
}
