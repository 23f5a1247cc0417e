import { type DirectoryFilter, numbersMeant } from 'estafette/plugin';
import { fold } from './fold';
import type { Mapping } from './mapping';
import { hasDigits, writingsOf } from './phone';

const MAX_CHARS = 100;
const MAX_WORDS = 6;
/** Letters that French writes with and without a sign; directories do not fold them. */
const SIGNED = 'aeiouycn';
/** A question has 200 conditions at most; kinds and visibility need some of them. */
const MAX_CONDITIONS = 150;
const MAX_WAYS = 12;

export interface Question {
  readonly where: DirectoryFilter;
  /** What the directory answers too much of, for want of folding. */
  readonly fits: (attributes: Readonly<Record<string, readonly string[]>>) => boolean;
}

/** What stands between words: what a message writes around a name and its address as well. */
const BETWEEN = /[\s,;"“”«»<>()[\]'’]+/u;
/** `"Odile Tramontane" <odile@…>`, copied from a message: the address says it all. */
const PASTED = /<\s*([^\s<>]+@[^\s<>]+)\s*>/;

/**
 * What somebody typed, as a question; `undefined` for too few characters. A page looks for rooms and
 * towns as well (`isWide`); where one writes, they would stand before the people who are meant.
 */
export function questionOf(
  mapping: Mapping,
  typed: string,
  { minChars, isWide }: { readonly minChars: number; readonly isWide: boolean },
): Question | undefined {
  const text = typed.replaceAll('\0', '').trim().slice(0, MAX_CHARS);
  if (text.length < minChars) return undefined;
  const places = isWide ? mapping.places : [];
  if (numbersMeant(text, minChars).length > 0) return byNumber(mapping, text, places);
  const wanted = PASTED.exec(text)?.[1] ?? text;
  // Signs without a letter, which nothing is left of when they are folded, are no words.
  const words = [...new Set(wanted.split(BETWEEN).filter((word) => fold(word) !== ''))];
  if (words.length === 0) return undefined;
  return byWords({ ...mapping, places }, words.slice(0, MAX_WORDS));
}

function byNumber({ phones }: Mapping, text: string, places: readonly string[]): Question {
  const typed = fold(text);
  return {
    where: {
      any: [
        ...phones.flatMap((attribute) =>
          writingsOf(text).map((contains) => ({ attribute, contains })),
        ),
        ...places.map((attribute) => ({ attribute, contains: text })),
      ],
    },
    fits: (attributes) =>
      phones.some((name) =>
        attributes[name.toLowerCase()]?.some((value) => hasDigits(value, text)),
      ) ||
      places.some((name) =>
        attributes[name.toLowerCase()]?.some((value) => fold(value).includes(typed)),
      ),
  };
}

/** The start of an address, or its end: `odile.tramontane@`, `@saisons.example`. */
const termOfMail = (mails: readonly string[], word: string): DirectoryFilter => ({
  // A whole address is found by its index, and where an attribute knows no beginnings.
  any: mails.flatMap((attribute): readonly DirectoryFilter[] =>
    word.startsWith('@')
      ? [{ attribute, contains: word }]
      : [
          { attribute, is: word },
          { attribute, starts: word },
        ],
  ),
});

function byWords({ searched, places, facts }: Mapping, words: readonly string[]): Question {
  const mails = [...facts.mail, ...facts.otherMails];
  // Places have one condition each, and so have addresses.
  const room = MAX_CONDITIONS / words.length - places.length - facts.mail.length;
  const max = Math.max(1, Math.min(MAX_WAYS, Math.floor(room / searched.length)));
  const terms = (word: string): DirectoryFilter => ({
    any: [
      ...searched.flatMap((attribute) =>
        waysOf(word, max).map((contains) => ({ attribute, contains })),
      ),
      ...places.map((attribute) => ({ attribute, contains: word })),
      // Addresses are written without signs: they find who is called Étienne.
      ...facts.mail.map((attribute) => ({ attribute, contains: fold(word).replaceAll(' ', '-') })),
    ],
  });
  const names = [...searched, ...places, ...facts.mail].map((name) => name.toLowerCase());
  const wanted = words.map((word) => ({ isMail: word.includes('@'), word: fold(word) }));
  return {
    where: {
      all: words.map((word) => (word.includes('@') ? termOfMail(mails, word) : terms(word))),
    },
    fits: (attributes) => {
      const texts = names.flatMap((name) => (attributes[name] ?? []).map(worded));
      // The directory folds addresses itself.
      return wanted.every(({ isMail, word }) => isMail || texts.some((text) => starts(text, word)));
    },
  };
}

/** A text with a space before each of its words, for whatever stands there: `(tous`, `lagrive@`. */
const worded = (text: string): string => ` ${fold(text).replace(SIGNS, ' ')}`;
const SIGNS = /[^\p{L}\p{N}]+/gu;
const starts = (text: string, word: string): boolean =>
  text.includes(` ${word.replace(SIGNS, ' ').trim()}`);

/** Pieces of a word around the letters that may bear a sign where none was typed, or the other way round. */
export function waysOf(word: string, max = MAX_WAYS): readonly (readonly string[])[] {
  const letters = word.normalize('NFC').match(/./gsu) ?? [];
  const isSigned = (at: number): boolean => fold(letters[at] ?? '') !== letters[at]?.toLowerCase();
  const without = (gaps: readonly number[]): readonly string[] =>
    letters
      .map((letter, at) => (gaps.includes(at) ? '\0' : letter))
      .join('')
      .split(/\0+/)
      .filter((piece) => piece !== '');
  const typed = letters.map((_, at) => at).filter(isSigned);
  const bare = letters
    .map((_, at) => at)
    .filter((at) => !isSigned(at) && SIGNED.includes(letters[at]?.toLowerCase() ?? ''));
  const eS = bare.filter((at) => letters[at]?.toLowerCase() === 'e');
  const pairs = eS.flatMap((one, at) => eS.slice(at + 1).map((other) => [one, other]));
  const ways = [
    [word],
    ...(typed.length > 0 ? [without(typed)] : []),
    ...bare.map((at) => without([...typed, at])),
    ...pairs.map((pair) => without([...typed, ...pair])),
  ];
  // A piece of one or two letters is half of the directory.
  const least = Math.min(3, letters.length - 1);
  return ways.filter((pieces) => pieces.some((piece) => piece.length >= least)).slice(0, max);
}
