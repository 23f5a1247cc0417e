/** View `imports`: files that are brought into mailboxes. */
export interface ImportsModel {
  readonly places: readonly {
    readonly path: string;
    readonly label: string;
    readonly depth: number;
  }[];
  readonly chosen: string;
  readonly error: string | undefined;
  readonly limit: string;
  readonly rows: readonly ImportRow[];
  /** Something is under way: the page is read again. */
  readonly isLive: boolean;
}

interface ImportRow {
  readonly id: string;
  readonly filename: string;
  readonly mailbox: string;
  readonly href: string;
  readonly percent: number;
  readonly isRunning: boolean;
  readonly isStopped: boolean;
  readonly state: string;
  readonly counts: string;
  readonly reason: string | undefined;
  readonly troubles: readonly string[];
}
