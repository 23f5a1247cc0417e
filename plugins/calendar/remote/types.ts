/** Why an account could not be read. */
export type Fault =
  | 'password'
  /** This login may not read that address. */
  | 'refused'
  | 'unreachable'
  | 'not-caldav'
  /** May not be asked: private, or not among the administrator's servers. */
  | 'address'
  | 'too-much'
  | 'nonsense';

/** What went wrong with a server, told to the person in a sentence. */
export class Faulty extends Error {
  constructor(readonly fault: Fault) {
    super(fault);
  }
}

export interface FoundCalendar {
  readonly href: string;
  readonly title: string;
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
  readonly calendars: readonly { readonly id: string; readonly title: string }[];
  /** Objects that are there and have no copy here. */
  readonly left: number;
}

export interface Listed {
  readonly href: string;
  /** `''` where the server tells none. */
  readonly etag: string;
}
