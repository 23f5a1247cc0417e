import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePorts } from '../../src/base/ports';
import type { DirectoryEntry } from '../../src/demo/ldap/match';
import {
  findBinary,
  inNewDirectory,
  runCommand,
  startPrivateServer,
} from '../../src/demo/real/process';
import { toLdif } from '../../src/demo/real/slapd';
import type { LdapDirectory } from '../../src/sites';

export const LARGE_BASE = 'dc=grand,dc=example';
const AGENTS = `ou=agents,${LARGE_BASE}`;
/** The account of the platform, and one that the server gives 100 entries at most. */
export const LARGE_SERVICE = { bindDn: `cn=service,${LARGE_BASE}`, bindPassword: 'service secret' };
export const SMALL_SERVICE = { bindDn: `cn=small,${LARGE_BASE}`, bindPassword: 'small secret' };

/** Names of the people, which tests ask for. */
export const GIVEN =
  'Camille,Louise,Adèle,Jules,Noé,Inès,Étienne,Maëlle,Yanis,Zoé,Hugo,Lina,Gaël,Rose,Théo,Aïcha,Paul,Anouk,Karim,Solène'.split(
    ',',
  );
export const SURNAMES =
  'Aubépine,Bourrasque,Cirrus,Embellie,Frimas,Giboulot,Jusant,Lagune,Martelet,Ondine,Printemps,Regain,Sillage,Tramontane,Varech,Vendange,Verglas,Vigie,Estuaire,Solstice,Cabestan,Brisant,Goémon,Cormoran'.split(
    ',',
  );
const TITLES = ['Chargé d’études', 'Cheffe de bureau', 'Assistante', 'Gestionnaire', 'Ingénieur'];
const LEVELS = [6, 4, 4, 3]; // 414 services, four levels deep
const BOXES = 300;
const LISTS = 200;

const at = <T>(list: readonly T[], index: number): T => list[index % list.length] as T;
const plain = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase();

/** A large ministry, the same each time: services, people in them, functional mailboxes, lists. */
export function largeDirectory(size = 20_000): readonly DirectoryEntry[] {
  const services = servicesBelow(AGENTS, LEVELS, 'S');
  const head: DirectoryEntry[] = [
    {
      dn: LARGE_BASE,
      attributes: { objectClass: ['dcObject', 'organization'], dc: ['grand'], o: ['Grand'] },
    },
    unit(AGENTS, 'agents', 'Grand ministère'),
    ...services,
  ];
  const accounts = [LARGE_SERVICE, SMALL_SERVICE].map(({ bindDn }) => ({
    dn: bindDn,
    attributes: {
      objectClass: ['applicationProcess', 'simpleSecurityObject'],
      cn: [bindDn.split(/[=,]/)[1] ?? ''],
    },
  }));
  const fixed = head.length + accounts.length + BOXES + LISTS;
  const people = Array.from({ length: Math.max(size - fixed, 0) }, (_, index) =>
    person(index, at(services, index * 7).dn),
  );
  const boxes = Array.from({ length: BOXES }, (_, index) => ({
    dn: `cn=boite${index},${at(services, index * 5).dn}`,
    attributes: {
      objectClass: ['person', 'organizationalPerson', 'inetOrgPerson'],
      cn: [`boite${index}`],
      sn: ['Boîte'],
      displayName: [`Boîte ${at(SURNAMES, index)} ${index}`],
      mail: [`boite${index}@grand.example`],
      employeeType: ['functional'],
    },
  }));
  const lists = Array.from({ length: LISTS }, (_, index) => ({
    dn: `cn=liste${index},${at(services, index * 3).dn}`,
    attributes: {
      objectClass: ['groupOfNames', 'extensibleObject'],
      cn: [`liste${index}`],
      mail: [`liste${index}@grand.example`],
      member: Array.from({ length: 60 }, (_value, n) => at(people, index * 60 + n)?.dn ?? AGENTS),
    },
  }));
  return [...head, ...accounts, ...people, ...boxes, ...lists];
}

const unit = (dn: string, code: string, title: string): DirectoryEntry => ({
  dn,
  attributes: {
    objectClass: ['organizationalUnit', 'extensibleObject'],
    ou: [code],
    displayName: [title],
  },
});

