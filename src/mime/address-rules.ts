import { domainToASCII } from 'node:url';

/** RFC 5321 4.5.3.1: 64 octets for the local part, 254 for what fits between < and >. */
const MAX_LOCAL_BYTES = 64;
const MAX_MAIL_BYTES = 254;

// Dot-atom of RFC 5322 3.2.3 with the letters of RFC 6532; one class between dots: linear.
const LOCAL =
  /^[\p{L}\p{N}\p{M}!#$%&'*+\-/=?^_`{|}~]+(?:\.[\p{L}\p{N}\p{M}!#$%&'*+\-/=?^_`{|}~]+)*$/u;
const QUOTED_LOCAL = /^"(?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\[\x20-\x7e])+"$/;
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;
const IPV4_LITERAL = /^\[\d{1,3}(?:\.\d{1,3}){3}\]$/;
const IPV6_LITERAL = /^\[IPv6:[0-9a-f:.]{2,45}\]$/i;

/** True when mail can be addressed there: RFC 5321 syntax, IDN domains included. */
export function isValidAddress(mail: string): boolean {
  if (mail.length > MAX_MAIL_BYTES || Buffer.byteLength(mail) > MAX_MAIL_BYTES) return false;
  const at = mail.lastIndexOf('@');
  if (at < 1) return false;
  const local = mail.slice(0, at);
  if (Buffer.byteLength(local) > MAX_LOCAL_BYTES) return false;
  return (LOCAL.test(local) || QUOTED_LOCAL.test(local)) && isValidDomain(mail.slice(at + 1));
}

function isValidDomain(domain: string): boolean {
  if (domain.startsWith('[')) return IPV4_LITERAL.test(domain) || IPV6_LITERAL.test(domain);
  // URL hosts forgive what mail does not: characters that would be stripped or decoded.
  if (!/^[\p{L}\p{N}\p{M}.-]+$/u.test(domain)) return false;
  const ascii = domainToASCII(domain);
  return ascii !== '' && ascii.length <= 253 && ascii.split('.').every((part) => LABEL.test(part));
}

/** The domain of an address in lower case ASCII (punycode), or '' without one. */
export function asciiDomain(mail: string): string {
  const domain = mail.slice(mail.lastIndexOf('@') + 1);
  return domainToASCII(domain) || domain.toLowerCase();
}
