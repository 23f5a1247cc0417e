import type { DirectoryFilter } from 'estafette/plugin';
import { fold } from './fold';
import type { Mapping } from './mapping';
import { hasDigits, isNumber, writingsOf } from './phone';

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

/** What somebody typed, as a question; `undefined` for too few characters. */
export function questionOf(
  mapping: Mapping,
  typed: string,
  minChars: number,
): Question | undefined {
  const text = typed.replaceAll('\0', '').trim().slice(0, MAX_CHARS);
  if (text.length < minChars) return undefined;
  if (isNumber(text, minChars)) return byNumber(mapping, text);
  if (text.includes('@')) return byMail(mapping, text);
  // Signs without a letter, which nothing is left of when they are folded, are no words.
  const words = [...new Set(text.split(/[\s'’]+/u).filter((word) => fold(word) !== ''))];
  if (words.length === 0) return undefined;
  return byWords(mapping, words.slice(0, MAX_WORDS));
}

function byNumber({ phones }: Mapping, text: string): Question {
  return {
    where: {
      any: phones.flatMap((attribute) =>
        writingsOf(text).map((contains) => ({ attribute, contains })),
      ),
    },
    fits: (attributes) =>
      phones.some((name) =>
        attributes[name.toLowerCase()]?.some((value) => hasDigits(value, text)),
      ),
  };
}

function byMail({ facts }: Mapping, text: string): Question {
  const mails = [...facts.mail, ...facts.otherMails];
  return {
    where: { any: mails.map((attribute) => ({ attribute, is: text })) },
    fits: () => true,
  };
}

function byWords({ searched, facts }: Mapping, words: readonly string[]): Question {
  const each = Math.floor(MAX_CONDITIONS / words.length / searched.length) - 1;
  const max = Math.max(1, Math.min(MAX_WAYS, each));
  const terms = (word: string): DirectoryFilter => ({
    any: [
      ...searched.flatMap((attribute) =>
        waysOf(word, max).map((contains) => ({ attribute, contains })),
      ),
      // Addresses are written without signs: they find who is called Étienne.
      ...facts.mail.map((attribute) => ({ attribute, contains: fold(word).replaceAll(' ', '-') })),
    ],
  });
  const folded = words.map(fold);
  const places = [...searched, ...facts.mail].map((name) => name.toLowerCase());
  return {
    where: { all: words.map(terms) },
    fits: (attributes) => {
      const texts = places.flatMap((name) =>
        (attributes[name] ?? []).map((value) => ` ${fold(value)}`),
      );
      // The start of a word, or of a part of an address.
      return folded.every((word) =>
        texts.some((value) => [' ', '.', '_'].some((before) => value.includes(before + word))),
      );
    },
  };
}

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
