import type { CodeFolders } from './stack-files';

/** What the watchdog's thread is started with; everything is a structured clone. */
export interface WatchdogInput {
  /** Memory of `running.ts`. */
  readonly buffer: SharedArrayBuffer;
  /** A loop that stands still for longer is told. */
  readonly blockedMs: number;
  /** And for longer than this, given up; 0: never. */
  readonly stuckMs: number;
  /** To read a stack. */
  readonly folders: CodeFolders;
  /** File descriptor of standard error, or of the supervisor's pipe; none when undefined. */
  readonly stderr: number | undefined;
  readonly report: number | undefined;
}

/** Who held the loop, as far as it can be known. */
export interface Culprit {
  readonly plugin?: string;
  readonly hook?: string;
  readonly requestId?: string;
  /** For whom it ran: `user 12`, `from 192.0.2.1`. */
  readonly who?: string;
  /** Function and place of the code that was running: `parse (plugins/x/plugin.js:12)`. */
  readonly at?: string;
}

export interface Incident extends Culprit {
  readonly ms: number;
}

/** From the main thread: a name of `running.ts`. */
export interface NameMessage {
  readonly mark: number;
  readonly plugin: string;
  readonly hook: string;
}

/** To the main thread, which reads it once its loop is free. */
export type FromThread =
  | { readonly type: 'watching' }
  | { readonly type: 'freed'; readonly incident: Incident };

/** A line on the supervisor's pipe. */
export interface ReportLine extends Incident {
  readonly type: 'blocked' | 'stuck' | 'freed';
}
