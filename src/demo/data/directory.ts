import type { DirectoryEntry } from '../ldap/match';
import { jpeg } from './jpeg';
import { colleaguesOf, type DemoSite, demoAgents, demoSites, loginOf, officesOf } from './people';
import { structureDn, structuresOf } from './structures';

/** Every directory entry of a ministry: services, who and what is in them, the account of the platform. */
export function directoryEntries(site: DemoSite): DirectoryEntry[] {
  const unit = (name: string, title: string): DirectoryEntry => ({
    dn: `ou=${name},${site.baseDn}`,
    attributes: {
      objectClass: ['organizationalUnit', 'extensibleObject'],
      ou: [name],
      ...named(title),
    },
  });
  const root = {
    dn: site.baseDn,
    attributes: {
      objectClass: ['dcObject', 'organization'],
      dc: [site.id],
      o: [site.title],
    },
  };
  const service = {
    dn: site.serviceDn,
    attributes: {
      objectClass: ['applicationProcess', 'simpleSecurityObject'],
      cn: ['messagerie'],
      description: ['Compte de service de la messagerie'],
    },
  };
  return [
    root,
    unit('agents', site.title),
    unit('applications', 'Comptes de service'),
    service,
    ...services(site),
    ...people(site),
    ...boxes(site),
    ...things(site),
    ...lists(site),
  ];
}

const named = (title: string) => ({ displayName: [title] });

/** 01 99 00 is kept for fiction by the French numbering plan. */
const phone = (number: number): string =>
  `+33 1 99 00 ${10 + (number % 90)} ${10 + ((number * 7) % 90)}`;

function services({ id, baseDn }: DemoSite): DirectoryEntry[] {
  return structuresOf(id).map(({ path, title, missions }, index) => ({
    dn: structureDn(path, baseDn),
    attributes: {
      objectClass: ['organizationalUnit', 'extensibleObject'],
      ou: [path.split('/').at(-1) ?? path],
      ...named(title),
      description: [missions],
      telephoneNumber: [phone(500 + index * 3)],
      l: ['Valcendre'],
    },
  }));
}

interface Placed {
  readonly username: string;
  readonly name: string;
  readonly givenName: string;
  readonly surname: string;
  readonly mail: string;
  readonly title: string;
  readonly service: string;
  readonly dn: string;
}

const FUNCTIONS = ['Chargé·e d’études', 'Chef·fe de bureau', 'Assistant·e', 'Gestionnaire'];
const TASKS = [
  'Suivi des séries de mesure et réponse aux services',
  'Animation du bureau, budget, relations avec les partenaires',
  'Agenda, déplacements et courrier du service',
  'Instruction des dossiers et tenue des tableaux de bord',
];

/** Agents, then colleagues spread over the services, whoever comes first in one being its head. */
function placedIn(site: DemoSite): readonly Placed[] {
  const structures = structuresOf(site.id);
  const agents = demoAgents.filter((agent) => agent.site === site.id);
  const colleagues = colleaguesOf(site.id).map(({ name, mail }, index) => {
    const [givenName = '', ...rest] = name.split(' ');
    const surname = rest.join(' ');
    // Seven has no divisor in common with the number of services: all of them get somebody.
    const { path, title: service } = structures[(index * 7 + 2) % structures.length] ?? {
      path: 'sg',
      title: '',
    };
    const username = loginOf(givenName, surname);
    const dn = `uid=${username},${structureDn(path, site.baseDn)}`;
    const title = FUNCTIONS[index % FUNCTIONS.length] ?? '';
    return { username, mail, name, givenName, surname, service, title, dn };
  });
  return [...agents, ...colleagues];
}

const parentOf = (dn: string): string => dn.slice(dn.indexOf(',') + 1);

function people(site: DemoSite): DirectoryEntry[] {
  const placed = placedIn(site);
  /** Of the service, else of the one above it. */
  const headOf = (dn: string, service = parentOf(dn)): string | undefined => {
    if (!service.includes('ou=agents')) return undefined;
    const head = placed.find((other) => parentOf(other.dn) === service);
    return head && head.dn !== dn ? head.dn : headOf(dn, parentOf(service));
  };
  const assistants = placed.filter(({ title }) => title === FUNCTIONS[2]);
  const agents = demoAgents.filter((agent) => agent.site === site.id).length;
  return placed.map((person, index) => {
    const manager = headOf(person.dn);
    const isHead = index < 5 || person.title === FUNCTIONS[1];
    const assistant = isHead ? assistants[index % assistants.length] : undefined;
    const away = awayAt(index - agents, (at) => placed[agents + at]?.dn);
    return {
      dn: person.dn,
      attributes: {
        objectClass: [
          'top',
          'person',
          'organizationalPerson',
          'inetOrgPerson',
          ...(away ? ['ministryAgent'] : []),
        ],
        uid: [person.username],
        cn: [person.name],
        displayName: [person.name],
        givenName: [person.givenName],
        sn: [person.surname],
        mail: [person.mail],
        title: [person.title],
        description: [TASKS[index % TASKS.length] ?? ''],
        departmentNumber: [person.service],
        employeeType: ['agent'],
        o: [site.title],
        l: ['Valcendre'],
        roomNumber: [`${'ABC'[index % 3] ?? ''}${1 + (index % 4)}${10 + index}`],
        telephoneNumber: [phone(index)],
        ...(index % 3 === 0 && { mobile: [`+33 6 39 98 ${20 + index} ${50 - index}`] }),
        ...(manager !== undefined && { manager: [manager] }),
        ...(assistant && assistant.dn !== person.dn && { secretary: [assistant.dn] }),
        ...away,
        ...(index % 2 === 0 && { jpegPhoto: [jpeg(96, 96, index)] }),
      },
    };
  });
}

