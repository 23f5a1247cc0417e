import type { ComposeService } from '../compose';
import type { JobDefinition } from '../kernel/job-types';
import type { Sessions } from '../session';

/** The periodic work of the core; docs/operations.md has the same table. */
export const coreJobs = (deps: {
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
];
