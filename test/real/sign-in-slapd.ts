import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePorts } from '../../src/base/ports';
import { type Certificate, createCertificate } from '../../src/demo/real/certificate';
import {
  findBinary,
  inNewDirectory,
  runCommand,
  startPrivateServer,
} from '../../src/demo/real/process';
import type { LdapDirectory } from '../../src/sites/site';

export const SUFFIX = 'dc=culture,dc=example';
/** Group of the directory that Alice is in. */
export const GROUP = `cn=Network,ou=groups,${SUFFIX}`;
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
    // What the overlay writes when a group gets a member; slapadd runs without it.
    `memberOf: ${GROUP}`,
  ]),
  person('star*', 'star pw', ['mail: star@culture.example']),
  person('zoé', 'accent pw', ['mail: zoe@culture.example']),
  person('deux mots', 'spaced pw', ['mail: deux.mots@culture.example']),
  person('nomail', 'pw'),
  person('twin1', 'pw', ['mail: twin@culture.example']),
  person('twin2', 'pw', ['mail: twin@culture.example']),
].join('\n');

const config = (dir: string, { caFile, certFile, keyFile }: Certificate) => `
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload memberof
TLSCACertificateFile ${caFile}
TLSCertificateFile ${certFile}
TLSCertificateKeyFile ${keyFile}
database mdb
suffix "${SUFFIX}"
directory ${dir}/data
access to attrs=userPassword by anonymous auth by * none
access to * by dn.exact="cn=service,${SUFFIX}" read by self read by * none
overlay memberof
`;

/** Starts it in a new directory; resolves once it answers. */
export const startSlapd = (): Promise<Slapd> =>
  inNewDirectory('sign-in', async (directory) => {
    const slapd = await findBinary(['/usr/sbin/slapd'], 'slapd');
    const slapadd = await findBinary(['/usr/sbin/slapadd'], 'slapd');
    const other = join(directory, 'other');
    for (const name of [other, join(directory, 'data')]) await mkdir(name);
    const certificate = await createCertificate(directory);
    const stranger = await createCertificate(other);
    const [configFile, ldif] = [join(directory, 'slapd.conf'), join(directory, 'data.ldif')];
    await writeFile(configFile, config(directory, certificate));
    await writeFile(ldif, DATA);
    await runCommand(slapadd, ['-f', configFile, '-l', ldif]);
    const [port = 0, tlsPort = 0] = await freePorts(2);
    const url = `ldap://127.0.0.1:${port}`;
    const ldapsUrl = `ldaps://127.0.0.1:${tlsPort}`;
    // With a debug level it stays in the foreground.
    const args = ['-f', configFile, '-h', `${url} ${ldapsUrl}`, '-d', '0'];
    const server = await startPrivateServer({ file: slapd, args, port, directory });
    const files = { caFile: certificate.caFile, otherCaFile: stranger.caFile };
    return { url, ldapsUrl, ...files, stop: () => server.stop() };
  });

/** The directory of a site that is served by it. */
export const directoryAt = (
  { url, caFile }: Pick<Slapd, 'url' | 'caFile'>,
  change: Partial<LdapDirectory> = {},
): LdapDirectory => ({
  urls: [url],
  startTls: true,
  caFile,
  ...SERVICE,
  searchBase: `ou=people,${SUFFIX}`,
  searchFilter: '(|(uid={{login}})(mail={{login}}))',
  timeoutMs: 2_000,
  alsoAsk: ['memberOf'],
  attributes: { uid: 'uid', mail: 'mail', name: 'displayName', imapLogin: 'mail' },
  ...change,
});

/** A port on which nothing listens. */
export async function freePort(): Promise<number> {
  const [port = 0] = await freePorts(1);
  return port;
}
