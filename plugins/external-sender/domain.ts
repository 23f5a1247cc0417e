import { domainToASCII, domainToUnicode } from 'node:url';

const MAX_CHARS = 253;

/** A domain, as servers write it and as people read it; both lower case, without a final dot. */
export interface Domain {
  readonly ascii: string;
  readonly labels: readonly string[];
  readonly unicode: string;
}

/** Reads a domain of two labels or more; `undefined` for anything else, literal addresses included. */
export function parseDomain(text: string): Domain | undefined {
  if (text === '' || text.length > MAX_CHARS || /[\s@[\]/\\:?#%]/.test(text)) return undefined;
  const ascii = domainToASCII(text).replace(/\.$/, '');
  const labels = ascii.split('.');
  const isName = labels.length > 1 && labels.every((label) => /^[a-z0-9_-]{1,63}$/.test(label));
  if (!isName || /^[\d.]+$/.test(ascii)) return undefined;
  return { ascii, labels, unicode: domainToUnicode(ascii) };
}

/** The domain of an address. */
export const domainOf = (mail: string): Domain | undefined =>
  parseDomain(mail.slice(mail.lastIndexOf('@') + 1));

/** Whether a domain is one of a list, or below one. */
export function isAmong(domain: Domain, list: ReadonlySet<string>): boolean {
  let rest = domain.ascii;
  for (;;) {
    if (list.has(rest)) return true;
    const dot = rest.indexOf('.');
    if (dot === -1) return false;
    rest = rest.slice(dot + 1);
  }
}
