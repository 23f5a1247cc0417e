/** How an event counts for who looks for a free time. */
export const SHOW_AS = ['busy', 'tentative', 'free', 'absent', 'telework', 'leave'] as const;
export type ShowAs = (typeof SHOW_AS)[number];

/** CLASS (RFC 5545 §3.8.1.3). */
export const VISIBILITIES = ['public', 'private', 'confidential'] as const;
export type Visibility = (typeof VISIBILITIES)[number];

/** What a form shows and changes of an event; everything else of it stays as it is. */
export interface EventFields {
  readonly summary: string;
  readonly location: string;
  readonly description: string;
  /** Address of a page or of a meeting by video; `''` for none. */
  readonly url: string;
  readonly isAllDay: boolean;
  /** Wall times in `zone` (see `time/days`), the end exclusive. */
  readonly start: number;
  readonly end: number;
  /** IANA name, or `''` for times without zone; of no matter for whole days. */
  readonly zone: string;
  /** RRULE value, `''` for what takes place once. */
  readonly rule: string;
  readonly showAs: ShowAs;
  readonly visibility: Visibility;
  readonly categories: readonly string[];
  /** Minutes before the start at which it is reminded of, each once. */
  readonly alarms: readonly number[];
}

/** Which occurrences of an event that repeats a change is for. */
export type Scope = 'this' | 'following' | 'all';

export type IcsReason =
  /** No calendar, or lines that none has. */
  | 'syntax'
  /** No event, task or note in it. */
  | 'nothing'
  /** Several events in one object, or a METHOD where there must be none. */
  | 'several'
  | 'no-uid'
  | 'no-start'
  /** A rule that cannot be followed. */
  | 'rule'
  | 'time';

/** A calendar that cannot be read; `detail` is a part of it, for a report. */
export class IcsError extends Error {
  constructor(
    readonly reason: IcsReason,
    readonly detail = '',
  ) {
    super(detail === '' ? reason : `${reason}: ${detail}`);
  }
}
