import type { Translate } from '../kernel/i18n-types';
import type { Address, MessageView } from '../mail';
import type { Actor } from '../session';
import type { AttachmentModel, MessageModel } from './pages/mail';
import { personModel } from './people';
import type { PeopleFacts } from './people-facts';
import { type FoldedRecipients, foldRecipients } from './recipients';

/** Who writes to whom, when and of what. */
type HeadFields = Pick<
  MessageModel,
  | 'subject'
  | 'from'
  | 'sender'
  | 'replyTo'
  | 'to'
  | 'cc'
  | 'bcc'
  | 'more'
  | 'isListCut'
  | 'date'
  | 'hasBody'
>;

/** The message's own header in a page to print. */
export interface PrintedHead extends HeadFields {
  readonly attachments: readonly Pick<AttachmentModel, 'filename' | 'sizeBytes'>[];
  readonly bodyError: { readonly text: string } | undefined;
}

interface HeadInput {
  readonly actor: Actor;
  readonly view: MessageView;
  /** Of the people named; plain names and addresses without. */
  readonly facts?: PeopleFacts;
  /** Those that the page names. */
  readonly recipients: FoldedRecipients;
  readonly t: Translate;
}

/** The fields of a message's header, with as many recipients as a page may name. */
export function headFields({ actor, view, facts, recipients, t }: HeadInput): HeadFields {
  const { shown, more } = recipients;
  const person = (address: Address) => personModel(actor, address, facts);
  const from = view.from[0];
  return {
    subject: view.subject === '' ? t('mail.noSubject') : view.subject,
    from: from && person(from),
    sender: view.sender && view.sender.mail !== from?.mail ? person(view.sender) : undefined,
    replyTo: shown.replyTo.filter(({ mail }) => mail !== from?.mail).map(person),
    to: shown.to.map(person),
    cc: shown.cc.map(person),
    bcc: shown.bcc.map(person),
    more,
    isListCut: view.recipientsCut ?? false,
    date: view.date,
    hasBody: view.bodies.length > 0,
  };
}

/** The header of a page to print; plugins are asked nothing for it. */
export function printedHead(
  input: Omit<HeadInput, 'recipients'> & {
    /** All recipients were asked for, as many as a page can bear. */
    readonly all: boolean;
    readonly bodyError: string | undefined;
  },
): PrintedHead {
  const { view, all, bodyError } = input;
  return {
    ...headFields({ ...input, recipients: foldRecipients(view, { all }) }),
    attachments: view.attachments.map(({ filename, sizeBytes }) => ({ filename, sizeBytes })),
    bodyError: bodyError === undefined ? undefined : { text: bodyError },
  };
}
