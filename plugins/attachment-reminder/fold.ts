const INVISIBLE = /[\u00ad\u200b-\u200d\u2060\ufeff]/g;

/** One kind of space, apostrophe and hyphen; no invisible characters. */
export const plainMarks = (text: string): string =>
  text
    .replace(INVISIBLE, '')
    .replace(/[\u00a0\u2007\u202f]/g, ' ')
    .replace(/[\u2019\u02bc\u2018]/g, "'")
    .replace(/[\u2010\u2011\u2012]/g, '-')
    .normalize('NFC');

/** Lower case without accents or ligatures: `Pièce` and `PIECE` are `piece`. */
export const fold = (text: string): string =>
  // Most of a text is plain ASCII, for which decomposing would only cost time.
  /^[\0-\x7f]*$/.test(text)
    ? text.toLowerCase()
    : text
        .normalize('NFD')
        .replace(/\p{M}/gu, '')
        .toLowerCase()
        .replaceAll('œ', 'oe')
        .replaceAll('æ', 'ae');
