import { isWithin, skeletonOf } from 'estafette/plugin';

/** Shorter addresses are alike by chance. */
const TWO_SLIPS_FROM = 9;

const withoutDigits = (text: string): string => text.replaceAll(/\d/g, '');
const partsOf = (mail: string): readonly [local: string, domain: string] => {
  const at = mail.lastIndexOf('@');
  return [mail.slice(0, at), mail.slice(at + 1)];
};

/**
 * Whether one address would be taken for the other: the same at a glance, one slip apart, or the
 * same person at a domain that is two slips away. `martin1` and `martin2` are two people.
 */
export function isAlike(left: string, right: string): boolean {
  if (left === right || withoutDigits(left) === withoutDigits(right)) return false;
  if (skeletonOf(left) === skeletonOf(right)) return true;
  const [local, domain] = partsOf(left);
  const [otherLocal, otherDomain] = partsOf(right);
  if (domain === otherDomain) return local.length >= TWO_SLIPS_FROM && isWithin(left, right, 1);
  if (local !== otherLocal) return false;
  return isWithin(domain, otherDomain, domain.length >= TWO_SLIPS_FROM ? 2 : 1);
}

/** Of addresses nobody wrote to, which would be taken for one that was: address → the known one. */
export function findAlike(
  mails: readonly string[],
  known: readonly string[],
): ReadonlyMap<string, string> {
  const knownMails = new Set(known.map((mail) => mail.toLowerCase()));
  const found = new Map<string, string>();
  for (const mail of mails) {
    const lower = mail.toLowerCase();
    if (knownMails.has(lower)) continue;
    const real = [...knownMails].find((one) => isAlike(lower, one));
    if (real !== undefined) found.set(mail, real);
  }
  return found;
}
