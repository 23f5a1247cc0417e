import { pushMigrations } from '../announce';
import { auditMigrations } from '../audit';
import { composeMigrations } from '../compose';
import { enablingMigrations } from '../enabling';
import type { MigrationSet } from '../kernel/db-types';
import { jobRunMigrations } from '../kernel/job-runs';
import { jobMigrations } from '../kernel/jobs';
import { usedOnceMigrations } from '../kernel/used-once';
import { notifyMigrations } from '../notify';
import { sessionMigrations, stateMigrations } from '../session';
import { settingsMigrations } from '../settings';
import { snoozeMigrations } from '../snooze';
import { transferMigrations } from '../transfer';

/** The schema of the core, in the order in which it is made. */
export const coreMigrations: MigrationSet = {
  owner: 'core',
  migrations: [
    ...sessionMigrations,
    ...settingsMigrations,
    ...auditMigrations,
    ...enablingMigrations,
    ...notifyMigrations,
    ...composeMigrations,
    ...snoozeMigrations,
    ...transferMigrations,
    ...pushMigrations,
    ...jobMigrations.migrations,
    ...jobRunMigrations.migrations,
    ...usedOnceMigrations.migrations,
    ...stateMigrations,
  ],
};
