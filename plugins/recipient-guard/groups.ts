import { domainToASCII } from 'node:url';
import type { GuardConfig } from './config';

/** What an address is to who writes. */
export type Group = 'service' | 'ministry' | 'administrations' | 'outside';

const asciiOf = (domain: string): string => domainToASCII(domain.toLowerCase()).replace(/\.$/, '');

/** Whether a domain is one of a list, or below one. */
function isAmong(domain: string, list: readonly string[]): boolean {
  return list.some((one) => {
    const known = asciiOf(one);
    return known !== '' && (domain === known || domain.endsWith(`.${known}`));
  });
}

/** The group of an address; what is no domain at all (a literal address) is outside. */
export function groupOf(
  mail: string,
  config: Readonly<GuardConfig>,
  own: readonly string[],
): Group {
  const domain = asciiOf(mail.slice(mail.lastIndexOf('@') + 1));
  if (domain === '') return 'outside';
  if (isAmong(domain, config.service)) return 'service';
  if (isAmong(domain, [...own, ...config.ministry])) return 'ministry';
  return isAmong(domain, config.administrations) ? 'administrations' : 'outside';
}
