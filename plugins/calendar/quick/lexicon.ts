/** Words of days, months and numbers, French and English, in plain lower case. */

const WEEKDAY_WORDS: readonly (readonly [string, number])[] = [
  ['lundi', 0],
  ['mardi', 1],
  ['mercredi', 2],
  ['jeudi', 3],
  ['vendredi', 4],
  ['samedi', 5],
  ['dimanche', 6],
  ['monday', 0],
  ['tuesday', 1],
  ['wednesday', 2],
  ['thursday', 3],
  ['friday', 4],
  ['saturday', 5],
  ['sunday', 6],
];

const MONTH_WORDS: readonly (readonly [string, number])[] = [
  ['janvier', 1],
  ['fevrier', 2],
  ['mars', 3],
  ['avril', 4],
  ['mai', 5],
  ['juin', 6],
  ['juillet', 7],
  ['aout', 8],
  ['septembre', 9],
  ['octobre', 10],
  ['novembre', 11],
  ['decembre', 12],
  ['january', 1],
  ['february', 2],
  ['march', 3],
  ['april', 4],
  ['may', 5],
  ['june', 6],
  ['july', 7],
  ['august', 8],
  ['september', 9],
  ['october', 10],
  ['november', 11],
  ['december', 12],
  ['janv', 1],
  ['fevr', 2],
  ['avr', 4],
  ['juil', 7],
  ['sept', 9],
  ['jan', 1],
  ['feb', 2],
  ['mar', 3],
  ['apr', 4],
  ['jun', 6],
  ['jul', 7],
  ['aug', 8],
  ['sep', 9],
  ['oct', 10],
  ['nov', 11],
  ['dec', 12],
];

const NUMBER_WORDS: readonly (readonly [string, number])[] = [
  ['deux', 2],
  ['trois', 3],
  ['quatre', 4],
  ['cinq', 5],
  ['six', 6],
  ['dix', 10],
  ['two', 2],
  ['three', 3],
  ['four', 4],
  ['five', 5],
  ['ten', 10],
  ['other', 2],
  ['une', 1],
  ['un', 1],
  ['one', 1],
  ['an', 1],
  ['a', 1],
];

const alternatives = (words: readonly (readonly [string, number])[]): string =>
  words.map(([word]) => word).join('|');

/** For patterns: a weekday in one or several; a month with a dot or none; a number in figures or words. */
export const WEEKDAY = `(?:${alternatives(WEEKDAY_WORDS)})s?`;
export const MONTH = `(?:${alternatives(MONTH_WORDS)})\\.?`;
export const NUMBER = `(?:\\d{1,3}|${alternatives(NUMBER_WORDS)})`;

const meaningOf = (
  words: readonly (readonly [string, number])[],
  text: string,
): number | undefined => words.find(([word]) => word === text)?.[1];

export const weekdayIn = (text: string): number | undefined =>
  meaningOf(WEEKDAY_WORDS, text) ?? meaningOf(WEEKDAY_WORDS, text.replace(/s$/, ''));

export const monthIn = (text: string): number | undefined =>
  meaningOf(MONTH_WORDS, text.replace(/\.$/, ''));

export const numberIn = (text: string): number =>
  /^\d+$/.test(text) ? Number(text) : (meaningOf(NUMBER_WORDS, text) ?? 1);

/** Every weekday that a text names, in order, each once. */
export const weekdaysIn = (text: string): readonly number[] => [
  ...new Set(
    [...text.matchAll(new RegExp(WEEKDAY, 'g'))].flatMap(([word]) => weekdayIn(word) ?? []),
  ),
];
