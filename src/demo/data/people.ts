import { structureDn } from './structures';

/** A ministry of the demo. */
export interface DemoSite {
  readonly id: 'saisons' | 'marees';
  readonly title: string;
  readonly tagline: { readonly fr: string; readonly en: string };
  readonly mailDomain: string;
  /** Host names; the first is used in links. */
  readonly hosts: readonly string[];
  readonly baseDn: string;
  readonly serviceDn: string;
  readonly servicePassword: string;
  readonly services: readonly string[];
  /** A service with a branch of its own below that of the agents. */
  readonly branch: { readonly ou: string; readonly title: string };
}

/** Someone who can sign in. */
export interface DemoAgent {
  /** The directory uid, also the IMAP and SMTP login. */
  readonly username: string;
  readonly password: string;
  readonly mail: string;
  readonly name: string;
  readonly givenName: string;
  readonly surname: string;
  readonly site: DemoSite['id'];
  readonly service: string;
  readonly title: string;
  readonly dn: string;
}

/** Someone who writes or is written to. */
export interface Person {
  readonly name: string;
  readonly mail: string;
}

function site(
  id: DemoSite['id'],
  texts: Pick<DemoSite, 'title' | 'tagline' | 'hosts' | 'services' | 'branch'>,
): DemoSite {
  const baseDn = `dc=${id},dc=example`;
  return {
    id,
    ...texts,
    mailDomain: `${id}.example`,
    baseDn,
    serviceDn: `cn=messagerie,ou=applications,${baseDn}`,
    servicePassword: `messagerie-${id}`,
  };
}

export const demoSites: readonly DemoSite[] = [
  site('saisons', {
    title: 'Ministère des Saisons',
    tagline: { fr: 'Messagerie des agents', en: 'Mail for civil servants' },
    hosts: ['127.0.0.1', 'localhost', 'saisons.localhost'],
    services: ['Observatoire des giboulées', 'Direction des équinoxes', 'Accueil des usagers'],
    branch: { ou: 'equinoxes', title: 'Direction des équinoxes' },
  }),
  site('marees', {
    title: 'Ministère des Marées',
    tagline: { fr: 'Courrier du littoral', en: 'Mail of the coast' },
    hosts: ['marees.localhost'],
    services: ['Service des estrans', 'Bureau des phares', 'Secrétariat général'],
    branch: { ou: 'phares', title: 'Bureau des phares' },
  }),
];

const ASCII = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-');

/** `capucine.martelet`, the form of logins and addresses. */
export const loginOf = (givenName: string, surname: string): string =>
  `${ASCII(givenName)}.${ASCII(surname)}`;

function agent(
  siteId: DemoSite['id'],
  givenName: string,
  surname: string,
  service: number,
  title: string,
  path: string,
): DemoAgent {
  const home = demoSites.find(({ id }) => id === siteId);
  const username = loginOf(givenName, surname);
  return {
    username,
    password: `demo-${ASCII(givenName)}`,
    mail: `${username}@${siteId}.example`,
    name: `${givenName} ${surname}`,
    givenName,
    surname,
    site: siteId,
    service: home?.services[service] ?? '',
    title,
    dn: `uid=${username},${structureDn(path, `dc=${siteId},dc=example`)}`,
  };
}

export const demoAgents: readonly DemoAgent[] = [
  agent(
    'saisons',
    'Capucine',
    'Martelet',
    0,
    'Chargée de mission observation',
    'giboulees/mesure/stations',
  ),
  agent('saisons', 'Odile', 'Tramontane', 1, 'Directrice adjointe', 'equinoxes'),
  agent('saisons', 'Barnabé', 'Lagrive', 0, 'Statisticien', 'giboulees/statistiques'),
  agent('saisons', 'Yasmine', 'Alizé', 2, 'Responsable de l’accueil', 'accueil'),
  agent('saisons', 'Théo', 'Grandvent', 1, 'Chef de projet calendrier', 'equinoxes/calendrier'),
  agent('marees', 'Linh', 'Clairbois', 0, 'Ingénieure des estrans', 'estrans/sables'),
  agent('marees', 'Ousmane', 'Valcendre', 1, 'Chef du bureau des phares', 'phares'),
  agent('marees', 'Sidonie', 'Bruyère', 2, 'Secrétaire générale adjointe', 'sg'),
];

const COLLEAGUE_NAMES: Readonly<Record<DemoSite['id'], string>> = {
  saisons:
    'Maëlle Fontanes,Fabien Rosée,Inès Giboulot,Raphaël Brumaire,Solène Aubépine,Karim Solstice,Jeanne Floréal,Hugo Vendange,Aïcha Printemps,Lucien Frimas,Marguerite Ondine,Noé Cirrus,Clémence Verglas,Mathis Regain,Paola Estive,Étienne Bourrasque,Zoé Canicule,Gaël Embellie',
  marees:
    'Maud Goémon,Yann Jusant,Fatou Lagune,Corentin Brisant,Élodie Vigie,Samir Estuaire,Nolwenn Varech,Armand Cabestan,Iris Écume,Bastien Sillage,Léonie Balise,Victor Môle,Apolline Ressac,Tariq Mouillage,Gwenola Pertuis,Augustin Cormoran',
};

/** Colleagues without a demo account: they write and stand in the directory. */
export const colleaguesOf = (siteId: DemoSite['id']): readonly Person[] =>
  COLLEAGUE_NAMES[siteId].split(',').map((name) => {
    const [givenName = '', ...surname] = name.split(' ');
    return { name, mail: `${loginOf(givenName, surname.join(' '))}@${siteId}.example` };
  });

/** Functional addresses of a ministry. */
export const officesOf = (siteId: DemoSite['id']): Record<string, Person> => {
  const office = (name: string, local: string): Person => ({
    name,
    mail: `${local}@${siteId}.example`,
  });
  return {
    rh: office('Ressources humaines', 'rh'),
    assistance: office('Assistance informatique', 'assistance'),
    courrier: office('Bureau du courrier', 'courrier'),
    logistique: office('Logistique et bâtiments', 'logistique'),
    communication: office('Communication interne', 'communication'),
    restauration: office('Restauration collective', 'restauration'),
  };
};

export const OUTSIDERS = {
  quatreVents: { name: 'Institut des Quatre-Vents', mail: 'formation@quatre-vents.example' },
  mairie: { name: 'Mairie de Valcendre', mail: 'secretariat@mairie-valcendre.example' },
  grandLarge: { name: 'Association Grand Large', mail: 'bureau@grand-large.example' },
  imprimerie: { name: 'Imprimerie des Tilleuls', mail: 'devis@imprimerie-tilleuls.example' },
  universite: { name: 'Aurélien Moulinet', mail: 'a.moulinet@univ-brumes.example' },
  lycee: { name: 'Lycée Marguerite-Ondine', mail: 'cdi@lycee-ondine.example' },
  habitante: { name: 'Rosalie Peuplier', mail: 'rosalie.peuplier@courrier-libre.example' },
  habitant: { name: 'Marcelin Ajonc', mail: 'm.ajonc@boite-postale.example' },
  syndicat: { name: 'Syndicat du bassin des Aulnes', mail: 'contact@bassin-aulnes.example' },
  transport: { name: 'Navettes du Plateau', mail: 'exploitation@navettes-plateau.example' },
  tokyo: { name: '気象研究所', mail: 'kenkyu@kisho.example' },
  sofia: { name: 'Метеорологический архив', mail: 'arhiv@meteo-arhiv.example' },
} as const satisfies Record<string, Person>;
