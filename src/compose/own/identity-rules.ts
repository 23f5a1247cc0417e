import { AppError } from '../../base/errors';
import { parseAddressList } from '../../mime';
import type { Identity } from '../types';

/** What an agent says of one of their identities; texts as they were typed. */
export interface IdentityFields {
  /** To tell it from others: « Astreinte ». */
  readonly label: string;
  readonly name: string;
  /** One of the addresses that the directory or a plugin gives them. */
  readonly mail: string;
  /** Where answers go; `''`: to `mail`. */
  readonly replyTo: string;
  /** Who gets a hidden copy of each message; an address list. */
  readonly bcc: string;
  /** Plain text, without the `-- ` line. */
  readonly signature: string;
  /** The same as HTML, sanitised; `''` for a plain signature. */
  readonly signatureHtml: string;
  /** Where copies of sent messages go; `''`: Sent. */
  readonly sentMailbox: string;
  readonly isDefault: boolean;
}

export const IDENTITY_LIMITS = {
  count: 20,
  label: 60,
  name: 100,
  addresses: 1_000,
  bcc: 5,
  signature: 4_000,
  signatureHtml: 20_000,
} as const;

export type IdentityProblem =
  | 'many'
  | 'long'
  | 'name'
  | 'mail'
  | 'replyTo'
  | 'bcc'
  | 'sentMailbox'
  | 'signature';

/** `identity/invalid`, with the field that is wrong: its text is the page's. */
export const identityProblem = (problem: IdentityProblem): AppError =>
  new AppError('identity/invalid', { details: { problem } });

// Control and format characters: a name is one line, and says what it seems to say.
const UNSEEN = /\p{Cc}|\p{Cf}/u;

/**
 * The fields as they may be stored. An address is one that the agent has already, and a name never
 * looks like another address; throws `identity/invalid`.
 */
export function checkedIdentity(
  given: IdentityFields,
  allowed: readonly Pick<Identity, 'mail'>[],
): IdentityFields {
  const limits = IDENTITY_LIMITS;
  const label = given.label.trim();
  const name = given.name.trim();
  if (label.length > limits.label || name.length > limits.name) throw identityProblem('long');
  if (UNSEEN.test(name) || UNSEEN.test(label) || /[@<>]/.test(name)) throw identityProblem('name');
  const mail = allowed.find((one) => one.mail.toLowerCase() === given.mail.trim().toLowerCase());
  if (!mail) throw identityProblem('mail');
  if (given.signature.length > limits.signature) throw identityProblem('signature');
  if (given.signatureHtml.length > limits.signatureHtml) throw identityProblem('signature');
  return {
    ...given,
    label,
    name,
    mail: mail.mail,
    replyTo: addresses(given.replyTo, 1, 'replyTo'),
    bcc: addresses(given.bcc, limits.bcc, 'bcc'),
    sentMailbox: given.sentMailbox.trim(),
  };
}

function addresses(text: string, max: number, problem: 'replyTo' | 'bcc'): string {
  const typed = text.trim();
  const { addresses: found, invalid } = parseAddressList(typed);
  if (typed.length > IDENTITY_LIMITS.addresses || invalid.length > 0 || found.length > max) {
    throw identityProblem(problem);
  }
  return typed;
}
