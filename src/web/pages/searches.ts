/** View `searches`: saved searches, to be named, changed, ordered and dropped. */
export interface SearchesModel {
  readonly rows: readonly {
    readonly id: string;
    /** Of the document, for labels. */
    readonly key: string;
    readonly name: string;
    readonly href: string;
    readonly typed: SearchTyped;
    readonly error: string | undefined;
    readonly isFirst: boolean;
    readonly isLast: boolean;
  }[];
  /** A new one, as it was typed. */
  readonly typed: SearchTyped;
  readonly error: string | undefined;
  readonly isFull: boolean;
  readonly nameMax: number;
}

export interface SearchTyped {
  readonly name: string;
  readonly text: string;
  readonly isCounted: boolean;
}
