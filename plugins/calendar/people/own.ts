import type { PersonRef } from 'estafette/plugin';
import type { Context } from '../pages/common';
import type { Person } from '../store/types';

/** Addresses at which somebody is asked to meetings, and in whose name they ask. */
export interface Addresses {
  /** All of them but the main one: aliases, and mailboxes that they write from with others. */
  readonly mails: readonly string[];
  /** Those that are nobody else's. */
  readonly aliases: readonly string[];
}

/** Of the person who is there; none beside the main one where that is not known. */
export async function addressesOf(
  context: Pick<Context, 'identities'>,
  as: PersonRef | undefined,
  main: string,
): Promise<Addresses> {
  const identities = as ? await context.identities(as) : [];
  const others = identities
    .map((one) => ({ ...one, mail: one.mail.trim().toLowerCase() }))
    .filter(({ mail }) => mail !== '' && mail !== main.trim().toLowerCase());
  return {
    mails: others.map(({ mail }) => mail),
    aliases: others.filter(({ isOwn }) => isOwn).map(({ mail }) => mail),
  };
}

/** All addresses of somebody, in lower case, the main one first. */
export const ownMails = ({
  mail,
  mails = [],
}: Pick<Person, 'mail' | 'mails'>): readonly string[] => [mail.trim().toLowerCase(), ...mails];
