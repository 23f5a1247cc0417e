import { Attribute, Change } from 'ldapts';
import { AppError, isAppError } from '../base/errors';
import { type LdapEndpoint, withDirectoryClient } from './client';
import { classifyFailure, toDirectoryError } from './errors';

/** What attributes are to hold from now on; with no value an attribute goes. */
export interface DirectoryChange {
  readonly dn: string;
  /** Of the entry itself: it is changed with its own rights. */
  readonly password: string;
  readonly attributes: Readonly<Record<string, readonly (string | Buffer)[]>>;
}

/**
 * Replaces attributes of an entry, bound as that entry; the next server is asked when one cannot be
 * reached, as the same change twice is the same. Throws `directory/refused` when the server says no,
 * to the password or to the change, and `directory/*` when none could say.
 */
export async function changeEntry(
  endpoint: LdapEndpoint,
  { dn, password, attributes }: DirectoryChange,
  { timeoutMs }: { readonly timeoutMs: number },
): Promise<void> {
  // Without a password a bind succeeds, as nobody (RFC 4513 5.1.2).
  if (dn === '' || password === '') throw refused('credentials');
  const changes = Object.entries(attributes).map(
    ([type, values]) =>
      new Change({
        operation: 'replace',
        modification: new Attribute({ type, values: values.map((value) => Buffer.from(value)) }),
      }),
  );
  const own = { ...endpoint, bindDn: dn, bindPassword: password };
  let failure = new AppError('directory/unreachable', { details: { reason: 'no-server' } });
  for (const url of endpoint.urls) {
    try {
      await withDirectoryClient(own, url, timeoutMs, (client) => client.modify(dn, changes));
      return;
    } catch (error) {
      failure = meaningOf(error, url);
      if (failure.code === 'directory/refused' || classifyFailure(error) !== 'connection') {
        throw failure;
      }
      if (failure.details['failure'] !== 'connection') throw failure;
    }
  }
  throw failure;
}

/** A server that answers no has been reached; the code says why (RFC 4511 appendix A). */
function meaningOf(error: unknown, server: string): AppError {
  const failure = toDirectoryError(error, { server });
  const { cause } = failure;
  if (isAppError(cause) || typeof cause !== 'object' || cause === null) return failure;
  const code: unknown = Reflect.get(cause, 'code');
  const said = failure.details['failure'];
  if (said === 'credentials') return refused('credentials', code);
  return said === 'other' && typeof code === 'number' ? refused('server', code) : failure;
}

const refused = (reason: string, ldapCode?: unknown): AppError =>
  new AppError('directory/refused', { details: { reason, ldapCode } });
