import type { Pushing } from '../announce';
import type { Audit } from '../audit';
import type { Clock } from '../base/clock';
import type { ComposeService } from '../compose';
import type { JobDefinition } from '../kernel/job-types';
import type { UsedOnce } from '../kernel/used-once';
import type { Notifier, Posts } from '../notify';
import type { Sessions } from '../session';
import type { Site } from '../sites';
import type { Snoozing } from '../snooze';
import type { Imports } from '../transfer';

const DAY_MS = 86_400_000;

/** Since when lines of a site are kept: as many months as it says, within the platform's days. */
function retention({
  clock,
  auditDays,
  sites,
}: Pick<Parameters<typeof coreJobs>[0], 'clock' | 'auditDays' | 'sites'>) {
  const now = clock.now();
  const ofPlatform = now - auditDays * DAY_MS;
  return (id: string): string => {
    const months = sites.find((site) => site.id === id)?.audit?.months;
    const before = months === undefined ? ofPlatform : monthsBefore(now, months);
    return new Date(Math.max(before, ofPlatform)).toISOString();
  };
}

/** Of a month that is shorter, its last day. */
function monthsBefore(now: number, months: number): number {
  const date = new Date(now);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() - months);
  const days = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(day, days));
  return date.getTime();
}

/** The periodic work of the core; docs/operations.md has the same table. */
export const coreJobs = (deps: {
  readonly audit: Pick<Audit, 'purge'>;
  /** For how long a line of the audit log is kept at most. */
  readonly auditDays: number;
  readonly sites: readonly Pick<Site, 'id' | 'audit'>[];
  readonly clock: Clock;
  readonly sessions: Pick<Sessions, 'purgeExpired'>;
  readonly compose: Pick<ComposeService, 'recover' | 'sendDue' | 'sweepUploads'>;
  readonly snoozing: Pick<Snoozing, 'wakeDue'>;
  readonly imports: Pick<Imports, 'resumeIdle' | 'sweep'>;
  readonly pushing: Pick<Pushing, 'tellDue'>;
  readonly notices: Pick<Notifier, 'sendDue'>;
  readonly posts: Pick<Posts, 'sendDue'>;
  readonly usedOnce: Pick<UsedOnce, 'purge'>;
}): readonly JobDefinition[] => [
  {
    id: 'core:sessions',
    every: '1m',
    timeoutS: 60,
    run: async () => {
      await deps.sessions.purgeExpired();
      await deps.usedOnce.purge();
    },
  },
  {
    id: 'core:outbox',
    every: '1m',
    timeoutS: 50,
    run: async () => void (await deps.compose.recover()),
  },
  {
    id: 'core:later',
    every: '15s',
    timeoutS: 300,
    run: async () => {
      await deps.compose.sendDue();
      await deps.snoozing.wakeDue();
      await deps.imports.resumeIdle();
    },
  },
  {
    id: 'core:push',
    every: '15s',
    timeoutS: 120,
    run: () => deps.pushing.tellDue(),
  },
  {
    id: 'core:notices',
    every: '1m',
    timeoutS: 300,
    run: () => deps.notices.sendDue(),
  },
  {
    id: 'core:posts',
    every: '1m',
    timeoutS: 300,
    run: () => deps.posts.sendDue(),
  },
  {
    id: 'core:uploads',
    every: '1h',
    timeoutS: 600,
    run: async () => {
      await deps.compose.sweepUploads();
      await deps.imports.sweep();
    },
  },
  {
    id: 'core:audit',
    every: '1d',
    timeoutS: 600,
    run: async () => {
      await deps.audit.purge(retention(deps));
    },
  },
];
