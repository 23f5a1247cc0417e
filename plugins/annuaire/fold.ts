/** Letters as somebody types them in haste: no accents, no case, one space. */
export const fold = (text: string): string =>
  text
    .replace(/[œŒ]/g, 'oe')
    .replace(/[æÆ]/g, 'ae')
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[\s'’-]+/gu, ' ')
    .trim();

/** What a page may show of a value: no control characters, none that turn the writing around. */
export const plain = (text: string): string =>
  text
    .replace(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu, ' ')
    .replace(/\s{2,}/g, ' ')
    .trim();
