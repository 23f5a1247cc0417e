import { createHash, randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePorts } from '../../base/ports';
import { type DemoSite, demoSites, directoryEntries, directoryPasswords } from '../data';
import type { DirectoryEntry } from '../ldap/match';
import { type Certificate, createCertificate } from './certificate';
import { findBinary, inNewDirectory, runCommand, startPrivateServer } from './process';

/** An OpenLDAP of our own with the directories of the demo: plain, StartTLS and ldaps on loopback. */
export interface PrivateSlapd {
  readonly host: string;
  readonly port: number;
  readonly tlsPort: number;
  /** `ldap://127.0.0.1:…`, StartTLS offered. */
  readonly url: string;
  /** `ldaps://127.0.0.1:…`. */
  readonly tlsUrl: string;
  readonly caFile: string;
  readonly directory: string;
  readonly pid: number;
  close(): Promise<void>;
}

const MAX_DATABASE_BYTES = 64 * 1024 * 1024;
const SCHEMAS = ['core', 'cosine', 'inetorgperson'];

/** What ministries add to the usual schemas; 1.1 is the arc of experiments. */
const MINISTRY_SCHEMA = `
attributetype ( 1.1.2.1.1 NAME 'ministryAbsence' EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
attributetype ( 1.1.2.1.2 NAME 'ministryAbsenceEnd' EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
attributetype ( 1.1.2.1.3 NAME 'ministrySubstitute' SUP distinguishedName )
attributetype ( 1.1.2.1.4 NAME 'ministrySuccessor' SUP distinguishedName )
objectclass ( 1.1.2.2.1 NAME 'ministryAgent' SUP top AUXILIARY MAY ( ministryAbsence $ ministryAbsenceEnd $ ministrySubstitute $ ministrySuccessor ) )
`;

/** Starts it with the entries of the demo; rejects with slapd's own words when it cannot. */
export const startSlapd = (): Promise<PrivateSlapd> => inNewDirectory('slapd', start);

async function start(directory: string): Promise<PrivateSlapd> {
  const slapd = await findBinary(['/usr/sbin/slapd', '/usr/local/libexec/slapd'], 'slapd');
  const slapadd = await findBinary(['/usr/sbin/slapadd', '/usr/local/sbin/slapadd'], 'slapd');
  const certificate = await createCertificate(directory);
  const configFile = join(directory, 'slapd.conf');
  await writeFile(configFile, slapdConfig(directory, certificate), { mode: 0o600 });
  await Promise.all(demoSites.map((site) => mkdir(join(directory, site.id))));
  for (const site of demoSites) {
    const ldif = join(directory, `${site.id}.ldif`);
    await writeFile(ldif, toLdif(directoryEntries(site), directoryPasswords(site)), {
      mode: 0o600,
    });
    await runCommand(slapadd, ['-q', '-f', configFile, '-b', site.baseDn, '-l', ldif]);
  }
  const [port = 0, tlsPort = 0] = await freePorts(2);
  const url = `ldap://127.0.0.1:${port}`;
  const tlsUrl = `ldaps://127.0.0.1:${tlsPort}`;
  // `-d 0` keeps it in the foreground, so that its pid is the one we stop.
  const args = ['-f', configFile, '-h', `${url}/ ${tlsUrl}/`, '-d', '0'];
  const server = await startPrivateServer({ file: slapd, args, port, directory });
  return {
    host: '127.0.0.1',
    port,
    tlsPort,
    url,
    tlsUrl,
    caFile: certificate.caFile,
    directory,
    pid: server.pid,
    close: () => server.stop(),
  };
}

function slapdConfig(directory: string, { caFile, certFile, keyFile }: Certificate): string {
  const schemas = SCHEMAS.map((name) => `include /etc/ldap/schema/${name}.schema`).join('\n');
  return `${schemas}
${MINISTRY_SCHEMA}
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile ${directory}/slapd.pid
argsfile ${directory}/slapd.args
TLSCACertificateFile ${caFile}
TLSCertificateFile ${certFile}
TLSCertificateKeyFile ${keyFile}
${demoSites.map((site) => databaseConfig(directory, site)).join('\n')}`;
}

const databaseConfig = (directory: string, site: DemoSite): string => `
database mdb
suffix "${site.baseDn}"
directory ${directory}/${site.id}
maxsize ${MAX_DATABASE_BYTES}
index objectClass eq
index uid,mail eq,sub
index cn,sn,displayName,givenName eq,sub
index title,departmentNumber,telephoneNumber,mobile eq,sub
index member,employeeType eq
access to attrs=userPassword by anonymous auth by * none
access to attrs=telephoneNumber,mobile,roomNumber,jpegPhoto,description by self write by users read by * none
access to * by users read by anonymous auth by * none
`;

/** RFC 2849, every value in base64 so that nothing needs quoting. */
export function toLdif(
  entries: readonly DirectoryEntry[],
  passwords: ReadonlyMap<string, string>,
): string {
  const line = (name: string, value: string | Buffer): string =>
    `${name}:: ${Buffer.from(value).toString('base64')}\n`;
  return entries
    .map(({ dn, attributes }) => {
      const password = passwords.get(dn);
      const values = Object.entries(attributes).flatMap(([name, list]) =>
        list.map((value) => line(name, value)),
      );
      const secret = password === undefined ? '' : line('userPassword', saltedHash(password));
      return `${line('dn', dn)}${values.join('')}${secret}`;
    })
    .join('\n');
}

/** `{SSHA}`: what the directories of the field still hold. */
function saltedHash(password: string): string {
  const salt = randomBytes(8);
  const hash = createHash('sha1').update(password).update(salt).digest();
  return `{SSHA}${Buffer.concat([hash, salt]).toString('base64')}`;
}
