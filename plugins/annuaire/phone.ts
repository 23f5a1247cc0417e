/** Telephone numbers however they are written: `01 99 00 00 42`, `+33 1.99…`, a half of one. */

const WRITTEN = /^[+\d\s.()/\u00a0\u202f-]+$/;

/** Digits as they are dialled inside the country: `+33 (0)1 99` is `0199`. */
export function dialled(text: string): string {
  const isAbroad = /^\s*(?:\+|00\s?33)/.test(text);
  const digits = text.replace(/\D/g, '');
  if (!isAbroad) return digits;
  const national = digits.replace(/^0033|^33/, '');
  return national === digits ? digits : `0${national.replace(/^0/, '')}`;
}

/** Whether somebody types a number rather than a name. */
export const isNumber = (text: string, minDigits: number): boolean =>
  WRITTEN.test(text) && dialled(text).length >= minDigits;

const chunks = (digits: string, first: number, size: number): readonly string[] => {
  const found = first > 0 ? [digits.slice(0, first)] : [];
  for (let at = first; at < digits.length; at += size) found.push(digits.slice(at, at + size));
  return found;
};

/**
 * Pieces that stand in this order in every usual writing of a number: at once, by two from either
 * end, by three. The trunk `0` is left out, which `+33` replaces.
 */
export function writingsOf(text: string): readonly (readonly string[])[] {
  const digits = dialled(text).replace(/^0(?=\d{2})/, '');
  const own = text
    .replace(/^\s*(?:\+33|0033)\s*(?:\(0\))?/, '')
    .split(/\D+/)
    .filter((piece) => piece !== '')
    .map((piece, at) => (at === 0 ? piece.replace(/^0(?=\d)/, '') : piece));
  const all = [[digits], chunks(digits, 0, 2), chunks(digits, 1, 2), chunks(digits, 0, 3), own];
  const seen = new Set<string>();
  return all.filter((pieces) => {
    const key = pieces.join(' ');
    const isNew = pieces.length > 0 && !seen.has(key);
    seen.add(key);
    return isNew;
  });
}

/** Whether a number has the digits that were typed, as they follow each other. */
export const hasDigits = (value: string, typed: string): boolean =>
  dialled(value).includes(dialled(typed)) || value.replace(/\D/g, '').includes(dialled(typed));

/** What a telephone understands; `''` for what is no number. */
export function telHref(value: string): string {
  const kept = value
    .replace(/\(0\)/g, '')
    .replace(/[^\d+]/g, '')
    .replace(/(?!^)\+/g, '');
  return /^\+?\d{3,20}$/.test(kept) ? `tel:${kept}` : '';
}
