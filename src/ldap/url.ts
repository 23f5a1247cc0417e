import { isIP } from 'node:net';
import { AppError } from '../base/errors';

/** One server of a directory. */
export interface LdapServer {
  readonly url: string;
  readonly host: string;
  readonly port: number;
  readonly isLdaps: boolean;
}

/** `ldap://host:389` or `ldaps://host` as its parts; throws `config/invalid` for anything else. */
export function parseLdapUrl(url: string): LdapServer {
  const match = /^(ldaps?):\/\/(\[[^\]]+\]|[^/:?#]+)(?::(\d{1,5}))?\/?$/.exec(url);
  const [, scheme, bracketed, digits] = match ?? [];
  const host = bracketed?.replace(/^\[|\]$/g, '');
  if (!scheme || !host) throw new AppError('config/invalid', { details: { ldapUrl: url } });
  const isLdaps = scheme === 'ldaps';
  const port = digits ? Number(digits) : isLdaps ? 636 : 389;
  return { url, host, port, isLdaps };
}

/** Name for SNI and the certificate; an address has no SNI (RFC 6066 3). */
export const serverNameOf = (host: string): { readonly servername?: string } =>
  isIP(host) ? {} : { servername: host };

/** The URL by which a library is told that its connection is TLS from the first byte it writes. */
export const urlOverTls = ({ host, port }: LdapServer): string =>
  `ldaps://${host.includes(':') ? `[${host}]` : host}:${port}`;
