import type { SupportModel } from './shell';

/** View `login`. */
export interface LoginModel {
  readonly action: string;
  readonly next: string;
  readonly login: string;
  readonly error:
    | { readonly text: string; readonly field: 'username' | 'password' | undefined }
    | undefined;
  /** Session frozen or expired: the same page says that drafts are safe. */
  readonly notice: string | undefined;
  /** In the order of the site; none: nobody can sign in now. */
  readonly ways: readonly LoginWay[];
  readonly support: SupportModel;
  readonly languages: readonly {
    readonly code: string;
    readonly label: string;
    readonly href: string;
    readonly isCurrent: boolean;
  }[];
}

/** What the sign-in page offers: the form, the link to it, or the button of a method. */
export type LoginWay =
  | { readonly kind: 'form' }
  | { readonly kind: 'unfold'; readonly href: string }
  | {
      readonly kind: 'method';
      readonly action: string;
      /** For ids in the page. */
      readonly name: string;
      readonly label: string;
      readonly look: string | undefined;
      readonly about: { readonly label: string; readonly href: string } | undefined;
    };

/** View `login-go`: the browser is on its way to a provider. */
export interface LoginGoModel {
  readonly title: string;
  readonly text: string;
  readonly label: string;
  readonly href: string;
}

/** View `login-return`: what a provider's form brought, to be sent once more from a page of ours. */
export interface LoginReturnModel {
  readonly action: string;
  readonly fields: readonly { readonly name: string; readonly value: string }[];
}

/** View `challenge`: which challenges are left, while `awaiting-challenge`. */
export interface ChallengeModel {
  readonly challenges: readonly {
    readonly id: string;
    readonly label: string;
    readonly href: string;
  }[];
}

/** View `confirm`: the person of an open session proves again that it is they. */
export interface ConfirmModel {
  readonly action: string;
  readonly next: string;
  readonly login: string;
  /** Second factors: when there are any, nothing else is offered. */
  readonly factors: readonly {
    readonly id: string;
    readonly label: string;
    readonly href: string;
  }[];
  readonly password: boolean;
  readonly provider: { readonly action: string; readonly label: string } | undefined;
  readonly error: { readonly text: string; readonly field: 'password' | undefined } | undefined;
  readonly support: SupportModel;
}

/** View `help`: what the program says of itself, public. */
export interface HelpModel {
  readonly title: string;
  readonly intro: string;
  readonly sections: readonly { readonly title: string; readonly text: string }[];
  readonly back: { readonly href: string; readonly label: string };
  readonly support: SupportModel;
}

/** View `error`: works without a session, without IMAP, without JavaScript. */
export interface ErrorModel {
  readonly status: number;
  readonly heading: string;
  readonly text: string;
  /** What is safe, what to do. */
  readonly advice: string | undefined;
  readonly requestId: string;
  readonly retry: string | undefined;
  readonly home: string;
  /** The page where what is missing is set up. */
  readonly remedy: { readonly href: string; readonly label: string } | undefined;
  readonly support: SupportModel;
}

/** View `settings`. */
export interface SettingsModel {
  /** Senders and domains whose remote images are shown at once, for the section of reading. */
  readonly trusted: number;
  readonly sections: readonly {
    readonly id: string;
    readonly label: string;
    readonly href: string;
    readonly isCurrent: boolean;
  }[];
  /** What is looked for among all settings; empty on the page of a section. */
  readonly query: string;
  readonly current: SettingsGroupModel;
  /** In place of the current section, what a search has found. */
  readonly found: readonly SettingsGroupModel[] | undefined;
  readonly errors: readonly { readonly field: string; readonly text: string }[];
}

/** One form: a section, or what was found of it. */
export interface SettingsGroupModel {
  readonly id: string;
  readonly label: string;
  readonly action: string;
  readonly fields: readonly SettingsFieldModel[];
}

export interface SettingsFieldModel {
  readonly name: string;
  readonly kind: 'choice' | 'switch' | 'text' | 'textarea';
  readonly label: string;
  readonly help: string | undefined;
  readonly value: string;
  readonly isChecked: boolean;
  readonly options: readonly {
    readonly value: string;
    readonly label: string;
    readonly isSelected: boolean;
  }[];
  readonly maxLength: number | undefined;
  /** Fixed by the ministry: shown, not editable. */
  readonly isLocked: boolean;
  /** Who fixed it. */
  readonly lockedText: string;
  /** True when the person chose it; it follows the site otherwise. */
  readonly isOwn: boolean;
  /** The site's value in words; empty where one value cannot tell it. */
  readonly siteText: string;
  readonly error: string | undefined;
}
