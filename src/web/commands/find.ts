import type { Translate } from '../../kernel/i18n-types';
import type { FolderNode, TaskbarItem } from '../pages/shell';

/** A place to go to, or somebody to write to. */
export interface Command {
  readonly group: 'mailbox' | 'page' | 'search' | 'person';
  readonly label: string;
  /** What else it is found by, and told by: the way to a mailbox, an address. */
  readonly hint: string;
  readonly icon: string;
  readonly href: string;
}

/** Without accents and case: « reglages » finds « Réglages ». */
export const folded = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase();

/** Mailboxes with those below them, told by the way that leads there. */
export const mailboxCommands = (
  nodes: readonly FolderNode[],
  above: readonly string[] = [],
): readonly Command[] =>
  nodes.flatMap((node) => [
    ...(node.isSelectable
      ? [
          {
            group: 'mailbox' as const,
            label: node.label,
            hint: above.join(' › '),
            icon: node.icon,
            href: node.href,
          },
        ]
      : []),
    ...mailboxCommands(node.children, [...above, node.label]),
  ]);

/** Pages of the core that are in no taskbar. */
const PAGES: readonly (readonly [string, string, string])[] = [
  ['/compose', 'pen', 'mail.compose'],
  ['/search?form=1', 'search', 'commands.searchForm'],
  ['/outbox', 'clock', 'outbox.title'],
  ['/snoozed', 'bell', 'snooze.title'],
  ['/mailboxes', 'folder', 'mailboxes.manage'],
  ['/searches', 'search', 'searches.manage'],
  ['/labels', 'tag', 'labels.manage'],
  ['/identities', 'user', 'identities.manage'],
  ['/templates', 'templates', 'templates.manage'],
  ['/imports', 'download', 'imports.title'],
  ['/security', 'shield', 'nav.security'],
];

/** Pages to go to: what the taskbar has, sections of the settings, and the rest. */
export function pageCommands(
  given: {
    readonly taskbar: readonly TaskbarItem[];
    readonly sections: readonly { readonly id: string; readonly labelKey: string }[];
    readonly isOfflineAllowed: boolean;
  },
  t: Translate,
): readonly Command[] {
  const page = (href: string, icon: string, label: string, hint = ''): Command => ({
    group: 'page',
    label,
    hint,
    icon,
    href,
  });
  return [
    ...given.taskbar.map(({ href, icon, label }) => page(href, icon, label)),
    ...PAGES.map(([href, icon, key]) => page(href, icon, t(key))),
    ...(given.isOfflineAllowed ? [page('/offline', 'download', t('offline.title'))] : []),
    ...given.sections.map(({ id, labelKey }) =>
      page(`/settings/${id}`, 'settings', t(labelKey), t('nav.settings')),
    ),
  ];
}

/** Those in which each word begins a word; labels that begin with what is asked come first. */
export function matching(commands: readonly Command[], asked: string): readonly Command[] {
  const query = folded(asked).trim();
  const words = query.split(/\s+/).filter(Boolean);
  const fits = ({ label, hint }: Command): boolean => {
    const text = ` ${folded(`${label} ${hint}`).replace(/[^\p{L}\p{N}@.]+/gu, ' ')}`;
    return words.every((word) => text.includes(` ${word}`));
  };
  const rank = ({ label }: Command): number => (folded(label).startsWith(query) ? 0 : 1);
  return commands.filter(fits).toSorted((one, other) => rank(one) - rank(other));
}
