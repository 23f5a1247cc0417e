import { join } from 'node:path';
import { findBinary, runCommand } from './process';

export interface Certificate {
  /** PEM of the authority that clients must trust. */
  readonly caFile: string;
  readonly certFile: string;
  readonly keyFile: string;
}

const EC_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** A throw-away authority and a certificate for localhost and 127.0.0.1, valid for a month. */
export async function createCertificate(directory: string): Promise<Certificate> {
  const openssl = await findBinary(['/usr/bin/openssl', '/usr/local/bin/openssl'], 'openssl');
  const file = (name: string): string => join(directory, name);
  const run = (...args: string[]): Promise<string> => runCommand(openssl, args, { cwd: directory });
  const caFile = file('ca.pem');
  const caKey = file('ca.key');
  await run(
    ...['req', '-x509', ...EC_KEY, '-days', '30', '-subj', '/CN=Autorite de demonstration'],
    ...['-addext', 'keyUsage=critical,keyCertSign,cRLSign'],
    ...['-keyout', caKey, '-out', caFile],
  );
  await run(
    ...['req', '-new', ...EC_KEY, '-subj', '/CN=localhost'],
    ...['-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'],
    ...['-keyout', file('server.key'), '-out', file('server.csr')],
  );
  await run(
    ...['x509', '-req', '-in', file('server.csr'), '-CA', caFile, '-CAkey', caKey],
    ...['-CAcreateserial', '-days', '30', '-copy_extensions', 'copy', '-out', file('server.pem')],
  );
  return { caFile, certFile: file('server.pem'), keyFile: file('server.key') };
}