const AWAY_DAYS = 12;

/** The first colleague is on leave and the second answers; the third has left, the fourth came after. */
function awayAt(
  colleague: number,
  dnAt: (at: number) => string | undefined,
): DirectoryEntry['attributes'] | undefined {
  const [second, fourth] = [dnAt(1), dnAt(3)];
  if (colleague === 0 && second) {
    const last = new Date(Date.now() + AWAY_DAYS * 86_400_000).toISOString().slice(0, 10);
    return {
      ministryAbsence: ['En congé ; les demandes urgentes vont à la personne qui remplace.'],
      ministryAbsenceEnd: [last],
      ministrySubstitute: [second],
    };
  }
  return colleague === 2 && fourth ? { ministrySuccessor: [fourth] } : undefined;
}

/** Where the mailboxes of a ministry stand, by the id of the office. */
const OFFICE_PLACES: Readonly<Record<string, string>> = {
  rh: 'sg/rh',
  assistance: 'sg/num/assistance',
  courrier: 'sg/logistique',
  logistique: 'sg/logistique',
  communication: 'sg',
  restauration: 'sg/logistique',
};

/** Mailboxes of functions, one that is shared, and those of the services at the top. */
function boxes(site: DemoSite): DirectoryEntry[] {
  const { id, baseDn, mailDomain } = site;
  const box = (
    cn: string,
    { name, mail }: { readonly name: string; readonly mail: string },
    path: string,
    employeeType: string,
  ): DirectoryEntry => ({
    dn: `cn=${cn},${structureDn(path, baseDn)}`,
    attributes: {
      objectClass: ['top', 'person', 'organizationalPerson', 'inetOrgPerson'],
      cn: [name, cn],
      sn: [name],
      ...named(name),
      mail: [mail],
      employeeType: [employeeType],
      o: [site.title],
    },
  });
  const ofServices = structuresOf(id).filter(({ path }) => !path.includes('/'));
  return [
    ...Object.entries(officesOf(id)).map(([cn, office]) =>
      box(cn, office, OFFICE_PLACES[cn] ?? 'sg', 'functional'),
    ),
    box('permanence', { name: 'Permanence', mail: `permanence@${mailDomain}` }, 'sg', 'shared'),
    ...ofServices.map(({ path, title }) =>
      box(
        `boite-${path}`,
        { name: `${title} (boîte du service)`, mail: `${path}@${mailDomain}` },
        path,
        'unit',
      ),
    ),
  ];
}

/** Rooms, a car, applications. */
function things({ baseDn, mailDomain }: DemoSite): DirectoryEntry[] {
  const thing = (
    cn: string,
    path: string,
    objectClass: string,
    title: string,
    description: string,
  ): DirectoryEntry => ({
    dn: `cn=${cn},${structureDn(path, baseDn)}`,
    attributes: {
      objectClass: [objectClass, 'extensibleObject'],
      cn: [title, cn],
      ...named(title),
      description: [description],
      mail: [`${cn}@${mailDomain}`],
    },
  });
  return [
    thing(
      'salle-solstice',
      'sg/logistique',
      'room',
      'Salle Solstice',
      '12 places, visioconférence',
    ),
    thing('salle-brumaire', 'sg/logistique', 'room', 'Salle Brumaire', '30 places, sonorisée'),
    thing('voiture-1', 'sg/logistique', 'device', 'Voiture de service 1', 'Électrique, 4 places'),
    thing('teletravail', 'sg/num', 'applicationProcess', 'Télétravail', 'Demandes de télétravail'),
  ];
}

/** A list of each service at the top, with those who stand there, and one of everybody. */
function lists(site: DemoSite): DirectoryEntry[] {
  const { id, baseDn, mailDomain } = site;
  const placed = placedIn(site);
  const list = (cn: string, path: string, title: string, members: readonly Placed[]) => ({
    dn: `cn=${cn},${structureDn(path, baseDn)}`,
    attributes: {
      objectClass: ['groupOfNames', 'extensibleObject'],
      cn: [title, cn],
      ...named(title),
      description: ['Liste de diffusion du service'],
      mail: [`${cn}@${mailDomain}`],
      member: members.map(({ dn }) => dn),
      owner: members.slice(0, 1).map(({ dn }) => dn),
    },
  });
  return [
    list('liste-tous', 'sg', `Tous les agents du ${site.title.toLowerCase()}`, placed),
    ...structuresOf(id)
      .filter(({ path }) => !path.includes('/'))
      .map(({ path, title }) => {
        const below = placed.filter(({ dn }) => dn.endsWith(`,${structureDn(path, baseDn)}`));
        return list(`liste-${path}`, path, `${title} (tous les agents)`, below);
      })
      .filter(({ attributes }) => attributes.member.length > 0),
  ];
}

/** Who may bind to a ministry's directory, DN → password. */
export function directoryPasswords(site: DemoSite): Map<string, string> {
  const agents = demoAgents.filter((agent) => agent.site === site.id);
  return new Map([
    [site.serviceDn, site.servicePassword],
    ...agents.map((agent) => [agent.dn, agent.password] as const),
  ]);
}

/** Names for every site at once. */
export const allDirectoryEntries = (): DirectoryEntry[] => demoSites.flatMap(directoryEntries);
export const allDirectoryPasswords = (): Map<string, string> =>
  new Map(demoSites.flatMap((site) => [...directoryPasswords(site)]));
