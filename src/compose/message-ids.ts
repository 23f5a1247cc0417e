import { asciiDomain, newMessageId } from '../mime';

/** A new Message-ID in the domain of an address. */
export const messageIdFor = (mail: string): string => newMessageId({ name: '', mail });

/**
 * Message-ID of a draft's copies in the Drafts mailbox: one for all of them, so that a copy left
 * behind by a crash is found again.
 */
export const draftMessageId = (draft: string, mail: string): string =>
  `<draft.${draft}@${asciiDomain(mail)}>`;
