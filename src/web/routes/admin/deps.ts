import type { Audit } from '../../../audit';
import type { SiteId, UserId } from '../../../base/types';
import type { Enabling, EnablingPlugin, KnownUser } from '../../../enabling';
import type { PluginDefinition } from '../../../host';
import type { JobStatus } from '../../../kernel/job-runs';
import type { PluginStats } from '../../../kernel/meter';
import type { ProcessNews } from '../../../kernel/process-news';
import type { Site } from '../../../sites';

/** An installed plugin, started or not. */
export interface InstalledPlugin extends EnablingPlugin {
  readonly version: string;
  readonly definition: PluginDefinition;
  /** Where its code comes from. */
  readonly source: {
    readonly kind: 'folder' | 'package';
    /** Below the installation. */
    readonly path: string;
    /** Of a package, as it was recorded when it was added. */
    readonly integrity?: string;
  };
  /** What the operator grants among its needs. */
  readonly granted: readonly string[];
  /** Scripts and styles, with the bytes that a browser receives. */
  readonly assets: readonly {
    readonly name: string;
    readonly bytes: number;
    readonly sent: number;
  }[];
}

/** What the process went through, as far as it watches itself. */
export interface ProcessFacts extends ProcessNews {
  readonly process: {
    readonly pid: number;
    readonly startedFor: string;
    readonly uptimeS: number;
    readonly rssMb: number;
    readonly heapMb: number;
  };
  readonly incidents: readonly {
    readonly time: string;
    readonly ms: number;
    readonly plugin?: string;
    readonly hook?: string;
  }[];
  readonly suspended: readonly { readonly plugin: string; readonly who: string }[];
  readonly leaks: readonly { readonly plugin: string; readonly mb: number }[];
}

export interface JobLine extends Omit<JobStatus, 'id' | 'isRunning' | 'runs' | 'failures'> {
  readonly id: string;
  readonly every: string;
  readonly isRunning: boolean;
  readonly runs: number;
  readonly failures: number;
}

/** What the administration reads and does, beside the rest of the web floor. */
export interface AdminDeps {
  readonly version: string;
  readonly mode: string;
  readonly startedAt: number;
  readonly sites: readonly Site[];
  readonly enabling: Pick<
    Enabling,
    | 'enabledFor'
    | 'reach'
    | 'faults'
    | 'explainFor'
    | 'check'
    | 'impactOf'
    | 'lastChange'
    | 'preview'
    | 'set'
    | 'rollbackRequest'
    | 'rollback'
    | 'history'
  >;
  readonly audit: Pick<Audit, 'list' | 'listSealed' | 'count' | 'record'>;
  readonly installed: readonly InstalledPlugin[];
  /** Warnings of the start, and how long it took. */
  readonly boot: () => { readonly warnings: readonly string[]; readonly ms: number };
  readonly process: () => ProcessFacts | undefined;
  readonly costs: () => readonly PluginStats[];
  readonly jobs: () => Promise<readonly JobLine[]>;
  readonly migrations: (
    plugin: string,
  ) => Promise<readonly { readonly name: string; readonly isPending: boolean }[]>;
  /** Known users by site. */
  readonly countUsers: () => Promise<ReadonlyMap<SiteId, number>>;
  /** Open sessions by user, of a site or of all. */
  readonly openSessions: (site?: SiteId) => Promise<ReadonlyMap<UserId, number>>;
  /** By login or address. */
  readonly findPerson: (site: SiteId, name: string) => Promise<KnownUser | undefined>;
  /** Whether a plugin of the site answers for a second factor; with groups, for who is in them. */
  readonly hasSecondFactor: (site: SiteId, groups?: readonly string[]) => boolean;
}
