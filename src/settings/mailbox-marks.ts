import { COLOURS, type Colour } from '../base/colours';
import type { UserId } from '../base/types';
import { CONVERSATIONS_KEY } from './conversations';
import type { CoreSettings } from './core-sections';
import { CORE_SCOPE } from './scope';
import type { Settings } from './types';

/** Key of the core scope: what an agent made of single mailboxes. */
const KEY = 'marks.by';
const MAX_MAILBOXES = 300;
const MAX_CHARS = 50_000;

/** What an agent made of a mailbox; no server keeps it, so other programs do not show it. */
export interface MailboxMark {
  /** Shown above the tree as well. */
  readonly isFavourite: boolean;
  readonly colour: Colour | undefined;
  /** Whether devices tell of what comes; undefined: as is usual, the inbox alone. */
  readonly notices?: boolean | undefined;
}

/** By path, those marked last at the end. */
export type MailboxMarks = ReadonlyMap<string, MailboxMark>;

export const NO_MARK: MailboxMark = { isFavourite: false, colour: undefined };

/** Colour of a form or of storage; undefined for none, and for what is no colour. */
export const colourFrom = (value: unknown): Colour | undefined =>
  COLOURS.find((one) => one === value);

/** Marks by the path of their mailbox; what is stored and cannot be read is none. */
export function marksFrom(stored: Readonly<Record<string, unknown>>): MailboxMarks {
  const value = stored[KEY];
  if (typeof value !== 'object' || value === null) return new Map();
  return new Map(
    Object.entries(value).flatMap(([path, one]: [string, unknown]) => {
      if (typeof one !== 'object' || one === null) return [];
      const mark = {
        isFavourite: 'favourite' in one && one.favourite === true,
        colour: colourFrom('colour' in one ? one.colour : undefined),
        ...('notices' in one && typeof one.notices === 'boolean' && { notices: one.notices }),
      };
      return isSome(mark) ? [[path, mark] as const] : [];
    }),
  );
}

const isSome = ({ isFavourite, colour, notices }: MailboxMark): boolean =>
  isFavourite || colour !== undefined || notices !== undefined;

const storedOf = (marks: MailboxMarks) =>
  Object.fromEntries(
    [...marks].map(([path, { isFavourite, colour, notices }]) => [
      path,
      {
        ...(isFavourite && { favourite: true }),
        ...(colour && { colour }),
        ...(notices !== undefined && { notices }),
      },
    ]),
  );

/** Marks a mailbox, or takes its mark off; of very many, those marked first are forgotten. */
export async function markMailbox(
  settings: Settings,
  user: UserId,
  core: Pick<CoreSettings, 'marks'>,
  { path, mark }: { readonly path: string; readonly mark: MailboxMark },
): Promise<void> {
  const marks = new Map(core.marks);
  if (isSome(mark)) marks.set(path, mark);
  else marks.delete(path);
  let kept = [...marks].slice(-MAX_MAILBOXES);
  while (JSON.stringify(kept).length > MAX_CHARS) kept = kept.slice(1);
  await settings.write(user, CORE_SCOPE, { [KEY]: storedOf(new Map(kept)) });
}

/**
 * What an agent chose for a mailbox, and for those below it, goes with it to another path. `to`
 * undefined: it is gone, and what was chosen for it too.
 */
export async function moveMailboxChoices(
  settings: Settings,
  user: UserId,
  core: Pick<CoreSettings, 'marks' | 'conversations'>,
  {
    from,
    to,
    delimiter,
  }: { readonly from: string; readonly to: string | undefined; readonly delimiter: string },
): Promise<void> {
  const isIn = (path: string): boolean =>
    path === from || (delimiter !== '' && path.startsWith(`${from}${delimiter}`));
  const moved = <T>(by: ReadonlyMap<string, T>): ReadonlyMap<string, T> =>
    new Map(
      [...by].flatMap(([path, one]) => {
        if (!isIn(path)) return [[path, one] as const];
        return to === undefined ? [] : [[`${to}${path.slice(from.length)}`, one] as const];
      }),
    );
  const isTouched = [...core.marks.keys(), ...core.conversations.keys()].some(isIn);
  if (!isTouched || from === to) return;
  await settings.write(user, CORE_SCOPE, {
    [KEY]: storedOf(moved(core.marks)),
    [CONVERSATIONS_KEY]: Object.fromEntries(moved(core.conversations)),
  });
}
