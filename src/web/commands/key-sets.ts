/** What keys do on pages of mail; each has a text `shortcuts.…` and a handler in the skin's scripts. */
export type CommandName =
  | 'down'
  | 'up'
  | 'open'
  | 'back'
  | 'select'
  | 'selectRange'
  | 'selectPage'
  | 'nextUnread'
  | 'previousUnread'
  | 'reply'
  | 'replyAll'
  | 'forward'
  | 'archive'
  | 'delete'
  | 'junk'
  | 'unread'
  | 'star'
  | 'move'
  | 'label0'
  | 'label1'
  | 'label2'
  | 'label3'
  | 'label4'
  | 'label5'
  | 'compose'
  | 'search'
  | 'undo'
  | 'goInbox'
  | 'goDrafts'
  | 'goSent';

export const KEY_SETS = ['estafette', 'gmail', 'thunderbird'] as const;
export type KeySet = (typeof KEY_SETS)[number];

type Keys = Readonly<Partial<Record<CommandName, readonly string[]>>>;

/** In every set: what no mail program has otherwise. */
const COMMON: Keys = {
  label0: ['0'],
  label1: ['1'],
  label2: ['2'],
  label3: ['3'],
  label4: ['4'],
  label5: ['5'],
  select: ['x'],
  selectRange: ['X'],
  selectPage: ['*'],
  star: ['s'],
  search: ['/'],
  compose: ['c'],
  undo: ['z'],
  goInbox: ['g i'],
  goDrafts: ['g d'],
  goSent: ['g t'],
};

/** A key as `KeyboardEvent.key` has it, or two of them one after the other. */
const SETS: Readonly<Record<KeySet, Keys>> = {
  estafette: {
    ...COMMON,
    down: ['j'],
    up: ['k'],
    open: ['o'],
    nextUnread: ['n'],
    previousUnread: ['p'],
    reply: ['r'],
    replyAll: ['a'],
    forward: ['f'],
    archive: ['e'],
    delete: ['#'],
    junk: ['!'],
    unread: ['u'],
    move: ['m'],
  },
  gmail: {
    ...COMMON,
    down: ['j'],
    up: ['k'],
    open: ['o'],
    back: ['u'],
    nextUnread: ['n'],
    previousUnread: ['p'],
    reply: ['r'],
    replyAll: ['a'],
    forward: ['f'],
    archive: ['e', 'y'],
    delete: ['#'],
    junk: ['!'],
    unread: ['U'],
    move: ['v'],
  },
  thunderbird: {
    ...COMMON,
    down: ['f'],
    up: ['b'],
    open: ['o'],
    nextUnread: ['n'],
    previousUnread: ['p'],
    reply: ['r'],
    replyAll: ['R'],
    forward: ['l'],
    archive: ['a'],
    delete: ['d'],
    junk: ['j'],
    unread: ['m'],
    move: ['v'],
  },
};

/** Keys of each command of a set, for the page that lists them. */
export const keysOf = (set: KeySet): Keys => SETS[set];

/** Key → command, for the scripts. */
export const keyTable = (set: KeySet): Readonly<Record<string, CommandName>> =>
  Object.fromEntries(
    Object.entries(SETS[set]).flatMap(([command, keys]) =>
      keys.map((key) => [key, command as CommandName]),
    ),
  );
