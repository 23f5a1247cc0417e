import type { Random } from './random';

const PLACES = [
  'Valcendre',
  'la Combe-aux-Brumes',
  'Port-Jusant',
  'Montgivre',
  'la Roche-Alizée',
  'Sainte-Averse',
  'Clairvent',
  'l’Étang-Neuf',
];
const ROOMS = ['Solstice', 'Alizé', 'Équinoxe', 'Rosée', 'Cumulus', 'Grand Large'];
const DAYS = ['lundi', 'mardi', 'mercredi', 'jeudi', 'vendredi'];
const MONTHS = [
  'janvier',
  'février',
  'mars',
  'avril',
  'mai',
  'juin',
  'juillet',
  'août',
  'septembre',
  'octobre',
  'novembre',
  'décembre',
];
const BODIES = [
  'la mairie de Valcendre',
  'l’université des Brumes',
  'l’association Grand Large',
  'le syndicat du bassin des Aulnes',
];
const CANDIDATES = [
  'Mme Perrine Ombelle',
  'M. Joachim Tilleul',
  'Mme Salomé Garrigue',
  'M. Adel Rivage',
];
const TRAINEES = ['Margaux Lisière', 'Wendy Fontaine', 'Salma Orée'];
const DAY_MS = 86_400_000;

/** Words that fill `{…}` in the texts of one conversation: the same in all of its messages. */
export type Vocabulary = Readonly<Record<string, string>>;

const longDate = (date: Date): string => {
  const day = date.getUTCDate();
  return `${day === 1 ? '1er' : day} ${MONTHS[date.getUTCMonth()]}`;
};

/** A workday some days after `from`, or before. */
function workday(from: Date, days: number): Date {
  const date = new Date(from.getTime() + days * DAY_MS);
  const weekday = date.getUTCDay();
  const shift = weekday === 6 ? 2 : weekday === 0 ? 1 : 0;
  return new Date(date.getTime() + shift * DAY_MS);
}

export function createVocabulary(
  random: Random,
  date: Date,
  givenName: string,
  colleague: string,
): Vocabulary {
  const hour = random.pick(['9 h 30', '10 h', '11 h 15', '14 h', '15 h 30', '16 h']);
  return {
    prénom: givenName,
    collègue: colleague,
    lieu: random.pick(PLACES),
    salle: random.pick(ROOMS),
    jour: random.pick(DAYS),
    date: longDate(workday(date, random.between(4, 12))),
    passé: longDate(workday(date, -random.between(3, 9))),
    date2: longDate(workday(date, random.between(14, 30))),
    mois: MONTHS[(date.getUTCMonth() + 11) % 12] ?? '',
    heure: hour,
    n: String(random.between(101, 480)),
    n2: String(random.between(3, 28)),
    n3: String(random.between(20_100, 29_900)),
    organisme: random.pick(BODIES),
    candidat: random.pick(CANDIDATES),
    stagiaire: random.pick(TRAINEES),
  };
}

/** Replaces `{name}`; an unknown name is a mistake in a text and throws. */
export function fill(text: string, words: Vocabulary): string {
  return text.replace(/\{([^}]+)\}/g, (_all, name: string) => {
    const word = words[name];
    if (word === undefined) throw new Error(`no word for {${name}}`);
    return word;
  });
}
