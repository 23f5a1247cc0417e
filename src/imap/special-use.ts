/** Roles a mailbox can have in the product; `inbox` is INBOX itself. */
export type Role = 'inbox' | 'drafts' | 'sent' | 'junk' | 'trash' | 'archive' | 'templates';

/** What is needed of a listed mailbox to tell its role. */
export interface NamedMailbox {
  readonly path: string;
  readonly name: string;
  readonly delimiter: string;
  /** LIST attributes: `\Sent`, `\Noselect`… */
  readonly flags: ReadonlySet<string>;
}

// RFC 6154 2; \All and \Flagged are views of other mailboxes, not places to put mail.
const BY_ATTRIBUTE: Readonly<Record<string, Role>> = {
  '\\drafts': 'drafts',
  '\\sent': 'sent',
  '\\junk': 'junk',
  '\\trash': 'trash',
  '\\archive': 'archive',
};
export const ATTRIBUTE_OF: Readonly<Partial<Record<Role, string>>> = {
  drafts: '\\Drafts',
  sent: '\\Sent',
  junk: '\\Junk',
  trash: '\\Trash',
  archive: '\\Archive',
};

/** Names by which other clients made these mailboxes, folded; the first is the better match. */
const FALLBACK_NAMES: Readonly<Record<Exclude<Role, 'inbox'>, readonly string[]>> = {
  sent: [
    'sent',
    'envoyes',
    'elements envoyes',
    'messages envoyes',
    'sent items',
    'sent messages',
    'sent mail',
  ],
  drafts: ['drafts', 'brouillons', 'draft', 'brouillon'],
  trash: [
    'trash',
    'corbeille',
    'deleted items',
    'elements supprimes',
    'deleted messages',
    'messages supprimes',
  ],
  junk: [
    'junk',
    'indesirables',
    'spam',
    'courrier indesirable',
    'junk e-mail',
    'junk email',
    'pourriel',
    'bulk mail',
  ],
  archive: ['archive', 'archives'],
  templates: ['templates', 'modeles', 'modele', 'template'],
};

/** Lower case without accents; precomposed and decomposed names become equal. */
const fold = (name: string): string =>
  name
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '')
    .toLowerCase()
    .trim();

/** Path → role: by attribute (RFC 6154), else by name at the top or directly below INBOX. */
export function assignRoles(mailboxes: readonly NamedMailbox[]): ReadonlyMap<string, Role> {
  const roles = new Map<string, Role>();
  const taken = new Set<Role>();
  const assign = (path: string, role: Role): void => {
    if (taken.has(role) || roles.has(path)) return;
    roles.set(path, role);
    taken.add(role);
  };
  const usable = mailboxes.filter((mailbox) => isSelectable(mailbox.flags));
  for (const mailbox of usable)
    if (mailbox.path.toUpperCase() === 'INBOX') assign(mailbox.path, 'inbox');
  for (const mailbox of usable) {
    for (const flag of mailbox.flags) {
      const role = BY_ATTRIBUTE[flag.toLowerCase()];
      if (role) assign(mailbox.path, role);
    }
  }
  for (const [role, names] of Object.entries(FALLBACK_NAMES) as [Role, readonly string[]][]) {
    for (const name of names) {
      const found = usable.find((mailbox) => isHighEnough(mailbox) && fold(mailbox.name) === name);
      if (found) assign(found.path, role);
    }
  }
  return roles;
}

/** False for nodes of the tree that hold no mail (RFC 9051 7.3.1). */
export const isSelectable = (flags: ReadonlySet<string>): boolean =>
  ![...flags].some((flag) => /^\\(noselect|nonexistent)$/i.test(flag));

/** `Projets/Sent` is somebody's own mailbox; `INBOX.Sent` is where many servers keep it. */
function isHighEnough({ path, delimiter }: NamedMailbox): boolean {
  if (delimiter === '' || !path.includes(delimiter)) return true;
  const parents = path.split(delimiter).slice(0, -1);
  return parents.length === 1 && parents[0]?.toUpperCase() === 'INBOX';
}

/** What to call a missing one: the names other clients recognise. */
export const NEW_NAMES: Readonly<Record<Exclude<Role, 'inbox'>, string>> = {
  sent: 'Sent',
  drafts: 'Drafts',
  trash: 'Trash',
  junk: 'Junk',
  archive: 'Archive',
  templates: 'Templates',
};