function servicesBelow(above: string, levels: readonly number[], code: string): DirectoryEntry[] {
  const [count = 0, ...rest] = levels;
  return Array.from({ length: count }, (_, index) => {
    const own = `${code}${index}`;
    const entry = unit(`ou=${own},${above}`, own, `Service ${own}`);
    return [entry, ...servicesBelow(entry.dn, rest, own)];
  }).flat();
}

function person(index: number, service: string): DirectoryEntry {
  const given = at(GIVEN, index);
  const surname = at(SURNAMES, Math.floor(index / GIVEN.length));
  const uid = `${plain(given)}.${plain(surname)}${index}`;
  const digits = String(index).padStart(6, '0');
  return {
    dn: `uid=${uid},${service}`,
    attributes: {
      objectClass: ['person', 'organizationalPerson', 'inetOrgPerson'],
      uid: [uid],
      cn: [`${given} ${surname}`],
      displayName: [`${given} ${surname}`],
      givenName: [given],
      sn: [surname],
      mail: [`${uid}@grand.example`],
      title: [at(TITLES, index)],
      telephoneNumber: [`+33 1 99 ${digits.replace(/\d\d(?=\d)/g, '$& ')}`],
      employeeType: ['agent'],
    },
  };
}

export interface LargeSlapd {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

const config = (dir: string): string => `
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile ${dir}/slapd.pid
argsfile ${dir}/slapd.args
database mdb
suffix "${LARGE_BASE}"
directory ${dir}/data
maxsize 1073741824
limits dn.exact="${SMALL_SERVICE.bindDn}" size=100
limits dn.exact="${LARGE_SERVICE.bindDn}" size=1000
index objectClass,employeeType,member eq
index uid,mail,cn,sn,displayName,givenName,telephoneNumber eq,sub
access to attrs=userPassword by anonymous auth by * none
access to attrs=telephoneNumber,roomNumber,jpegPhoto by self write by users read by anonymous auth by * none
access to * by users read by anonymous auth by * none
`;

/** A private slapd with these entries; resolves once it answers. */
export const startLargeSlapd = (
  entries: readonly DirectoryEntry[],
  passwords: ReadonlyMap<string, string> = new Map(),
): Promise<LargeSlapd> =>
  inNewDirectory('large', async (directory) => {
    const slapd = await findBinary(['/usr/sbin/slapd', '/usr/local/libexec/slapd'], 'slapd');
    const slapadd = await findBinary(['/usr/sbin/slapadd', '/usr/local/sbin/slapadd'], 'slapd');
    await mkdir(join(directory, 'data'));
    const [configFile, ldif] = [join(directory, 'slapd.conf'), join(directory, 'data.ldif')];
    const secrets = new Map([
      ...[LARGE_SERVICE, SMALL_SERVICE].map((one) => [one.bindDn, one.bindPassword] as const),
      ...passwords,
    ]);
    await writeFile(configFile, config(directory), { mode: 0o600 });
    await writeFile(ldif, toLdif(entries, secrets), { mode: 0o600 });
    await runCommand(slapadd, ['-q', '-f', configFile, '-l', ldif]);
    const [port = 0] = await freePorts(1);
    const url = `ldap://127.0.0.1:${port}`;
    const args = ['-f', configFile, '-h', `${url}/`, '-d', '0'];
    const server = await startPrivateServer({ file: slapd, args, port, directory });
    return { url, pid: server.pid, stop: () => server.stop() };
  });

/** The directory of a site that is served by it. */
export const largeAt = (
  { url }: Pick<LargeSlapd, 'url'>,
  change: Partial<LdapDirectory> = {},
): LdapDirectory => ({
  urls: [url],
  startTls: false,
  ...LARGE_SERVICE,
  searchBase: LARGE_BASE,
  searchFilter: '(|(uid={{login}})(mail={{login}}))',
  timeoutMs: 5_000,
  alsoAsk: [],
  attributes: { uid: 'uid', mail: 'mail', name: 'displayName', imapLogin: 'uid' },
  ...change,
});
