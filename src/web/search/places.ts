import type { Translate } from '../../kernel/i18n-types';
import { type Mailbox, type Parsed, type Problem, plainWord, quoted } from '../../mail';
import { mailboxLabel } from '../folders';

/** `in:all`: Trash and Junk as well. */
const ALL_WORDS = new Set(['all', 'anywhere', 'tout', 'tous', 'partout']);
/** More would take minutes; those that were left out are told. */
export const MAX_MAILBOXES = 500;

/** Where a search looks. */
export interface Places {
  /** Paths, those first that are most likely looked for. */
  readonly paths: readonly string[];
  /** Trash and Junk were left out. */
  readonly isAsideLeftOut: boolean;
  readonly leftOut: number;
  readonly problem: Problem | undefined;
}

interface Known {
  readonly mailbox: Mailbox;
  /** In Trash or Junk, or one of them. */
  readonly isAside: boolean;
  readonly names: ReadonlySet<string>;
}

function flat(mailboxes: readonly Mailbox[], t: Translate, isAside = false): readonly Known[] {
  return mailboxes.flatMap((mailbox) => {
    const { specialUse, path, name, children } = mailbox;
    const aside = isAside || specialUse === 'trash' || specialUse === 'junk';
    const names = [path, name, mailboxLabel(mailbox, t), specialUse ?? ''].map(plainWord);
    return [
      { mailbox, isAside: aside, names: new Set(names.filter((one) => one !== '')) },
      ...flat(children, t, aside),
    ];
  });
}

const isBelow = (path: string, { mailbox }: Known): boolean =>
  path === mailbox.path ||
  (mailbox.delimiter !== '' && path.startsWith(`${mailbox.path}${mailbox.delimiter}`));

/**
 * Mailboxes that a search is about: all but Trash and Junk, or those that `in:` names with what is
 * below them.
 */
export function searchPlaces(
  mailboxes: readonly Mailbox[],
  { places, notPlaces }: Pick<Parsed, 'places' | 'notPlaces'>,
  { box, t }: { readonly box: string; readonly t: Translate },
): Places {
  const all = flat(mailboxes, t).filter(({ mailbox }) => mailbox.isSelectable);
  const none = { paths: [], isAsideLeftOut: false, leftOut: 0 };
  const named = (names: readonly string[]): readonly Known[] | Problem => {
    const found: Known[] = [];
    for (const name of names) {
      const word = plainWord(name);
      const those = all.filter(({ names: own }) => own.has(word));
      if (those.length === 0) return { word: `in:${quoted(name)}`, reason: 'place' };
      found.push(...those);
    }
    return found;
  };
  const isAll = places.some((name) => ALL_WORDS.has(plainWord(name)));
  const wanted = isAll ? all : named(places);
  if ('reason' in wanted) return { ...none, problem: wanted };
  const unwanted = named(notPlaces);
  if ('reason' in unwanted) return { ...none, problem: unwanted };
  const isEverywhere = places.length === 0;
  const chosen = all
    .filter((one) =>
      isEverywhere ? !one.isAside : wanted.some((root) => isBelow(one.mailbox.path, root)),
    )
    .filter((one) => !unwanted.some((root) => isBelow(one.mailbox.path, root)));
  const rank = ({ mailbox }: Known): number =>
    mailbox.path === box ? 0 : mailbox.specialUse === 'inbox' ? 1 : mailbox.specialUse ? 2 : 3;
  const paths = [...chosen].sort((a, b) => rank(a) - rank(b)).map(({ mailbox }) => mailbox.path);
  return {
    paths: paths.slice(0, MAX_MAILBOXES),
    isAsideLeftOut: isEverywhere && all.some(({ isAside }) => isAside),
    leftOut: Math.max(0, paths.length - MAX_MAILBOXES),
    problem: undefined,
  };
}
