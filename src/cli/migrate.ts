import type { MigrationSet } from '../kernel/db-types';
import { type MigrationRef, migrate as migrateSets, pending } from '../kernel/migrate';
import { type Command, EXIT, type Io, print, readArgs } from './command';

interface Report {
  readonly applied: readonly MigrationRef[];
  readonly pending: readonly MigrationRef[];
  readonly failed: readonly { readonly owner: string; readonly message: string }[];
  /** Plugins that the operator does not let touch what they need: theirs do not run. */
  readonly skipped: readonly { readonly owner: string; readonly message: string }[];
}

type Outcome = Omit<Report, 'skipped'>;

export const migrate: Command = {
  name: 'migrate',
  summary: 'brings the database to this version',
  usage: [
    'estafette migrate [--status] [--json]',
    '',
    '--status   tells what is missing and changes nothing; exit code 1 if something is',
    '',
    'Two processes may start it together: each step is applied once.',
  ].join('\n'),
  async run(io, args, deps) {
    const { values } = readArgs(args, { status: { type: 'boolean' } });
    const config = deps.loadConfig();
    const db = await deps.openDatabase(config);
    const databases = deps.pluginDatabases(config);
    // The core's go to its database, those of a plugin to that plugin's.
    const place: Place = {
      migrate: (set) => (isCore(set) ? migrateSets(db, [set]) : databases.migrate(set)),
      pending: (set) => (isCore(set) ? pending(db, [set]) : databases.pending(set)),
    };
    try {
      const { sets, skipped } = await deps.migrationSets(config, db);
      const report: Report = {
        ...(values.status ? await statusOf(place, sets) : await applyAll(place, sets)),
        skipped: skipped.map(({ id, reason }) => ({ owner: id, message: reason })),
      };
      show(io, values, report);
      const isDone = report.failed.length === 0 && report.pending.length === 0;
      return isDone ? EXIT.ok : EXIT.failure;
    } finally {
      await databases.closeAll();
      await db.close();
    }
  },
};

type Place = Record<'migrate' | 'pending', (set: MigrationSet) => Promise<readonly MigrationRef[]>>;

const isCore = ({ owner }: MigrationSet): boolean => owner === 'core';

async function statusOf(place: Place, sets: readonly MigrationSet[]): Promise<Outcome> {
  const missing: MigrationRef[] = [];
  for (const set of sets) missing.push(...(await place.pending(set)));
  return { applied: [], failed: [], pending: missing };
}

// A plugin whose migration fails runs degraded: it does not keep the others waiting. The core's
// failure does: nothing runs without its schema.
async function applyAll(place: Place, sets: readonly MigrationSet[]): Promise<Outcome> {
  const applied: MigrationRef[] = [];
  const failed: { owner: string; message: string }[] = [];
  for (const set of sets) {
    try {
      applied.push(...(await place.migrate(set)));
    } catch (error) {
      if (isCore(set)) throw error;
      failed.push({
        owner: set.owner,
        message: error instanceof Error ? error.message : String(error),
      });
    }
  }
  return { applied, failed, pending: [] };
}

function show(io: Io, values: { readonly json?: boolean | undefined }, report: Report): void {
  print(io, values, report, () => {
    const lines = [
      ...report.applied.map(({ owner, name }) => `applied  ${owner}/${name}`),
      ...report.pending.map(({ owner, name }) => `missing  ${owner}/${name}`),
      ...report.failed.map(({ owner, message }) => `failed   ${owner}: ${message}`),
      ...report.skipped.map(({ owner, message }) => `skipped  ${owner}: ${message}`),
    ];
    return lines.length === 0 ? 'The database is up to date.' : lines.join('\n');
  });
}
