import type { Person } from '../store';

/** Why an account could not be read or written. */
export type Fault =
  | 'password'
  /** This login may not read that address. */
  | 'refused'
  | 'unreachable'
  | 'not-carddav'
  /** May not be asked: private, or not among the administrator's hosts. */
  | 'address'
  | 'too-much'
  | 'nonsense';

/** Why a contact that is there has no copy here, or an old one. */
export type Reason =
  | 'too-large'
  | 'not-a-card'
  /** Another one of the book has its uid (RFC 6352 6.3.2.1). */
  | 'twin'
  | 'full'
  /** Its server lists it, and does not give it. */
  | 'unread';

/** A contact that could not be copied. */
export interface LeftOut {
  readonly href: string;
  readonly reason: Reason;
}

/** A person's account on another server; its password is in no answer. */
export interface Account {
  readonly id: string;
  readonly title: string;
  readonly url: string;
  readonly login: string;
  /** ISO; `''` for never. */
  readonly syncedAt: string;
  /** Of the last try; `''` when it went well. */
  readonly fault: Fault | '';
  readonly books: readonly {
    /** `Book.id`. */
    readonly id: string;
    readonly title: string;
  }[];
  /** The first of what could not be copied, and how many there are. */
  readonly left: readonly LeftOut[];
  readonly leftCount: number;
}

export interface FoundBook {
  readonly href: string;
  readonly title: string;
}

/** What was found on a server and waits for a choice, for some minutes. */
export interface Pending {
  readonly url: string;
  readonly login: string;
  readonly books: readonly FoundBook[];
}

export type Failed = { readonly kind: 'fault'; readonly fault: Fault };
export type Missing = { readonly kind: 'missing' };
export type Refreshed =
  | { readonly kind: 'done'; readonly changed: number; readonly removed: number }
  | Failed
  | Missing;

export interface Accounts {
  list(person: Person): Promise<readonly Account[]>;
  /** Looks for books; the password is kept sealed, under an id that `add` takes. */
  discover(
    person: Person,
    at: { readonly url: string; readonly login: string; readonly password: string },
  ): Promise<{ readonly kind: 'found'; readonly id: string } | Failed>;
  pending(person: Person, id: string): Promise<Pending | undefined>;
  /** Of what was found; its books are read before it answers, or soon after. */
  add(
    person: Person,
    chosen: { readonly id: string; readonly title: string; readonly hrefs: readonly string[] },
  ): Promise<{ readonly kind: 'added'; readonly id: string } | Failed | Missing>;
  refresh(person: Person, id: string): Promise<Refreshed>;
  setPassword(person: Person, id: string, password: string): Promise<Refreshed>;
  /** Its books and their copies here; nothing there. */
  remove(person: Person, id: string): Promise<'removed' | 'missing'>;
}

/** What went wrong with a server, told to the person in a sentence. */
export class Faulty extends Error {
  constructor(readonly fault: Fault) {
    super(fault);
  }
}
