/** View `outbox`: messages that leave later. */
export interface OutboxModel {
  readonly rows: readonly {
    readonly draft: string;
    readonly subject: string;
    readonly to: string;
    /** When it leaves, in words. */
    readonly when: string;
    /** What its fields start from, by the site's clock. */
    readonly day: string;
    readonly time: string;
    readonly state: 'waiting' | 'visit' | 'leaving' | 'failed' | 'unknown';
    readonly stateText: string;
    readonly error: string | undefined;
  }[];
  /** What opens the mail is kept until then: said where it is so. */
  readonly isAccessKept: boolean;
}
