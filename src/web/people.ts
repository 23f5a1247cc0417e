import { type Address, isOutside } from '../mail';
import type { Actor } from '../session';
import type { PersonModel } from './pages/mail';
import { NO_FACTS, type PeopleFacts } from './people-facts';

const TINTS = 6;

/** One or two letters of a name, for the avatar; a sign when there are none. */
export function initialsOf(name: string, mail: string): string {
  const words = (name.trim() === '' ? mail : name)
    .split(/[\s.@_-]+/u)
    .filter((word) => /^\p{L}/u.test(word));
  const first = words[0]?.match(/\p{L}/u)?.[0] ?? '?';
  const last = words.length > 1 ? (words.at(-1)?.match(/\p{L}/u)?.[0] ?? '') : '';
  return `${first}${last}`.toLocaleUpperCase('fr');
}

/** The same colour for the same address, everywhere. */
export function tintOf(mail: string): number {
  let sum = 0;
  for (const char of mail.toLowerCase()) sum = (sum * 31 + (char.codePointAt(0) ?? 0)) % 65_521;
  return (sum % TINTS) + 1;
}

export const isSelf = (actor: Actor, mail: string): boolean =>
  [actor.user.mail, ...actor.user.aliases].some((own) => own.toLowerCase() === mail.toLowerCase());

/** An address as the message page shows it. */
export function personModel(
  actor: Actor,
  { name, mail }: Address,
  facts: PeopleFacts = NO_FACTS,
): PersonModel {
  const known = facts.classes.get(mail.toLowerCase());
  return {
    name: name === '' ? mail : name,
    mail,
    initials: initialsOf(name, mail),
    tint: tintOf(mail),
    isMe: isSelf(actor, mail),
    isOutside: known ? known.class === 'outside' : isOutside(actor.site, mail),
    kind: known?.class,
    kindLabel: known?.label,
    avatar: facts.avatars.get(mail.toLowerCase()),
    composeHref: `/compose?to=${encodeURIComponent(name === '' ? mail : `"${name.replace(/["\\]/g, '')}" <${mail}>`)}`,
  };
}
