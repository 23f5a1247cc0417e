import { isTold } from '../announce';
import { COLOURS } from '../base/colours';
import type { Translate } from '../kernel/i18n-types';
import { type Account, MAILBOX_NAME_MAX, type Mailbox, type MailboxPlace } from '../mail';
import { type MailboxMarks, NO_MARK } from '../settings';
import { FOLDER_ICONS, hasOlder, mailboxLabel } from './folders';
import { COLOUR_TEXTS } from './labels-model';
import { mailboxHref, withQuery } from './links';
import type { MailboxesModel, MailboxRow } from './pages/mailboxes';

export const MAILBOXES = '/mailboxes';

/** A form that came back: what was typed, of which mailbox (`''`: a new one), and what is wrong. */
export interface Refused {
  readonly path: string;
  readonly typed: MailboxPlace;
  readonly text: string;
}

interface Given {
  readonly account: Account;
  readonly sizes: ReadonlyMap<string, number> | undefined;
  readonly isBySize: boolean;
  readonly marks: MailboxMarks;
  readonly quota: MailboxesModel['quota'];
  readonly refused: Refused | undefined;
  readonly t: Translate;
  readonly size: (bytes: number) => string;
}

interface Placed {
  readonly mailbox: Mailbox;
  readonly depth: number;
  readonly above: readonly string[];
}

const flat = (
  mailboxes: readonly Mailbox[],
  t: Translate,
  above: readonly string[] = [],
): readonly Placed[] =>
  mailboxes.flatMap((mailbox) => [
    { mailbox, depth: above.length, above },
    ...flat(mailbox.children, t, [...above, mailboxLabel(mailbox, t)]),
  ]);

/** The page of all mailboxes. */
export function mailboxesModel(given: Given): MailboxesModel {
  const { account, sizes, refused, t } = given;
  const isBySize = given.isBySize && sizes !== undefined;
  const all = flat(account.mailboxes, t);
  const trash = all.find(({ mailbox }) => mailbox.specialUse === 'trash')?.mailbox;
  const bytes = ({ mailbox }: Placed): number => sizes?.get(mailbox.path) ?? 0;
  const ordered = isBySize ? [...all].sort((a, b) => bytes(b) - bytes(a)) : all;
  const { path: ofPath, typed, text } = refused ?? { path: '', typed: NOTHING, text: '' };
  return {
    rows: ordered.map((one, at) =>
      rowOf(one, {
        ...given,
        at,
        isBySize,
        trash,
        bytes: bytes(one),
        typed: refused && ofPath === one.mailbox.path ? typed : undefined,
      }),
    ),
    places: [
      { path: '', label: t('mailboxes.top'), depth: 0 },
      ...all.map(({ mailbox, depth }) => ({
        path: mailbox.path,
        label: mailboxLabel(mailbox, t),
        depth: depth + 1,
      })),
    ],
    nameMax: MAILBOX_NAME_MAX,
    colours: COLOURS.map((value) => ({ value, label: t(COLOUR_TEXTS[value]) })),
    typed: ofPath === '' ? typed : NOTHING,
    error: refused && { of: ofPath === '' ? 'create' : 'place', text },
    isBySize,
    sizeHref: sizes && withQuery(MAILBOXES, { by: 'size' }),
    treeHref: MAILBOXES,
    quota: given.quota,
  };
}

const NOTHING: MailboxPlace = { parent: '', name: '' };

function rowOf(
  { mailbox, depth, above }: Placed,
  {
    account,
    marks,
    sizes,
    isBySize,
    trash,
    bytes,
    typed,
    at,
    t,
    size,
  }: Given & {
    readonly at: number;
    readonly trash: Mailbox | undefined;
    readonly bytes: number;
    readonly typed: MailboxPlace | undefined;
  },
): MailboxRow {
  const { path, name, delimiter, parent = '', specialUse } = mailbox;
  const label = mailboxLabel(mailbox, t);
  const { isFavourite, colour = '' } = marks.get(path) ?? NO_MARK;
  return {
    id: `box-${at + 1}`,
    path,
    name,
    label,
    above: isBySize ? above.join(' / ') : '',
    depth: isBySize ? 0 : depth,
    href: mailboxHref(account.id, path),
    icon: specialUse === undefined ? 'folder' : FOLDER_ICONS[specialUse],
    total: mailbox.total,
    unseen: mailbox.unseen,
    size: sizes ? size(bytes) : '',
    isSelectable: mailbox.isSelectable,
    isSpecial: specialUse !== undefined,
    isFavourite,
    isTold: isTold(marks, mailbox),
    hasOlder: hasOlder(mailbox),
    colour,
    isSubscribed: mailbox.isSubscribed,
    isInTrash: trash !== undefined && path.startsWith(`${trash.path}${trash.delimiter}`),
    parent,
    notInto: [path, ...flat(mailbox.children, t).map((one) => one.mailbox.path)],
    typed: typed ?? { name, parent: delimiter === '' ? '' : parent },
    isOpen: typed !== undefined,
  };
}
