import type { Translate } from '../kernel/i18n-types';
import type { Quotable } from './bodies';

// A quote is there to be read; with the answer and its HTML it stays far below what a form may be.
const MAX_QUOTED_CHARS = 200_000;
const MAX_QUOTED_HTML_CHARS = 1_000_000;
// With room for the prefix below what a draft may have.
const MAX_SUBJECT_CHARS = 900;

/** An original as it can be quoted: beyond a size its beginning as text, with a note that says so. */
export function shortenQuote(
  { text, html }: Quotable,
  t: Translate,
): Quotable & { readonly isShortened: boolean } {
  const isLong =
    text.length > MAX_QUOTED_CHARS || (html !== undefined && html.length > MAX_QUOTED_HTML_CHARS);
  if (!isLong) return { text, html, isShortened: false };
  const start = text.slice(0, MAX_QUOTED_CHARS).replace(/[\uD800-\uDBFF]$/, '');
  return {
    text: `${start.trimEnd()}\n\n${t('compose.quote.shortened')}`,
    html: undefined,
    isShortened: true,
  };
}

/** A subject that an answer can have. */
export const shortenSubject = (subject: string): string =>
  subject.length <= MAX_SUBJECT_CHARS
    ? subject
    : `${subject.slice(0, MAX_SUBJECT_CHARS).replace(/[\uD800-\uDBFF]$/, '')}…`;
