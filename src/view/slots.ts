import type { SiteId } from '../base/types';
import type { PersonRef, Presence } from '../kernel/hook-types';
import type { Locale } from '../kernel/i18n-types';
/** One line of a list. */
export interface RowFacts {
  readonly uid: number;
  readonly messageId: string | undefined;
  readonly subject: string;
  readonly from: readonly { readonly name: string; readonly mail: string }[];
  readonly date: string;
  readonly keywords: readonly string[];
}

/** Facts of the page being made; each slot gets those that its area has. */
export interface SlotFacts {
  readonly site: { readonly id: SiteId; readonly title: string };
  /** Language of the page: `context.text(locale)` gives its texts. */
  readonly locale?: Locale;
  readonly user?: { readonly id: number; readonly name: string; readonly mail: string };
  /** Handle of the person, for the functions of a plugin's context. */
  readonly as?: PersonRef;
  /** Groups of the site that the person belongs to. */
  readonly groups?: readonly string[];
  /** From where the person asks, and how well the session knows them. */
  readonly presence?: Presence;
  /** Plugins that the person may turn on or off, on the page `/settings/modules`. */
  readonly choosable?: readonly string[];
  readonly mailbox?: { readonly account: string; readonly path: string; readonly total: number };
  readonly message?: {
    readonly account: string;
    readonly mailbox: string;
    readonly uidValidity: number;
    readonly uid: number;
    readonly subject: string;
    readonly from: { readonly name: string; readonly mail: string } | undefined;
    readonly attachments: readonly {
      readonly part: string;
      readonly filename: string;
      readonly type: string;
      /** Page that `attachment:preview` fills. */
      readonly previewHref: string;
    }[];
    readonly messageId?: string | undefined;
  };
  readonly draft?: {
    readonly id: string;
    readonly mode: string;
    readonly subject: string;
    readonly attachmentCount: number;
    /** Addresses of To, Cc and Bcc as last saved, each once; the first hundred. */
    readonly recipients?: readonly string[];
  };
  /** Of a list: every row, for what is answered by uid. */
  readonly rows?: readonly RowFacts[];
  /** Everybody whom a message names, each once, for what is answered by address. */
  readonly addresses?: readonly { readonly name: string; readonly mail: string }[];
  readonly section?: { readonly id: string };
  /** The plugin that an administrator looks at. */
  readonly plugin?: { readonly id: string };
  readonly status?: number;
}

declare global {
  namespace Estafette {
    interface SlotMap {
      'login.form@1': SlotFacts;
      'login.footer@1': SlotFacts;
      'page.banner@1': SlotFacts;
      'page.footer@1': SlotFacts;
      'help.links@1': SlotFacts;
      'create.menu@1': SlotFacts;
      'dashboard.widgets@1': SlotFacts;
      'mailbox.toolbar@1': SlotFacts;
      'mailbox.options@1': SlotFacts;
      'mailbox.list.footer@1': SlotFacts;
      'message-list.toolbar@1': SlotFacts;
      'message-list.options@1': SlotFacts;
      'message-list.row.flags@1': SlotFacts;
      'message.toolbar@1': SlotFacts;
      'message.menu@1': SlotFacts;
      'message.mark-menu@1': SlotFacts;
      'message.reply-menu@1': SlotFacts;
      'message.forward-menu@1': SlotFacts;
      'message.header@1': SlotFacts;
      'message.header.links@1': SlotFacts;
      'message.warnings@1': SlotFacts;
      'message.body.before@1': SlotFacts;
      'message.body.after@1': SlotFacts;
      'message.sidebar@1': SlotFacts;
      'attachment.menu@1': SlotFacts;
      'address.menu@1': SlotFacts;
      'compose.toolbar@1': SlotFacts;
      'compose.options@1': SlotFacts;
      'compose.recipients.after@1': SlotFacts;
      'compose.attachments.after@1': SlotFacts;
      'compose.sidebar@1': SlotFacts;
      'settings.section.before@1': SlotFacts;
      'settings.section.after@1': SlotFacts;
      'security.factors@1': SlotFacts;
      'admin.plugin@1': SlotFacts;
      'admin.security@1': SlotFacts;
      'error.body@1': SlotFacts;
    }
  }
}

