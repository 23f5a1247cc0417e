/** Marks that reorder or hide text: bidi controls, zero-width characters, byte order mark. */
const INVISIBLE = /[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

const CONTROLS = /[\p{Cc}\u2028\u2029]+/gu;

/**
 * One line of text that cannot deceive by its layout: controls become spaces, bidi and zero-width
 * marks vanish, white space collapses.
 */
export const cleanLine = (text: string): string =>
  text.replace(CONTROLS, ' ').replace(INVISIBLE, '').replace(/\s+/g, ' ').trim();
