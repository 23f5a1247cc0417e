import { landscape } from './landscape';
import { demoAgents } from './people';

/** Of a card of the sample address books; everybody in them is made up. */
interface Sample {
  readonly name: string;
  readonly mail?: string;
  readonly work?: string;
  readonly cell?: string;
  readonly organization?: string;
  readonly title?: string;
  readonly city?: string;
  readonly street?: string;
  readonly birthday?: string;
  readonly note?: string;
  readonly categories?: readonly string[];
  readonly url?: string;
  readonly isPictured?: boolean;
}

const MINE: readonly Sample[] = [
  {
    name: 'Solène Aubépine',
    mail: 'solene.aubepine@mairie-valcendre.example',
    work: '+33 1 99 00 10 11',
    cell: '+33 6 99 88 10 11',
    organization: 'Mairie de Valcendre',
    title: 'Secrétaire générale',
    street: '2 place des Tilleuls',
    city: '99100 Valcendre',
    birthday: '19790714',
    note: 'À joindre plutôt le matin. Suit le dossier des relevés de terrain.',
    categories: ['Mairies', 'Comité des relevés'],
    isPictured: true,
  },
  {
    name: 'Aurélien Moulinet',
    mail: 'a.moulinet@univ-brumes.example',
    work: '+33 1 99 00 10 12',
    organization: 'Université des Brumes',
    title: 'Maître de conférences en climatologie',
    street: '14 quai des Brumes',
    city: '99200 Brumes',
    categories: ['Recherche', 'Comité des relevés'],
    url: 'https://univ-brumes.example/moulinet',
    isPictured: true,
  },
  {
    name: 'Marius Fenouil',
    mail: 'marius@cooperative-sources.example',
    cell: '+33 6 99 88 77 66',
    organization: 'Coopérative des Sources',
    title: 'Directeur',
    categories: ['Comité des relevés'],
    isPictured: true,
  },
  {
    name: 'Marius Fenouil',
    mail: 'm.fenouil@boite-postale.example',
    work: '+33 1 99 00 10 13',
  },
  {
    name: 'Rosalie Peuplier',
    mail: 'rosalie.peuplier@courrier-libre.example',
    cell: '+33 6 99 88 20 21',
    birthday: '--1123',
    note: 'Relevé pluviométrique de la vallée des Aulnes, chaque lundi.',
    categories: ['Observateurs'],
    isPictured: true,
  },
  {
    name: 'Marcelin Ajonc',
    mail: 'm.ajonc@boite-postale.example',
    cell: '+33 6 99 88 20 22',
    categories: ['Observateurs'],
  },
  {
    name: 'Ondine Rivoire',
    mail: 'ondine.rivoire@bassin-aulnes.example',
    work: '+33 2 99 00 10 14',
    organization: 'Syndicat du bassin des Aulnes',
    title: 'Ingénieure hydrologue',
    city: '99310 Les Aulnes',
    street: 'Écluse du Vieux-Moulin',
    categories: ['Comité des relevés'],
    isPictured: true,
  },
  {
    name: 'Basile Tilleul',
    mail: 'devis@imprimerie-tilleuls.example',
    work: '+33 1 99 00 10 15',
    organization: 'Imprimerie des Tilleuls',
    title: 'Responsable des devis',
    categories: ['Fournisseurs'],
  },
  {
    name: '気象研究所',
    mail: 'kenkyu@kisho.example',
    organization: '気象研究所',
    categories: ['Recherche'],
  },
];

