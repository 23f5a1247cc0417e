/** What a column of a list may be; texts are `contacts:column.<name>`. */
export const FIELDS = [
  'name',
  'given',
  'additional',
  'family',
  'prefix',
  'suffix',
  'nickname',
  'organization',
  'unit',
  'title',
  'role',
  'mail',
  'mailWork',
  'mailHome',
  'phone',
  'phoneWork',
  'phoneHome',
  'phoneCell',
  'phoneFax',
  'phonePager',
  'workStreet',
  'workExtended',
  'workBox',
  'workCity',
  'workRegion',
  'workCode',
  'workCountry',
  'homeStreet',
  'homeExtended',
  'homeBox',
  'homeCity',
  'homeRegion',
  'homeCode',
  'homeCountry',
  'url',
  'birthday',
  'birthdayMonthFirst',
  'birthDay',
  'birthMonth',
  'birthYear',
  'anniversary',
  'anniversaryMonthFirst',
  'label',
  'categories',
  'note',
] as const;

export type Field = (typeof FIELDS)[number];

/** Whether a word names a field. */
export const isField = (word: string): word is Field =>
  (FIELDS as readonly string[]).includes(word);

/**
 * Headings that programs write, in French and in English, without accents, capitals and signs:
 * Outlook and its web page, Google Contacts before and since 2024, Thunderbird, and our own.
 */
const HEADINGS: Readonly<Record<Field, string>> = {
  name: 'name|display name|nom complet|nom a afficher|nom affiche|full name|file as|affichage',
  given: 'first name|given name|prenom',
  additional: 'middle name|additional name|deuxieme prenom|second prenom|autre prenom',
  family: 'last name|family name|surname|nom|nom de famille|nom usuel',
  prefix: 'title|name prefix|honorific prefix|titre|civilite|prefixe',
  suffix: 'suffix|name suffix|suffixe',
  nickname: 'nickname|surnom|pseudonyme',
  organization:
    'company|organization|organisation|organization name|organization 1 name|societe|entreprise',
  unit: 'department|organization department|organization 1 department|service|departement',
  title:
    'job title|organization title|organization 1 title|fonction|poste|profession|titre1|titre 1|intitule du poste',
  role: 'role',
  mail: 'e mail address|email|e mail|mail|primary email|adresse de messagerie|adresse electronique|adresse electronique principale|premiere adresse electronique|courriel|adresse mail|adresse email|e mail 2 address|e mail 3 address|e mail 4 address|e mail 5 address|secondary email|adresse de messagerie 2|adresse de messagerie 3|adresse electronique secondaire|adresse electronique supplementaire|adresse e mail|adresse e mail 2|adresse e mail 3|e mail 1 address|adresse electronique 2|adresse electronique 3',
  mailWork: 'work email|courriel professionnel|adresse e mail professionnelle',
  mailHome: 'home email|courriel personnel|personal email|adresse e mail personnelle',
  phone:
    'other phone|other phone 2|primary phone|phone|telephone|autre telephone|telephone principal',
  phoneWork:
    'business phone|business phone 2|work phone|telephone bureau|telephone 2 bureau|tel professionnel|telephone professionnel|telephone professionnel 2',
  phoneHome:
    'home phone|home phone 2|telephone domicile|telephone 2 domicile|tel personnel|telephone personnel|telephone personnel 2',
  phoneCell:
    'mobile phone|mobile number|mobile phone 2|mobile|cell phone|telephone mobile|tel mobile|portable|telephone portable',
  phoneFax:
    'business fax|business fax 2|home fax|fax number|fax|telecopie bureau|telecopie domicile|telecopie|telecopieur|numero de fax|fax professionnel|fax personnel|fax bureau|fax domicile',
  phonePager: 'pager|pager 2|pager number|recepteur de radiomessagerie|recepteur',
  workStreet:
    'business street|work address|business address|rue bureau|adresse professionnelle|adresse bureau',
  workExtended: 'business street 2|work address 2|rue bureau 2|adresse professionnelle 2',
  workBox: 'business address po box|boite postale bureau',
  workCity: 'business city|work city|ville bureau|ville professionnelle',
  workRegion:
    'business state|work state|dep region bureau|region professionnelle|etat province professionnel',
  workCode:
    'business postal code|work zipcode|work zip code|code postal bureau|code postal professionnel',
  workCountry:
    'business country region|business country|work country|pays region bureau|pays bureau|pays professionnel|pays etat professionnel',
  homeStreet: 'home street|home address|rue domicile|adresse personnelle|adresse domicile|rue',
  homeExtended:
    'home street 2|home address 2|rue domicile 2|adresse personnelle 2|adresse privee 2',
  homeBox: 'home address po box|boite postale domicile',
  homeCity: 'home city|ville domicile|ville personnelle|ville|city',
  homeRegion: 'home state|dep region domicile|region personnelle|etat province prive',
  homeCode:
    'home postal code|home zipcode|home zip code|code postal domicile|code postal personnel|code postal|postal code|zip',
  homeCountry:
    'home country region|home country|pays region domicile|pays domicile|pays personnel|pays|country',
  url: 'web page|web page 1|web page 2|website|page web|site web|site internet',
  birthday: 'birthday|anniversaire|date de naissance|naissance',
  birthdayMonthFirst: '',
  birthDay: 'birth day|jour de naissance|jour',
  birthMonth: 'birth month|mois de naissance|mois',
  birthYear: 'birth year|annee de naissance|annee',
  anniversary: 'anniversary|anniversaire de mariage|anniversaire de mariage ou fete',
  anniversaryMonthFirst: '',
  label: '',
  categories: 'categories|group membership|labels|categorie|libelles|groupes',
  note: 'notes|note|remarques|commentaires',
};

