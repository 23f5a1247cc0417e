import type { Translate } from '../kernel/i18n-types';
import type { Account, Mailbox, Quota, SpecialUse } from '../mail';
import { mailboxHref } from './links';
import type { ListModel } from './pages/mail';
import type { FolderNode, FolderPane } from './pages/shell';

/** Of mailboxes that everybody has. */
export const FOLDER_ICONS: Readonly<Record<SpecialUse, string>> = {
  inbox: 'inbox',
  drafts: 'draft',
  sent: 'sent',
  junk: 'junk',
  trash: 'trash',
  archive: 'archive',
  templates: 'templates',
};
const ALMOST_FULL_PERCENT = 90;

/** Name of a folder for people: special ones are translated, the rest is the agent's own word. */
export const mailboxLabel = (
  mailbox: Pick<Mailbox, 'specialUse' | 'name'>,
  t: Translate,
): string =>
  mailbox.specialUse === undefined ? mailbox.name : t(`mail.folder.${mailbox.specialUse}`);

function node(
  account: string,
  mailbox: Mailbox,
  current: string | undefined,
  t: Translate,
): FolderNode {
  const children = mailbox.children.map((child) => node(account, child, current, t));
  return {
    path: mailbox.path,
    label: mailboxLabel(mailbox, t),
    href: mailboxHref(account, mailbox.path),
    icon: mailbox.specialUse === undefined ? 'folder' : FOLDER_ICONS[mailbox.specialUse],
    unseen: mailbox.unseen,
    total: mailbox.total,
    isCurrent: mailbox.path === current,
    isSelectable: mailbox.isSelectable,
    isOpen: children.some((child) => child.isCurrent || child.isOpen),
    children,
  };
}

/** Whether anybody chose what is shown: an account that was made without subscriptions shows all. */
const hasSubscriptions = (mailboxes: readonly Mailbox[]): boolean =>
  mailboxes.some(
    ({ isSubscribed, specialUse, children }) =>
      (isSubscribed && specialUse === undefined) || hasSubscriptions(children),
  );

/** Subscribed ones, those of special use, and those above them; the one that is open as well. */
const shownIn = (mailboxes: readonly Mailbox[], current: string | undefined): readonly Mailbox[] =>
  mailboxes.flatMap((mailbox) => {
    const children = shownIn(mailbox.children, current);
    const isShown =
      mailbox.isSubscribed ||
      mailbox.specialUse !== undefined ||
      mailbox.path === current ||
      children.length > 0;
    return isShown ? [{ ...mailbox, children }] : [];
  });

/** The folder pane. `account` undefined: the server did not answer, which is said. */
export function folderPane(
  account: Account | undefined,
  options: {
    readonly id: string;
    readonly current: string | undefined;
    readonly quota: Quota | undefined;
    readonly error: string | undefined;
    readonly t: Translate;
    readonly size: (bytes: number) => string;
  },
): FolderPane {
  const { quota, t } = options;
  const percent =
    quota && quota.limitBytes > 0 ? Math.min(100, (quota.usedBytes / quota.limitBytes) * 100) : 0;
  const mailboxes = account?.mailboxes ?? [];
  const shown = hasSubscriptions(mailboxes) ? shownIn(mailboxes, options.current) : mailboxes;
  return {
    account: options.id,
    roots: shown.map((mailbox) => node(options.id, mailbox, options.current, t)),
    quota: quota && {
      text: t('mail.quota', {
        used: options.size(quota.usedBytes),
        limit: options.size(quota.limitBytes),
      }),
      percent: Math.round(percent),
      isAlmostFull: percent >= ALMOST_FULL_PERCENT,
    },
    error: options.error,
    composeHref: '/compose',
  };
}

/** Mailboxes to which messages can be moved, flattened in the order of the pane. */
export function moveTargets(
  account: Account,
  from: string,
  t: Translate,
): ListModel['moveTargets'] {
  const flatten = (
    mailboxes: readonly Mailbox[],
    depth: number,
  ): { path: string; label: string; depth: number }[] =>
    mailboxes.flatMap((mailbox) => [
      ...(mailbox.isSelectable && mailbox.path !== from
        ? [{ path: mailbox.path, label: mailboxLabel(mailbox, t), depth }]
        : []),
      ...flatten(mailbox.children, depth + 1),
    ]);
  return flatten(account.mailboxes, 0);
}

/** A mailbox of the tree by its path. */
export function findMailbox(mailboxes: readonly Mailbox[], path: string): Mailbox | undefined {
  for (const mailbox of mailboxes) {
    if (mailbox.path === path) return mailbox;
    const inner = findMailbox(mailbox.children, path);
    if (inner) return inner;
  }
  return undefined;
}
