import type { SafeHtml } from '../../base/types';
import type { PersonModel } from './mail';
import type { Banner } from './shell';

/** View `compose`. One POST form; `formaction` sends, discards, attaches. */
export interface ComposeModel {
  readonly id: string;
  readonly revision: number;
  readonly heading: string;
  readonly action: string;
  readonly sendAction: string;
  readonly discardAction: string;
  readonly attachAction: string;
  readonly back: string;
  /** Hidden inputs to put in the form: how the composition began, for its first POST. */
  readonly hidden: readonly { readonly name: string; readonly value: string }[];
  readonly identities: readonly {
    readonly id: string;
    readonly label: string;
    readonly isSelected: boolean;
    /** What stands in the text for it, line `-- ` and all; `''` without one. */
    readonly signature: { readonly text: string; readonly html: SafeHtml };
  }[];
  /** Where answers quote, and so where a signature goes. */
  readonly quotePosition: 'top' | 'bottom';
  readonly keepTemplateAction: string;
  readonly fields: {
    readonly to: string;
    readonly cc: string;
    readonly bcc: string;
    readonly subject: string;
    readonly format: 'plain' | 'html';
    readonly text: string;
    readonly html: string;
    readonly priority: 'high' | 'low' | '';
    readonly receipt: boolean;
    readonly report: boolean;
    readonly language: string;
  };
  readonly languages: readonly { readonly tag: string; readonly label: string }[];
  readonly showCc: boolean;
  readonly showBcc: boolean;
  readonly attachments: readonly {
    readonly id: string;
    readonly filename: string;
    readonly badge: string;
    readonly family: string;
    readonly sizeBytes: number;
    readonly href: string;
    readonly removeAction: string;
  }[];
  /** What files may weigh together, as files: less than the message, which encodes them. */
  readonly limitBytes: number;
  readonly usedBytes: number;
  readonly errors: readonly { readonly field: string; readonly text: string }[];
  readonly banners: readonly Banner[];
  /** Questions of plugins before sending; accepted by `confirm` fields `plugin:code`. */
  readonly confirmations: readonly {
    readonly id: string;
    readonly text: string;
    /** What there is to look at before. */
    readonly lists: readonly {
      readonly label: string;
      readonly isWarning: boolean;
      readonly items: readonly string[];
    }[];
    /** Where its button posts the form, in the place of confirming. */
    readonly hideCopiesAction: string | undefined;
  }[];
  /** Outcome unknown or failed earlier: what the agent may do. */
  readonly resendAction: string | undefined;
  readonly savedAt: string | undefined;
  readonly isSavedOnServer: boolean;
  readonly autocomplete: string;
  readonly autosaveSeconds: number;
  /** Domains that are ours, so that chips can mark « extérieur » while typing. */
  readonly insideDomains: readonly string[];
  /** Of the site: scripts tell the time as the server's pages do. */
  readonly timeZone: string;
  /** Times at which it may leave instead. */
  readonly later: {
    readonly times: readonly { readonly id: string; readonly label: string }[];
    /** Day and time that the fields start from. */
    readonly day: string;
    readonly time: string;
    /** Outside of working hours: why, and the time that is offered beside the button. */
    readonly disconnect:
      | { readonly text: string; readonly id: string; readonly label: string }
      | undefined;
  };
  /** Texts that plugins offer, put before what is written by a button of the form. */
  readonly templates: readonly { readonly id: string; readonly name: string }[];
  readonly templateAction: string;
  /** Recipients of whom plugins say what they are. */
  readonly people: readonly PersonModel[];
  /** Lists and groups by name, for who has no scripts; `found` once they were looked for. */
  readonly lists: {
    readonly action: string;
    readonly query: string;
    readonly field: 'to' | 'cc' | 'bcc';
    readonly found:
      | readonly {
          readonly id: string;
          readonly name: string;
          readonly mail: string;
          /** As it is put into a field; `''` without an address of its own. */
          readonly address: string;
          readonly detail: string;
          readonly count: number;
        }[]
      | undefined;
  };
}
