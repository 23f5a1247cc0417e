import { isValidAddress } from './address-rules';
import { splitAddresses } from './address-split';
import { cleanLine } from './clean-text';
import { decodeWords } from './encoded-words';

/** A mailbox as people know it: `name` may be empty, `mail` is `local@domain`. */
export interface Address {
  readonly name: string;
  readonly mail: string;
}

export interface AddressList {
  readonly addresses: readonly Address[];
  /** What looked like an address and is not one, as typed, so that it stays visible. */
  readonly invalid: readonly string[];
}

/** Beyond this the rest is ignored: ten times the largest list a site would allow. */
const MAX_ADDRESSES = 20_000;
const MAX_NAME_CHARS = 200;

/**
 * Reads a header value or a pasted list: commas, semicolons, line ends or tabs between addresses,
 * groups, comments, quoted names, encoded words. Linear in the length of the text.
 */
export function parseAddressList(text: string): AddressList {
  const addresses: Address[] = [];
  const invalid: string[] = [];
  for (const entry of splitAddresses(text)) {
    if (addresses.length + invalid.length >= MAX_ADDRESSES) break;
    const mail = normalizeMail(entry.mail);
    if (isValidAddress(mail)) addresses.push({ name: readName(entry.name, mail), mail });
    else if (entry.source.trim() !== '') invalid.push(cleanLine(entry.source.slice(0, 400)));
  }
  return { addresses, invalid };
}

function readName(raw: string, mail: string): string {
  const name = cleanLine(decodeWords(raw)).slice(0, MAX_NAME_CHARS);
  const bare = name.replace(/^'(.*)'$/, '$1').trim();
  return bare.toLowerCase() === mail.toLowerCase() ? '' : bare;
}

/** Without a `mailto:` prefix or an obsolete route (`@a,@b:c@d`, RFC 5322 4.4). */
function normalizeMail(raw: string): string {
  const mail = raw.trim().replace(/^mailto:/i, '');
  return mail.startsWith('@') ? mail.slice(mail.lastIndexOf(':') + 1).trim() : mail;
}

/** `Name <mail>`, the name quoted where RFC 5322 asks for it; Unicode stays as it is. */
export function formatAddress(address: Address): string {
  const name = cleanLine(address.name);
  if (name === '') return address.mail;
  const isAtoms = /^[\p{L}\p{N}\p{M}!#$%&'*+\-/=?^_`{|}~ ]+$/u.test(name) && !name.includes('=?');
  const shown = isAtoms ? name : `"${name.replace(/["\\]/g, '\\$&')}"`;
  return `${shown} <${address.mail}>`;
}
