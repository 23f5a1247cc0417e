import type { Translate } from '../kernel/i18n-types';
import type { Account, Mailbox, Quota, SpecialUse } from '../mail';
import type { MailboxMarks } from '../settings';
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

/** Where archiving makes no sense. */
const NOT_ARCHIVED: ReadonlySet<SpecialUse | undefined> = new Set<SpecialUse>([
  'archive',
  'trash',
  'junk',
  'drafts',
]);

/** Whether old messages of a mailbox are archived. */
export const hasOlder = ({
  isSelectable,
  specialUse,
}: Pick<Mailbox, 'isSelectable' | 'specialUse'>): boolean =>
  isSelectable && !NOT_ARCHIVED.has(specialUse);

interface Shown {
  readonly account: string;
  readonly current: string | undefined;
  readonly marks: MailboxMarks;
  readonly t: Translate;
}

function node(mailbox: Mailbox, shown: Shown): FolderNode {
  const { account, current, marks, t } = shown;
  const children = mailbox.children.map((child) => node(child, shown));
  const colour = marks.get(mailbox.path)?.colour;
  return {
    ...(colour && { colour }),
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

/** What was thrown away keeps its mark, for when it is taken back. */
const withoutThrownAway = (mailboxes: readonly Mailbox[]): readonly Mailbox[] =>
  mailboxes.map((one) => ({
    ...one,
    children: one.specialUse === 'trash' ? [] : withoutThrownAway(one.children),
  }));

/** In the order in which they were chosen; one that is not on the server any more is no node. */
const favouritesOf = (mailboxes: readonly Mailbox[], shown: Shown): readonly FolderNode[] =>
  [...shown.marks].flatMap(([path, { isFavourite }]) => {
    const found = isFavourite ? findMailbox(withoutThrownAway(mailboxes), path) : undefined;
    return found?.isSelectable ? [{ ...node(found, shown), children: [], isOpen: false }] : [];
  });

/** The folder pane. `account` undefined: the server did not answer, which is said. */
export function folderPane(
  account: Account | undefined,
  options: {
    readonly id: string;
    readonly current: string | undefined;
    readonly quota: Quota | undefined;
    readonly error: string | undefined;
    readonly marks: MailboxMarks;
    readonly t: Translate;
    readonly size: (bytes: number) => string;
  },
): FolderPane {
  const { quota, t, marks } = options;
  const percent =
    quota && quota.limitBytes > 0 ? Math.min(100, (quota.usedBytes / quota.limitBytes) * 100) : 0;
  const mailboxes = account?.mailboxes ?? [];
  const nodes: Shown = { account: options.id, current: options.current, marks, t };
  const shown = hasSubscriptions(mailboxes) ? shownIn(mailboxes, options.current) : mailboxes;
  return {
    account: options.id,
    roots: shown.map((mailbox) => node(mailbox, nodes)),
    favourites: favouritesOf(mailboxes, nodes),
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
