/** Pieces of the pages of the administration: plain data, the views add the markup. */

/** What a word means, beside its colour: the view adds an icon. */
export type Mark = 'ok' | 'warn' | 'danger' | 'info' | 'off';

export interface AdminCell {
  readonly text: string;
  readonly href?: string;
  readonly mark?: Mark;
  /** A word of the program: a path, a hook, a reason in English. */
  readonly isCode?: boolean;
  /** A second line, smaller. */
  readonly note?: string;
}

export interface AdminTable {
  /** Unique on the page. */
  readonly id: string;
  readonly caption: string;
  readonly columns: readonly { readonly label: string; readonly isNumber?: boolean }[];
  /** The first cell of a row names it. */
  readonly rows: readonly (readonly AdminCell[])[];
  /** In place of a table without rows. */
  readonly empty: string;
  /** One sentence on how to read it. */
  readonly help?: string;
}

export interface AdminFact {
  readonly label: string;
  readonly cells: readonly AdminCell[];
}

export interface AdminSection {
  readonly id: string;
  readonly title: string;
  readonly facts?: readonly AdminFact[];
  readonly table?: AdminTable;
  readonly help?: string;
}

export interface AdminNav {
  readonly label: string;
  readonly items: readonly {
    readonly href: string;
    readonly label: string;
    readonly icon: string;
    readonly isCurrent: boolean;
  }[];
}

/** What every page of the area has around its own. */
export interface AdminFrame {
  readonly nav: readonly AdminNav[];
  /** « Toute l’installation », or the title of the only site that is seen. */
  readonly reach: string;
  readonly heading: string;
  readonly intro: string | undefined;
  readonly crumbs: readonly { readonly href: string; readonly label: string }[];
}

/** Something that an administrator has to look at. */
export interface AttentionItem {
  readonly level: 'danger' | 'warn' | 'info';
  readonly title: string;
  /** As the program says it; English. */
  readonly reason: string | undefined;
  /** What the reason is the end of, in the reader's language. */
  readonly cause?: string;
  readonly advice: string;
  readonly href: string | undefined;
}

/** View `admin/overview`. */
export interface AdminOverviewModel {
  readonly frame: AdminFrame;
  readonly attention: readonly AttentionItem[];
  readonly figures: readonly {
    readonly label: string;
    readonly value: string;
    readonly note: string | undefined;
    readonly href: string | undefined;
  }[];
  readonly sections: readonly AdminSection[];
}

export interface AdminOption {
  readonly value: string;
  readonly label: string;
  readonly isSelected: boolean;
}

export interface AdminSelect {
  readonly name: string;
  readonly label: string;
  readonly options: readonly AdminOption[];
  readonly groups?: readonly { readonly label: string; readonly options: readonly AdminOption[] }[];
}

export interface AdminInput {
  readonly name: string;
  readonly label: string;
  readonly value: string;
  readonly help?: string;
  /** Text unless told. */
  readonly type?: 'date';
  /** Why what was typed counts for nothing. */
  readonly fault?: string;
}

/** A form that asks: GET, no script. */
export interface AdminFilters {
  readonly action: string;
  readonly label: string;
  readonly selects: readonly AdminSelect[];
  readonly inputs: readonly AdminInput[];
  readonly submit: string;
}

/** View `admin/list`: filters, one table, and the way to older lines. */
export interface AdminListModel {
  readonly frame: AdminFrame;
  readonly filters: AdminFilters | undefined;
  readonly table: AdminTable;
  readonly older: string | undefined;
  readonly newest: string | undefined;
  /** A download, by POST. */
  readonly download:
    | {
        readonly action: string;
        readonly label: string;
        /** Another form of the same file. */
        readonly also?: { readonly name: string; readonly value: string; readonly label: string };
        readonly fields: readonly { readonly name: string; readonly value: string }[];
      }
    | undefined;
}

/** View `admin/plugin`. */
export interface AdminPluginModel {
  readonly frame: AdminFrame;
  readonly state: AdminCell;
  readonly advice: string | undefined;
  readonly reason: string | undefined;
  /** What the reason is the end of, in the reader's language. */
  readonly cause?: string;
  readonly stop:
    | { readonly href: string; readonly label: string; readonly isStopped: boolean }
    | undefined;
  readonly sections: readonly AdminSection[];
}

/** How a value is typed in. */
export interface AdminValueField {
  readonly kind: 'boolean' | 'number' | 'text' | 'choice' | 'lines' | 'json';
  readonly value: string;
  readonly isChecked: boolean;
  readonly options: readonly AdminOption[];
  readonly min: number | undefined;
  readonly max: number | undefined;
  readonly step: string | undefined;
  /** What the schema accepts, and what it says. */
  readonly help: string;
}

/** View `admin/configuration`. */
export interface AdminConfigurationModel {
  readonly frame: AdminFrame;
  readonly filters: AdminFilters;
  /** Somebody who was asked for and is not known. */
  readonly problem: string | undefined;
  readonly answer:
    | {
        readonly path: string;
        readonly subject: string;
        readonly value: AdminCell;
        readonly because: string | undefined;
        readonly lock: string | undefined;
        readonly layers: AdminTable;
        readonly history: AdminTable;
      }
    | undefined;
  readonly form:
    | {
        readonly action: string;
        readonly site: string;
        readonly path: string;
        readonly groups: readonly AdminOption[];
        readonly field: AdminValueField;
        readonly removal: { readonly href: string; readonly label: string } | undefined;
      }
    | undefined;
}

/** View `admin/change`: before it is made. */
export interface AdminChangeModel {
  readonly frame: AdminFrame;
  readonly refusal:
    | { readonly text: string; readonly facts: readonly AdminFact[]; readonly isLate: boolean }
    | undefined;
  readonly subject: readonly AdminFact[];
  readonly before: AdminCell | undefined;
  readonly after: AdminCell | undefined;
  readonly impact:
    | {
        readonly sentence: string;
        readonly sessions: string;
        readonly examples: readonly string[];
        readonly isNobody: boolean;
      }
    | undefined;
  /** To correct a value that was refused. */
  readonly retry:
    | {
        readonly action: string;
        readonly fields: readonly { readonly name: string; readonly value: string }[];
        readonly field: AdminValueField;
      }
    | undefined;
  /** What happens beside it, or keeps it without effect. */
  readonly notes: readonly string[];
  readonly confirm:
    | {
        readonly action: string;
        readonly fields: readonly { readonly name: string; readonly value: string }[];
        readonly label: string;
        readonly isDanger: boolean;
      }
    | undefined;
  readonly back: string;
}
