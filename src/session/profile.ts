import type { Site } from '../sites/site';
import type { Principal, User } from './types';

const UNIT_CHARS = 256;
const PHONE_CHARS = 64;
const CONTROL = /\p{Cc}/u;

/** What an attribute that the site names says first; attribute names have no case (RFC 4512 2.5). */
function saidOf({ attributes }: Principal, wanted: string | undefined): string | undefined {
  const name = wanted?.toLowerCase();
  return Object.entries(attributes)
    .find(([key]) => key.toLowerCase() === name)?.[1][0]
    ?.trim();
}

/** As the directory, or who vouches, says: `fr-FR`, `en;q=0.8`; the site's where neither does. */
export function languageOf({ signIn, locale }: Site, principal: Principal): User['locale'] {
  const [language] = (saidOf(principal, signIn.profile?.language) ?? '')
    .toLowerCase()
    .split(/[^a-z]/);
  return language === 'fr' || language === 'en' ? language : locale;
}

/** Unit and telephone, where the site names their attributes; `null` for what nobody says. */
export function placeOf(
  { signIn: { profile } }: Site,
  principal: Principal,
): { readonly unit: string | null; readonly phone: string | null } {
  return {
    unit: lineOf(saidOf(principal, profile?.unit), UNIT_CHARS),
    phone: lineOf(saidOf(principal, profile?.phone), PHONE_CHARS),
  };
}

/** One line of what somebody else wrote: what is none is left out, and no reason to send them away. */
const lineOf = (text: string | undefined, maxChars: number): string | null =>
  text === undefined || text === '' || CONTROL.test(text) ? null : text.slice(0, maxChars);
