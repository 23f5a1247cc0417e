import { readFile } from 'node:fs/promises';
import type { ConnectionOptions } from 'node:tls';
import { AppError } from '../base/errors';
import { type LdapServer, serverNameOf } from './url';

/**
 * TLS options that always verify: the authority of `caFile`, or those of the system. Read at each
 * use, so that a renewed authority needs no restart. Throws `directory/unreachable` when unreadable.
 */
export async function tlsOptionsFor(
  server: LdapServer,
  caFile: string | undefined,
): Promise<ConnectionOptions> {
  const options: ConnectionOptions = {
    ...serverNameOf(server.host),
    host: server.host,
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2',
  };
  if (caFile === undefined) return options;
  try {
    return { ...options, ca: await readFile(caFile) };
  } catch (cause) {
    const details = { reason: 'ca-file', caFile };
    throw new AppError('directory/unreachable', { cause, details });
  }
}