const BY_HEADING: ReadonlyMap<string, Field> = new Map(
  FIELDS.flatMap((field) =>
    HEADINGS[field].split('|').map((heading) => [heading, field] as const),
  ).filter(([heading]) => heading !== ''),
);

/** Of Google, which numbers what a person has several of: its label, then its value or its parts. */
const NUMBERED: ReadonlyMap<string, Field> = new Map([
  ...['e mail', 'phone', 'website', 'address'].flatMap((word) =>
    ['label', 'type'].map((sign) => [`${word} ${sign}`, 'label'] as const),
  ),
  ['e mail value', 'mail'],
  ['phone value', 'phone'],
  ['website value', 'url'],
  ['address street', 'workStreet'],
  ['address extended address', 'workExtended'],
  ['address po box', 'workBox'],
  ['address city', 'workCity'],
  ['address region', 'workRegion'],
  ['address postal code', 'workCode'],
  ['address country', 'workCountry'],
]);

/** Programs that write English headings write their dates with the month first, as far as they may be. */
const MONTH_FIRST: ReadonlyMap<string, Field> = new Map([
  ['birthday', 'birthdayMonthFirst'],
  ['anniversary', 'anniversaryMonthFirst'],
]);

/** Without accents, capitals and signs. */
const plain = (heading: string): string =>
  heading
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, ' ')
    .trim();

/** How a list is read. */
export interface ListShape {
  /** `''` for what is left out. */
  readonly columns: readonly (Field | '')[];
  /** Whether its first line is that of the headings. */
  readonly isHeaded: boolean;
}

const MAIL = /^[^\s<>@,;"]+@[^\s<>@,;"]+$/;
const PHONE = /^\+?[\d\s.()-]+$/;
/** A day has eight. */
const PHONE_DIGITS = 9;

function fieldOfValue(cell: string): Field | '' {
  if (MAIL.test(cell)) return 'mail';
  return PHONE.test(cell) && cell.replace(/\D/g, '').length >= PHONE_DIGITS ? 'phone' : '';
}

/** How a list is read, as far as its first line tells; one with an address and without a heading is a contact. */
export function guessShape(first: readonly string[]): ListShape {
  const headed = guessColumns(first);
  const values = first.map(fieldOfValue);
  const isHeaded = headed.some((field) => field !== '') || values.every((field) => field === '');
  return { columns: isHeaded ? headed : values, isHeaded };
}

/** What each column is, as far as its heading tells; `''` for what is left out. */
export function guessColumns(headings: readonly string[]): readonly (Field | '')[] {
  const words = headings.map(plain);
  // « Nom » is the family name beside « Prénom », and the whole name without.
  const hasGiven = words.some((word) => BY_HEADING.get(word) === 'given');
  return words.map((word) => {
    const field =
      MONTH_FIRST.get(word) ??
      BY_HEADING.get(word) ??
      NUMBERED.get(word.replace(/ \d{1,2} /, ' ')) ??
      '';
    return field === 'family' && word === 'nom' && !hasGiven ? 'name' : field;
  });
}
