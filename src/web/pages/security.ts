import type { SupportModel } from './shell';

/** View `security`: what protects one's account. */
export interface SecurityModel {
  readonly sessions: readonly SecuritySession[];
  readonly hasOthers: boolean;
  readonly appPasswords: readonly {
    readonly id: number;
    readonly name: string;
    readonly start: string;
    readonly created: string;
    readonly used: string;
  }[];
  readonly links: readonly SecurityLink[];
  /** The one that was just made, shown once. */
  readonly made: { readonly name: string; readonly secret: string } | undefined;
  readonly error: { readonly field: 'name'; readonly text: string } | undefined;
  readonly name: string;
  /** It was asked for before a proof, and is not made yet. */
  readonly isAsked: boolean;
  readonly canAdd: boolean;
  readonly done: string | undefined;
  readonly support: SupportModel;
}

export interface SecuritySession {
  readonly id: string;
  readonly device: string;
  readonly place: string;
  readonly since: string;
  readonly seen: string;
  /** Waiting for a second factor, or for a new sign-in. */
  readonly state: string | undefined;
  readonly isCurrent: boolean;
}

/** A provider that vouches for the person. */
export interface SecurityLink {
  /** `sso.cerbere` */
  readonly way: string;
  readonly label: string;
  readonly issuer: string;
  readonly linked: string;
  readonly used: string;
}

/** View `security-history`: sign-ins and what concerned the account. */
export interface SecurityHistoryModel {
  readonly lines: readonly {
    readonly id: number;
    readonly when: string;
    readonly what: string;
    readonly where: string;
    /** Something that somebody else could have done. */
    readonly canDeny: boolean;
    /** Where what was done is seen, and undone. */
    readonly look: string | undefined;
  }[];
  readonly older: string | undefined;
  readonly newest: string | undefined;
}

/** View `help-journey`: one of the three ways out of trouble with an account. */
export interface JourneyModel {
  readonly title: string;
  readonly intro: string;
  /** What happened just now. */
  readonly done: string | undefined;
  /** What could not be done, and what to do instead. */
  readonly notDone: string | undefined;
  readonly error:
    | { readonly field: 'login' | 'contact' | undefined; readonly text: string }
    | undefined;
  readonly sections: readonly { readonly title: string; readonly text: string }[];
  readonly steps: readonly string[];
  readonly link: { readonly href: string; readonly label: string } | undefined;
  /** `secure`: one button, of somebody who is signed in; `report`: a form of somebody who is not. */
  readonly form: 'secure' | 'report' | undefined;
  /** What else opens the account, to be looked at by its owner; nothing for who is not signed in. */
  readonly links: readonly SecurityLink[] | undefined;
  readonly action: string;
  readonly values: { readonly login: string; readonly contact: string };
  readonly back: { readonly href: string; readonly label: string };
  readonly support: SupportModel;
}
