/** A value with where it reaches somebody; `TYPE` and `PREF` of RFC 6350 5.3 and 5.6. */
export interface Typed {
  readonly value: string;
  readonly type: 'work' | 'home' | 'cell' | 'fax' | 'pager' | 'other';
  readonly isPreferred?: boolean;
}

/** `ADR` of RFC 6350 6.3.1, its seven parts. */
export interface PostalAddress {
  readonly type: 'work' | 'home' | 'other';
  readonly box: string;
  readonly extended: string;
  readonly street: string;
  readonly city: string;
  readonly region: string;
  readonly code: string;
  readonly country: string;
}

export interface Photo {
  /** Media type as the card says; whoever shows it goes by the bytes. */
  readonly type: string;
  readonly content: Buffer;
}

/** What a page shows and a form changes of a vCard; all that a card holds besides stays in its text. */
export interface Contact {
  readonly uid: string;
  readonly kind: 'individual' | 'group' | 'org';
  /** `FN`: never empty, made of the other fields where a card has none. */
  readonly name: string;
  readonly family: string;
  readonly given: string;
  readonly additional: string;
  readonly prefix: string;
  readonly suffix: string;
  readonly nickname: string;
  readonly organization: string;
  readonly unit: string;
  readonly title: string;
  readonly role: string;
  readonly mails: readonly Typed[];
  readonly phones: readonly Typed[];
  readonly addresses: readonly PostalAddress[];
  readonly urls: readonly Typed[];
  readonly impps: readonly Typed[];
  /** `YYYY-MM-DD`, `--MM-DD` without a year, or `''`. */
  readonly birthday: string;
  readonly anniversary: string;
  readonly note: string;
  readonly categories: readonly string[];
  /** Only one that the card holds: a link to a picture elsewhere is never followed. */
  readonly photo?: Photo;
  /** Of a group: `urn:uuid:…` or `mailto:…`, as written. */
  readonly members: readonly string[];
}

/** Versions that this plugin writes; 2.1 is only read. */
export type CardVersion = '3.0' | '4.0';

export const EMPTY_CONTACT: Contact = {
  uid: '',
  kind: 'individual',
  name: '',
  family: '',
  given: '',
  additional: '',
  prefix: '',
  suffix: '',
  nickname: '',
  organization: '',
  unit: '',
  title: '',
  role: '',
  mails: [],
  phones: [],
  addresses: [],
  urls: [],
  impps: [],
  birthday: '',
  anniversary: '',
  note: '',
  categories: [],
  members: [],
};
