/** The frame around every page: what `layout.ejs` and its partials show. Plain data. */
export interface Shell {
  /** Title of the document, without the site's name. */
  readonly title: string;
  /** `mail`, `compose`, `settings`, `login`, `error` or a plugin id: class of the body, asset group. */
  readonly area: string;
  readonly lang: 'fr' | 'en';
  readonly theme: 'auto' | 'light' | 'dark';
  readonly density: 'compact' | 'normal' | 'comfortable';
  /** Where the reading pane is on wide screens. */
  readonly layout: 'side' | 'below' | 'list';
  readonly site: {
    readonly title: string;
    readonly tagline: string;
    readonly logo: string;
    readonly support: SupportModel;
    readonly links: readonly { readonly label: string; readonly href: string }[];
  };
  /** The clock of the site’s pages. */
  readonly timeZone: string;
  /** Names the account to its devices, and tells nothing of whom it is; empty for a guest. */
  readonly account: string;
  /** The same, to a device that keeps its mail; empty where none may. */
  readonly offlineAccount: string;
  readonly user:
    | {
        readonly name: string;
        readonly mail: string;
        readonly initials: string;
        readonly tint: number;
      }
    | undefined;
  readonly taskbar: readonly TaskbarItem[];
  /** Folder pane; absent on pages without one. */
  readonly folders: FolderPane | undefined;
  readonly banners: readonly Banner[];
  /** Result of the last action, once. */
  readonly flash: Flash | undefined;
  /** Quick search of the top bar. */
  readonly search:
    | {
        readonly action: string;
        readonly value: string;
        /** The mailbox of the page, which the results offer to narrow to. */
        readonly box?: string;
      }
    | undefined;
  /** Keys of the agent's set by command, for the page that lists them; then as JSON for scripts. */
  readonly keys: Readonly<Partial<Record<string, readonly string[]>>>;
  readonly keyTable: string;
  /** The page answers to single keys, and `?` lists them: pages of mail and of plugins. */
  readonly hasKeys: boolean;
  readonly styles: readonly string[];
  readonly scripts: readonly string[];
  /** Those of pages without the frame: a plugin's own, where it asks a second factor. */
  readonly bareScripts: readonly string[];
  readonly requestId: string;
  /** A page whose CSP differs cannot be swapped in by Turbo. */
  readonly reloadVisit: boolean;
  /** Bearer of `/events` for this page: the list to refresh; absent where nothing is live. */
  readonly eventsHref: string | undefined;
  readonly themeColor: string;
}

export interface SupportModel {
  readonly name: string;
  readonly phone: string | undefined;
  readonly mail: string | undefined;
  readonly url: string | undefined;
  readonly hours: string | undefined;
}

export interface TaskbarItem {
  readonly id: string;
  readonly label: string;
  readonly href: string;
  readonly icon: string;
  readonly isCurrent: boolean;
  /** Number in the badge, 0 hides it; `badgeText` is for readers: "12 non lus". */
  readonly badge: number;
  readonly badgeText: string;
}

export interface FolderPane {
  readonly account: string;
  readonly roots: readonly FolderNode[];
  /** Those that are above the tree as well, without what is below them. */
  readonly favourites: readonly FolderNode[];
  readonly quota:
    | { readonly text: string; readonly percent: number; readonly isAlmostFull: boolean }
    | undefined;
  /** The tree could not be read: said in its place. */
  readonly error: string | undefined;
  readonly composeHref: string;
  /** Messages that come back; 0 shows nothing. */
  readonly snoozed?: number;
  /** Messages that leave later; 0 shows nothing. */
  readonly putOff?: number;
  /** Saved searches: mailboxes that hold what they find. */
  readonly searches?: readonly {
    readonly id: string;
    readonly label: string;
    readonly href: string;
    readonly isCurrent: boolean;
    readonly unseen: number;
  }[];
}

export interface FolderNode {
  /** Name of a colour of the skin that its agent gave it. */
  readonly colour?: string;
  readonly path: string;
  readonly label: string;
  readonly href: string;
  readonly icon: string;
  readonly unseen: number;
  readonly total: number;
  readonly isCurrent: boolean;
  readonly isSelectable: boolean;
  /** Opened because the current folder is below it. */
  readonly isOpen: boolean;
  readonly children: readonly FolderNode[];
}

export interface Banner {
  readonly level: 'info' | 'ok' | 'warn' | 'danger' | 'outside';
  readonly text: string;
  readonly strong?: string;
  readonly actions?: readonly BannerAction[];
}

/** A link (`href`) or a small form (`action` with hidden `fields`). */
export interface BannerAction {
  readonly label: string;
  readonly href?: string;
  readonly action?: string;
  readonly fields?: readonly { readonly name: string; readonly value: string }[];
  /** Leads to a page of another frame: asked for as a document, once. */
  readonly isDocument?: boolean;
}

export interface Flash {
  /** Its element's own: a refresh must never merge two notices, whose undo forms would add up. */
  readonly id: string;
  readonly level: 'info' | 'ok' | 'warn' | 'danger';
  readonly text: string;
  readonly undo: BannerAction | undefined;
  /** How long it stays on the screen, in seconds. */
  readonly seconds: number;
}
