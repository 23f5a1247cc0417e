/** Telephone numbers as people write them: `01 99 00 00 42`, `+33 1.99…`, a half of one. */

const WRITTEN = /^[+\d\s.()/\u00a0\u202f-]+$/;
/** What people write, and paste, before a number. */
const LABEL = /^\s*(?:t[ée]l(?:[ée]phone)?|phone|portable|mobile|fax)[\s.:]+(?=[+(\d])/i;
/** E.164 has fifteen digits; more are two numbers. */
const DIGITS = { min: 3, max: 15 } as const;
/** Short numbers end at a letter as well, but so do words: `0800 MAREES`. */
const WHOLE = 8;
const EXTENSION = /^[\s,;(]*(?:poste|ext(?:ension)?|p|x|#)[\s.:=]*(\d{1,8})(?!\d)/i;

/** Digits as they are dialled inside the country: `+33 (0)1 99` is `0199`. */
export function dialled(text: string): string {
  const isAbroad = /^\s*(?:\+|00\s?33)/.test(text);
  const digits = text.replace(/\D/g, '');
  if (!isAbroad) return digits;
  const national = digits.replace(/^0033|^33/, '');
  return national === digits ? digits : `0${national.replace(/^0/, '')}`;
}

/** What somebody typed without the word before it, `Tél. : 01 99…`. */
export const numberTyped = (text: string): string => text.replace(LABEL, '').trim();

/**
 * The numbers that somebody may mean by what they typed, as they are dialled: `33 1 99` is one of
 * France whose sign was lost, or a piece of another. None where it is no number of so many digits:
 * `+33` is the start of all of them.
 */
export function numbersMeant(text: string, minDigits = 2): readonly string[] {
  const typed = numberTyped(text);
  if (!WRITTEN.test(typed)) return [];
  const digits = dialled(typed);
  if (digits.length < minDigits) return [];
  const abroad = /^(?:00)?33(?=[1-9])(\d+)$/.exec(digits)?.[1];
  const foreign = /^00([1-9]\d{3,})$/.exec(digits)?.[1];
  return [digits, ...(abroad ? [`0${abroad}`] : []), ...(foreign ? [foreign] : [])];
}

/**
 * The link that dials a number (RFC 3966), `''` for what is none. It ends where the number does: at a
 * slash, a letter or another number; what is a `poste` goes along as `;ext=`.
 */
export function telHref(value: string): string {
  const text = numberTyped(value.replace(/^\s*tel:/i, ''));
  // `01/99/00/00/42` is one number, `01 99 00 00 42 / 43` is two.
  const joined = /^\d{2}(?:\/\d{2}){4}$/.test(text) ? text.replaceAll('/', '') : text;
  const [, before = ''] = /^(\+?[\d\s.()\u00a0\u202f-]+)/.exec(joined) ?? [];
  const after = joined.slice(before.length);
  const isAbroad = before.startsWith('+');
  const digits = before.replace(/\(0\)/g, isAbroad ? '' : '0').replace(/\D/g, '');
  if (digits.length < DIGITS.min || digits.length > DIGITS.max) return '';
  const [, extension] = EXTENSION.exec(after) ?? [];
  if (!extension && /^\p{L}/u.test(after) && digits.length < WHOLE) return '';
  return `tel:${isAbroad ? '+' : ''}${digits}${extension ? `;ext=${extension}` : ''}`;
}
