import type { SiteId } from '../base/types';
/** Facts of the page being made; each slot gets those that its area has. */
export interface SlotFacts {
  readonly site: { readonly id: SiteId; readonly title: string };
  readonly user?: { readonly id: number; readonly name: string; readonly mail: string };
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
    }[];
  };
  readonly draft?: {
    readonly id: string;
    readonly mode: string;
    readonly subject: string;
    readonly attachmentCount: number;
  };
  readonly section?: { readonly id: string };
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
      'mailbox.toolbar@1': SlotFacts;
      'message-list.toolbar@1': SlotFacts;
      'message.toolbar@1': SlotFacts;
      'message.menu@1': SlotFacts;
      'message.header@1': SlotFacts;
      'message.warnings@1': SlotFacts;
      'message.body.before@1': SlotFacts;
      'message.body.after@1': SlotFacts;
      'message.sidebar@1': SlotFacts;
      'attachment.menu@1': SlotFacts;
      'compose.toolbar@1': SlotFacts;
      'compose.options@1': SlotFacts;
      'compose.attachments.after@1': SlotFacts;
      'compose.sidebar@1': SlotFacts;
      'settings.section.before@1': SlotFacts;
      'settings.section.after@1': SlotFacts;
      'error.body@1': SlotFacts;
    }
  }
}

export type SlotName = Extract<keyof Estafette.SlotMap, string>;

/** Every slot, with where it stands; unknown names are refused when a plugin is loaded. */
export const SLOTS: Readonly<Record<SlotName, string>> = {
  'login.form@1': 'Under the fields of the sign-in form',
  'login.footer@1': 'Foot of the sign-in page',
  'page.banner@1': 'Top of every signed-in page',
  'page.footer@1': 'Foot of every signed-in page',
  'help.links@1': 'Help menu of the top bar',
  'mailbox.toolbar@1': 'Above the folder list',
  'message-list.toolbar@1': 'Toolbar of the message list',
  'message.toolbar@1': 'Toolbar of an open message',
  'message.menu@1': 'Menu "more" of an open message',
  'message.header@1': 'Under the header of an open message',
  'message.warnings@1': 'Banners of an open message',
  'message.body.before@1': 'Between header and body of an open message',
  'message.body.after@1': 'Under the body of an open message',
  'message.sidebar@1': 'Beside an open message',
  'attachment.menu@1': 'Under the attachments of an open message',
  'compose.toolbar@1': 'Toolbar of the composer',
  'compose.options@1': 'Options of the composer',
  'compose.attachments.after@1': 'Under the attachments of the composer',
  'compose.sidebar@1': 'Beside the composer',
  'settings.section.before@1': 'Top of a settings section',
  'settings.section.after@1': 'Foot of a settings section',
  'error.body@1': 'On error pages',
};
