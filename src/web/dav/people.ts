import type { Compose } from '../../compose';
import type { Actor } from '../../session';
import type { Visitor } from './visitor';

/** Somebody as reports about principals name them. */
export interface Principal {
  readonly name: string;
  readonly mail: string;
  /** Path of them as a principal (RFC 3744 4). */
  readonly href: string;
}

export type Suggest = (actor: Actor, text: string) => ReturnType<Compose['suggest']>;

/** Below so many characters nobody is looked for. */
const TEXT_MIN = 2;

/** Path of somebody else: by the address that who asks already knows them by, never by their login. */
const hrefOf = (mail: string): string => `/dav/principals/people/${encodeURIComponent(mail)}/`;

const principalOf = ({ name, mail }: { readonly name: string; readonly mail: string }) => ({
  name: name === '' ? mail : name,
  mail,
  href: hrefOf(mail),
});

/**
 * Agents whom a text means, to who asks: those that the fields of our own pages would suggest to them,
 * ten at most, and nobody else.
 */
export async function peopleFor(
  suggest: Suggest,
  { actor }: Visitor,
  text: string,
): Promise<readonly Principal[]> {
  const query = text.trim().replace(/^mailto:/i, '');
  if (query.length < TEXT_MIN) return [];
  const found = await suggest(actor, query);
  return found
    .filter(({ mail, list }) => mail !== '' && !list && mail !== actor.user.mail)
    .map(principalOf);
}

/** The one of an address, where it would be suggested. */
export async function personOf(
  suggest: Suggest,
  visitor: Visitor,
  mail: string,
): Promise<Principal | undefined> {
  const people = await peopleFor(suggest, visitor, mail);
  return people.find((one) => one.mail.toLowerCase() === mail.toLowerCase());
}
