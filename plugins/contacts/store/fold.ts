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
export const digitsOf = (phone: string): string =>
  phone.replace(/[^\d+]/g, '').replace(/^(?:\+33|0033)0?/, '0');

const PHONE = /^\+?[\d\s().-]{2,}$/;

/** Pieces that all stand in what is found; a number in any writing is one piece. */
export function piecesOf(text: string): readonly string[] {
  const typed = text.trim();
  if (PHONE.test(typed)) return [digitsOf(typed)].filter((piece) => piece !== '');
  return fold(typed)
    .split(/\s+/)
    .filter((piece) => piece !== '')
    .slice(0, 10);
}
