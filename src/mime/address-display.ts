import { domainToUnicode } from 'node:url';
import type { Address } from './address';
import { asciiDomain } from './address-rules';
import { cleanLine } from './clean-text';

/** An address made safe to show: the name can no longer pass for the address. */
export interface DisplayAddress {
  readonly name: string;
  readonly mail: string;
  /** The domain in punycode, when its letters come from scripts that imitate Latin. */
  readonly punycode?: string;
  /** True when the name holds another address, or the domain mixes scripts. */
  readonly isDeceptive: boolean;
}

/** Hardens an address for display: controls and bidi marks gone, imitation domains marked. */
export function displayAddress(address: Address): DisplayAddress {
  const name = cleanLine(address.name);
  const mail = cleanLine(address.mail);
  const punycode = imitatingDomain(mail);
  const isDeceptive = punycode !== undefined || holdsOtherAddress(name, mail);
  return { name, mail, isDeceptive, ...(punycode === undefined ? {} : { punycode }) };
}

const holdsOtherAddress = (name: string, mail: string): boolean =>
  (name.slice(0, 500).match(/[^\s<>"'(),;:]{1,64}@[^\s<>"'(),;:]{1,190}/g) ?? []).some(
    (found) => found.toLowerCase() !== mail.toLowerCase(),
  );

/** Punycode of a domain with a label outside Latin or mixing scripts; accents alone are fine. */
function imitatingDomain(mail: string): string | undefined {
  const ascii = asciiDomain(mail);
  if (!ascii.includes('xn--')) return undefined;
  const isLatin = /^[\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}]*$/u;
  return isLatin.test(domainToUnicode(ascii)) ? undefined : ascii;
}
