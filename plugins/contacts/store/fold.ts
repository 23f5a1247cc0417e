import { dialled } from 'estafette/plugin';

/** Letters as they are searched for: no case, no accents, no ligatures. */
export const fold = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replaceAll('œ', 'oe')
    .replaceAll('æ', 'ae')
    .replaceAll('ß', 'ss');

/** Digits of a telephone as it is dialled in France: `+33 1 99…`, `0033199…` and `01.99…` are one. */
export const digitsOf = dialled;

/** What stands between words: what a message writes around a name and its address as well. */
const BETWEEN = /[\s,;"“”«»<>()[\]]+/;
/** `"Zoé Martin" <zoe@…>`, copied from a message: the address says it all. */
const PASTED = /<\s*([^\s<>]+@[^\s<>]+)\s*>/;
const PIECES = 10;

/** Words that all stand in what is found. */
export const piecesOf = (text: string): readonly string[] =>
  fold(PASTED.exec(text)?.[1] ?? text)
    .split(BETWEEN)
    .filter((piece) => piece !== '')
    .slice(0, PIECES);

/** A folded name in words, and a word as it begins one: `Jean-Luc` and `jean luc` are one. */
export const worded = (text: string): string => text.replace(/[-'’/(]/g, ' ');
