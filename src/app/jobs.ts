import type { Audit } from '../audit';
import type { Clock } from '../base/clock';
import type { ComposeService } from '../compose';
import type { JobDefinition } from '../kernel/job-types';
import type { Sessions } from '../session';

const DAY_MS = 86_400_000;

/** The periodic work of the core; docs/operations.md has the same table. */
export const coreJobs = (deps: {
  readonly audit: Pick<Audit, 'purge'>;
  /** For how long a line of the audit log is kept. */
  readonly auditDays: number;
  readonly clock: Clock;
  readonly sessions: Pick<Sessions, 'purgeExpired'>;
  readonly compose: Pick<ComposeService, 'recover' | 'sweepUploads'>;
}): readonly JobDefinition[] => [
  {
    id: 'core:sessions',
    every: '1m',
    timeoutS: 60,
    run: async () => void (await deps.sessions.purgeExpired()),
  },
  {
    id: 'core:outbox',
    every: '1m',
    timeoutS: 50,
    run: async () => void (await deps.compose.recover()),
  },
  {
    id: 'core:uploads',
    every: '1h',
    timeoutS: 600,
    run: async () => void (await deps.compose.sweepUploads()),
  },
  {
    id: 'core:audit',
    every: '1d',
    timeoutS: 600,
    run: async () => {
      const before = deps.clock.now() - deps.auditDays * DAY_MS;
      await deps.audit.purge(new Date(before).toISOString());
    },
  },
];
