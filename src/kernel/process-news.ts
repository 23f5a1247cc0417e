/** A process that was replaced, or that ended by itself. */
export interface ProcessRestart {
  /** UTC ISO. */
  readonly at: string;
  readonly slot: number;
  readonly pid: number;
  readonly why: string;
  /** Whose code was the cause, when one is known. */
  readonly plugin?: string | undefined;
}

/** What the supervisor went through: every process is told, for whoever asks any of them. */
export interface ProcessNews {
  /** Oldest first; the last ones only. */
  readonly restarts: readonly ProcessRestart[];
  /** When the last reload was given up (UTC ISO); absent when it was not. */
  readonly refusedReload?: string | undefined;
}
