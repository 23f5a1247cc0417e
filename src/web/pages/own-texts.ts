/** View `identities`: what the agent writes as. */
export interface IdentitiesModel {
  readonly rows: readonly {
    readonly id: string;
    readonly title: string;
    readonly mail: string;
    readonly isDefault: boolean;
    /** The agent has this address no more: it cannot be written from. */
    readonly isGone: boolean;
    readonly details: readonly string[];
    readonly editHref: string;
  }[];
  readonly isFull: boolean;
  /** The form, for a new one or for that of `id`; absent until asked for. */
  readonly form:
    | {
        readonly id: string;
        readonly label: string;
        readonly name: string;
        readonly mail: string;
        readonly replyTo: string;
        readonly bcc: string;
        readonly sentMailbox: string;
        readonly isDefault: boolean;
        readonly fields: EditorFields;
        readonly error: { readonly field: string; readonly text: string } | undefined;
      }
    | undefined;
  readonly hasNames: boolean;
  readonly addresses: readonly string[];
  readonly places: readonly {
    readonly path: string;
    readonly label: string;
    readonly depth: number;
  }[];
}

/** What the editor of the composer starts from. */
export interface EditorFields {
  readonly format: 'plain' | 'html';
  readonly text: string;
  readonly html: string;
}

/** View `templates`: texts that the agent keeps to start messages from. */
export interface TemplatesModel {
  readonly rows: readonly {
    readonly id: string;
    readonly name: string;
    readonly start: string;
    readonly editHref: string;
    readonly useHref: string;
  }[];
  readonly form:
    | {
        readonly id: string;
        readonly name: string;
        readonly subject: string;
        readonly fields: EditorFields;
        readonly error: { readonly field: string; readonly text: string } | undefined;
      }
    | undefined;
}
