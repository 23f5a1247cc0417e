import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { delay } from '../../src/base/async';
import { pingDirectory } from '../../src/ldap';

const run = promisify(execFile);
export const SUFFIX = 'dc=culture,dc=example';
export const SERVICE = { bindDn: `cn=service,${SUFFIX}`, bindPassword: 'service secret' };

/** A private slapd with TLS of its own authority, and people whose names are made to confuse. */
export interface Slapd {
  readonly url: string;
  readonly ldapsUrl: string;
  readonly caFile: string;
  /** An authority that signed nothing here. */
  readonly otherCaFile: string;
  stop(): Promise<void>;
}

const person = (uid: string, password: string, more: readonly string[] = []) =>
  [
    `dn: uid=${uid.replace(/[*()\\,+]/g, (char) => `\\${char.charCodeAt(0).toString(16)}`)},ou=people,${SUFFIX}`,
    'objectClass: inetOrgPerson',
    `uid: ${uid}`,
    `cn: ${uid}`,
    'sn: x',
    `userPassword: ${password}`,
    ...more,
    '',
  ].join('\n');

const DATA = [
  `dn: ${SUFFIX}\nobjectClass: dcObject\nobjectClass: organization\no: Culture\ndc: culture\n`,
  `dn: ou=people,${SUFFIX}\nobjectClass: organizationalUnit\nou: people\n`,
  `dn: cn=service,${SUFFIX}\nobjectClass: organizationalRole\nobjectClass: simpleSecurityObject\ncn: service\nuserPassword: service secret\n`,
  person('Alice', 'correct horse', [
    'displayName:: QWxpY2UgTGVmw6h2cmU=', // Alice Lefèvre
    'mail: alice@culture.example',
    'mail: a.lefevre@culture.example',
    'employeeNumber: 42',
  ]),
  person('star*', 'star pw', ['mail: star@culture.example']),
  person('zoé', 'accent pw', ['mail: zoe@culture.example']),
  person('nomail', 'pw'),
  person('twin1', 'pw', ['mail: twin@culture.example']),
  person('twin2', 'pw', ['mail: twin@culture.example']),
].join('\n');

const config = (dir: string) => `
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
TLSCACertificateFile ${dir}/ca.pem
TLSCertificateFile ${dir}/server.pem
TLSCertificateKeyFile ${dir}/server.key
database mdb
suffix "${SUFFIX}"
directory ${dir}/data
access to attrs=userPassword by anonymous auth by * none
access to * by dn.exact="cn=service,${SUFFIX}" read by self read by * none
`;

async function makeCertificates(dir: string): Promise<void> {
  const openssl = (...args: string[]) => run('openssl', args, { cwd: dir });
  const days = ['-days', '2', '-nodes', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'];
  for (const name of ['ca', 'other-ca']) {
    const files = ['-keyout', `${name}.key`, '-out', `${name}.pem`];
    await openssl('req', '-x509', ...days, '-subj', `/CN=${name}`, ...files);
  }
  await writeFile(join(dir, 'ext'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n');
  await openssl(
    'req', ...days.slice(2), '-subj', '/CN=localhost', '-keyout', 'server.key', '-out', 'server.csr',
  ); // biome-ignore format: one command
  await openssl(
    'x509', '-req', '-in', 'server.csr', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial',
    '-days', '2', '-extfile', 'ext', '-out', 'server.pem',
  ); // biome-ignore format: one command
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** Starts it in a new directory; resolves once it answers. */
export async function startSlapd(): Promise<Slapd> {
  const dir = await mkdtemp(join(tmpdir(), 'estafette-slapd-'));
  await mkdir(join(dir, 'data'));
  await makeCertificates(dir);
  await writeFile(join(dir, 'slapd.conf'), config(dir));
  await writeFile(join(dir, 'data.ldif'), DATA);
  await run('/usr/sbin/slapadd', ['-f', join(dir, 'slapd.conf'), '-l', join(dir, 'data.ldif')]);
  const [port, tlsPort] = [await freePort(), await freePort()];
  const url = `ldap://127.0.0.1:${port}`;
  const ldapsUrl = `ldaps://localhost:${tlsPort}`;
  const args = ['-f', join(dir, 'slapd.conf'), '-h', `${url} ldaps://127.0.0.1:${tlsPort}`];
  // With a debug level it stays in the foreground.
  const child = spawn('/usr/sbin/slapd', [...args, '-d', '0'], { stdio: 'ignore' });
  await untilUp(child, url);
  return {
    url,
    ldapsUrl,
    caFile: join(dir, 'ca.pem'),
    otherCaFile: join(dir, 'other-ca.pem'),
    async stop() {
      if (child.exitCode === null) {
        child.kill('SIGTERM');
        await once(child, 'exit');
      }
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function untilUp(child: ChildProcess, url: string): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    if (child.exitCode !== null) throw new Error(`slapd ended with ${child.exitCode}`);
    try {
      await pingDirectory({ urls: [url], startTls: false, ...SERVICE }, { timeoutMs: 1_000 });
      return;
    } catch {
      await delay(50); // not listening yet
    }
  }
  throw new Error('slapd did not start');
}
