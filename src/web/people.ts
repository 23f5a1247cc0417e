import { initialsOf, tintOf } from '../base/faces';
import { type Address, isOutside } from '../mail';
import type { Actor } from '../session';
import type { PersonModel } from './pages/mail';
import { NO_FACTS, type PeopleFacts } from './people-facts';

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