export type SlotName = Extract<keyof Estafette.SlotMap, string>;

/** One place in the pages. */
export interface SlotPlace {
  /** Where it stands, for the reference. */
  readonly where: string;
  /**
   * What stands there when the plugin fails: `say` a sentence where its absence would be taken for an
   * answer (no invitation, no warning), `hide` nothing among buttons and links.
   */
  readonly onFailure: 'say' | 'hide';
  /**
   * Shown many times on a page and asked once: `data` answers an object whose members are the models,
   * by uid or by address.
   */
  readonly by?: 'uid' | 'address';
  /** The same on every page of a person, so that `cacheS` may keep it. */
  readonly isPersonal?: true;
}

const says = (where: string): SlotPlace => ({ where, onFailure: 'say' });
const hides = (where: string): SlotPlace => ({ where, onFailure: 'hide' });

/** Every slot, with where it stands; unknown names are refused when a plugin is loaded. */
export const SLOTS: Readonly<Record<SlotName, SlotPlace>> = {
  'login.form@1': says('Under the fields of the sign-in form'),
  'login.footer@1': hides('Foot of the sign-in page'),
  'page.banner@1': hides('Top of every signed-in page'),
  'page.footer@1': hides('Foot of every signed-in page'),
  'help.links@1': hides('Help menu of the top bar'),
  'create.menu@1': hides('Menu beside "New message"'),
  'dashboard.widgets@1': { ...says('Home page, one card each'), isPersonal: true },
  'mailbox.toolbar@1': hides('Above the folder list'),
  'mailbox.options@1': hides('Menu of the folder pane'),
  'mailbox.list.footer@1': hides('Under the folder list'),
  'message-list.toolbar@1': hides('Toolbar of the message list'),
  'message-list.options@1': hides('Menu "more" of the message list'),
  'message-list.row.flags@1': { ...hides('Marks of each line of the message list'), by: 'uid' },
  'message.toolbar@1': hides('Toolbar of an open message'),
  'message.menu@1': hides('Menu "more" of an open message'),
  'message.mark-menu@1': hides('Menu "more" of an open message, among the ways to mark it'),
  'message.reply-menu@1': hides('Menu beside "Reply"'),
  'message.forward-menu@1': hides('Menu beside "Forward"'),
  'message.header.links@1': hides('Links under the recipients of an open message'),
  'message.header@1': says('Under the header of an open message'),
  'message.warnings@1': says('Banners of an open message'),
  'message.body.before@1': says('Between header and body of an open message'),
  'message.body.after@1': says('Under the body of an open message'),
  'message.sidebar@1': says('Beside an open message'),
  'attachment.menu@1': hides('Under the attachments of an open message'),
  'address.menu@1': { ...hides('Beside each address of an open message'), by: 'address' },
  'compose.toolbar@1': hides('Toolbar of the composer'),
  'compose.options@1': says('Options of the composer'),
  'compose.recipients.after@1': says('Under the recipients of the composer'),
  'compose.attachments.after@1': says('Under the attachments of the composer'),
  'compose.sidebar@1': says('Beside the composer'),
  'settings.section.before@1': says('Top of a settings section'),
  'settings.section.after@1': says('Foot of a settings section'),
  'security.factors@1': says(
    'Second factors, on the page of the security of one’s account, and after « Mon compte a été piraté »',
  ),
  'admin.plugin@1': says('Page of a plugin in the administration'),
  'admin.security@1': says('Overview of the administration, under what needs attention'),
  'error.body@1': hides('On error pages'),
};
