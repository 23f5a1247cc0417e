/** View `older`: what is older than a date, before it is archived. */
export interface OlderModel {
  readonly mailbox: { readonly label: string; readonly href: string };
  /** Address of this page, for the form that asks it again. */
  readonly self: string;
  readonly ages: readonly {
    readonly value: string;
    readonly label: string;
    readonly isChosen: boolean;
  }[];
  /** Day of the field, where a day was chosen. */
  readonly before: string;
  readonly keepFlagged: boolean;
  readonly keepUnread: boolean;
  /** What is wrong with what was asked. */
  readonly error: string | undefined;
  /** Where archived messages go, in a sentence. */
  readonly where: string;
  readonly found:
    | {
        readonly total: number;
        /** What one time takes. */
        readonly count: number;
        readonly until: string;
        readonly rows: readonly {
          readonly date: string;
          readonly who: string;
          readonly subject: string;
        }[];
        /** What the button sends. */
        readonly fields: readonly { readonly name: string; readonly value: string }[];
      }
    | undefined;
}