const PARTNERS: readonly Sample[] = [
  {
    name: 'Institut des Quatre-Vents',
    mail: 'formation@quatre-vents.example',
    work: '+33 1 99 00 20 01',
    organization: 'Institut des Quatre-Vents',
    street: '4 rue des Quatre-Vents',
    city: '99000 Giboulais',
    url: 'https://quatre-vents.example',
    categories: ['Formation'],
  },
  {
    name: 'Apolline Verdier',
    mail: 'apolline.verdier@quatre-vents.example',
    work: '+33 1 99 00 20 02',
    organization: 'Institut des Quatre-Vents',
    title: 'Responsable pédagogique',
    categories: ['Formation'],
    isPictured: true,
  },
  {
    name: 'Firmin Écluse',
    mail: 'exploitation@navettes-plateau.example',
    work: '+33 2 99 00 20 03',
    cell: '+33 6 99 88 20 03',
    organization: 'Navettes du Plateau',
    title: 'Chef d’exploitation',
    categories: ['Transport'],
    isPictured: true,
  },
  {
    name: 'Camille Grand-Large',
    mail: 'bureau@grand-large.example',
    organization: 'Association Grand Large',
    title: 'Présidente',
    categories: ['Associations'],
  },
  {
    name: 'Lycée Marguerite-Ondine',
    mail: 'cdi@lycee-ondine.example',
    work: '+33 1 99 00 20 04',
    organization: 'Lycée Marguerite-Ondine',
    note: 'Station météorologique des élèves : visite en mars.',
    categories: ['Formation'],
  },
  {
    name: 'Метеорологический архив',
    mail: 'arhiv@meteo-arhiv.example',
    organization: 'Метеорологический архив',
    categories: ['Recherche'],
  },
];

/** RFC 6350 3.4. */
const escaped = (text: string): string => text.replace(/[\\,;]/g, '\\$&').replaceAll('\n', '\\n');

/** RFC 6350 3.2, by characters: the reader takes lines of any length, others want short ones. */
const folded = (line: string): string => line.replace(/(.{60})(?=.)/gu, '$1\r\n ');

function cardOf(sample: Sample, uid: string, seed: number): string {
  const [given = '', ...family] = sample.name.split(' ');
  const [code = '', ...city] = (sample.city ?? '').split(' ');
  const isPerson = sample.name !== sample.organization;
  const lines = [
    'BEGIN:VCARD',
    'VERSION:4.0',
    `UID:${uid}`,
    `KIND:${isPerson ? 'individual' : 'org'}`,
    `FN:${escaped(sample.name)}`,
    `N:${isPerson ? `${escaped(family.join(' '))};${escaped(given)}` : ';'};;;`,
    sample.organization && `ORG:${escaped(sample.organization)}`,
    sample.title && `TITLE:${escaped(sample.title)}`,
    sample.mail && `EMAIL;TYPE=work:${sample.mail}`,
    sample.work && `TEL;TYPE=work:${sample.work}`,
    sample.cell && `TEL;TYPE=cell:${sample.cell}`,
    sample.city &&
      `ADR;TYPE=work:;;${escaped(sample.street ?? '')};${escaped(city.join(' '))};;${code};`,
    sample.birthday && `BDAY:${sample.birthday}`,
    sample.url && `URL:${sample.url}`,
    sample.note && `NOTE:${escaped(sample.note)}`,
    sample.categories && `CATEGORIES:${sample.categories.map(escaped).join(',')}`,
    sample.isPictured &&
      `PHOTO:data:image/png;base64,${landscape(96, 96, seed).toString('base64')}`,
    'END:VCARD',
  ];
  return lines.flatMap((line) => (line ? [`${folded(line)}\r\n`] : [])).join('');
}

const uidOf = (book: string, at: number): string => `demo-${book}-${at}`;

const cardsOf = (samples: readonly Sample[], book: string, seed: number): readonly string[] =>
  samples.map((sample, at) => cardOf(sample, uidOf(book, at), seed + at));

const GROUP = [
  'BEGIN:VCARD',
  'VERSION:4.0',
  'UID:demo-group',
  'KIND:group',
  'FN:Comité des relevés',
  ...MINE.flatMap(({ categories }, at) =>
    categories?.includes('Comité des relevés') ? [`MEMBER:urn:uuid:${uidOf('mine', at)}`] : [],
  ),
  'END:VCARD',
]
  .map((line) => `${line}\r\n`)
  .join('');

const [owner, reader, writer] = demoAgents;

/** `begin` of the plugin `contacts`: what the first agent finds, and shares with two colleagues. */
export const demoAddressBooks = [
  { for: owner?.mail, cards: [...cardsOf(MINE, 'mine', 3), GROUP] },
  {
    for: owner?.mail,
    title: 'Partenaires de l’observatoire',
    cards: cardsOf(PARTNERS, 'partners', 40),
    shares: [
      { mail: reader?.mail, rights: 'read' },
      { mail: writer?.mail, rights: 'write' },
    ],
  },
];
