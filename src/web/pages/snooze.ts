/** Times of the menu that puts messages away. */
export interface SnoozeTimes {
  readonly times: readonly { readonly id: string; readonly label: string }[];
  /** Day and time that the fields start from. */
  readonly day: string;
  readonly time: string;
}

/** View `snoozed`: messages that come back. */
export interface SnoozedModel {
  readonly rows: readonly {
    readonly id: string;
    readonly subject: string;
    readonly sender: string;
    /** Where it comes back to. */
    readonly home: string;
    readonly when: string;
    readonly day: string;
    readonly time: string;
    readonly isAlone: boolean;
    readonly error: string | undefined;
  }[];
}

export interface SnoozeMenu extends SnoozeTimes {
  readonly action: string;
}
