/** Periodic work with a lease in the database: one process at a time runs it. */
export interface JobDefinition {
  /** `owner:id`. */
  readonly id: string;
  /** `30s`, `5m`, `1h`, `1d`. */
  readonly every: string;
  readonly timeoutS: number;
  /** Asked at each turn, before the lease; while it says no, the job is as if it were not there. */
  readonly isDue?: () => boolean;
  run(signal: AbortSignal): Promise<void>;
}

export interface Jobs {
  add(job: JobDefinition): () => void;
  /** Starts the timers (roles `worker` and `all`). */
  start(): void;
  /** Runs one now, whatever its schedule; rejects when another process holds the lease. */
  runNow(id: string): Promise<void>;
  list(): readonly { readonly id: string; readonly every: string }[];
  stop(): Promise<void>;
}
