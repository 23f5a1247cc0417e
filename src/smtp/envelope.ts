import { domainToASCII } from 'node:url';
import { AppError } from '../base/errors';
import type { SmtpEnvelope } from './types';

// RFC 5321 4.5.3.1.3: 256 octets for a path with its brackets.
const ADDRESS_MAX = 254;
const isAscii = (text: string): boolean => Buffer.byteLength(text) === text.length;

/** A space is fine inside a quoted local part (RFC 5321 4.1.2), nowhere else. */
const hasForbidden = (address: string): boolean =>
  /[<>]/.test(address) ||
  (!address.startsWith('"') && address.includes(' ')) ||
  Array.from(address).some((char) => char < ' ' || char === '\u007f');

/** True when MAIL or RCPT of this address needs SMTPUTF8 (RFC 6531). */
export const needsUtf8 = (mail: string): boolean => !isAscii(mail);

/** The address as it goes on the wire: a domain in letters beyond ASCII becomes `xn--`. */
export function wireAddress(mail: string): string {
  const at = mail.lastIndexOf('@');
  const domain = mail.slice(at + 1);
  const ascii = isAscii(domain) ? domain : domainToASCII(domain);
  const address = `${mail.slice(0, at + 1)}${ascii}`;
  if (at < 1 || !ascii || hasForbidden(address) || Buffer.byteLength(address) > ADDRESS_MAX) {
    throw new AppError('compose/invalid', { details: { step: 'envelope' } });
  }
  return address;
}

/** A checked envelope, each recipient once; keeps the given spelling beside the one on the wire. */
export function wireEnvelope(envelope: SmtpEnvelope): {
  readonly from: string;
  readonly to: ReadonlyMap<string, string>;
} {
  const to = new Map<string, string>();
  for (const mail of envelope.to) to.set(wireAddress(mail), mail);
  if (to.size === 0) throw new AppError('compose/invalid', { details: { step: 'envelope' } });
  // Nobody: what tells of another message must never be answered (RFC 5321 4.5.5).
  return { from: envelope.from === '' ? '' : wireAddress(envelope.from), to };
}
