/** A piece of a search: a bracket, or a word with what stands before its colon. */
export type Token =
  | { readonly kind: 'open'; readonly raw: string }
  | { readonly kind: 'close'; readonly raw: string }
  | {
      readonly kind: 'word';
      /** As it was typed. */
      readonly raw: string;
      readonly isNegated: boolean;
      /** What stands before the colon. */
      readonly key: string | undefined;
      readonly value: string;
      readonly isPhrase: boolean;
      /** A quotation mark that is never closed. */
      readonly isOpen: boolean;
    };

/** Opening quotation marks, and what closes each. */
const QUOTES: Readonly<Record<string, string>> = { '"': '"', '«': '»', '“': '”' };
const SPACE = /[\s\p{Cc}\p{Cf}]/u;
const KEY = /^[\p{L}\p{M}]+(?:-[\p{L}\p{M}]+)?$/u;

/** Splits a search at its spaces, outside quotation marks. One pass, whatever is typed. */
export function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const sign = text[at] ?? '';
    if (SPACE.test(sign)) at++;
    else if (sign === '(' || (sign === '-' && text[at + 1] === '(')) {
      const raw = sign === '(' ? '(' : '-(';
      tokens.push({ kind: 'open', raw });
      at += raw.length;
    } else if (sign === ')') {
      tokens.push({ kind: 'close', raw: ')' });
      at++;
    } else {
      const { token, end } = readWord(text, at);
      tokens.push(token);
      at = end;
    }
  }
  return tokens;
}

interface Read {
  readonly token: Token;
  readonly end: number;
}

function readWord(text: string, start: number): Read {
  // A lone dash is punctuation: « budget - 2026 ».
  const isNegated = text[start] === '-' && !SPACE.test(text[start + 1] ?? ' ');
  let at = isNegated ? start + 1 : start;
  const from = at;
  while (at < text.length && !isEnd(text[at] ?? '') && text[at] !== ':') at++;
  const key = text[at] === ':' && KEY.test(text.slice(from, at)) ? text.slice(from, at) : undefined;
  if (key !== undefined) at++;
  else at = from;
  const value = readValue(text, at);
  const token: Token = {
    kind: 'word',
    raw: text.slice(start, value.end),
    isNegated,
    key,
    value: value.text,
    isPhrase: value.isPhrase,
    isOpen: value.isOpen,
  };
  return { token, end: value.end };
}

const isEnd = (sign: string): boolean =>
  SPACE.test(sign) || sign === '(' || sign === ')' || QUOTES[sign] !== undefined;

function readValue(text: string, at: number) {
  const closing = QUOTES[text[at] ?? ''];
  if (closing !== undefined) {
    const end = text.indexOf(closing, at + 1);
    const isOpen = end < 0;
    const inner = text.slice(at + 1, isOpen ? text.length : end);
    return { text: tidy(inner), isPhrase: true, isOpen, end: isOpen ? text.length : end + 1 };
  }
  let end = at;
  // Brackets inside a word belong to it (`f(x)`): only those at its edges group.
  while (end < text.length && !SPACE.test(text[end] ?? '')) end++;
  while (end > at && text[end - 1] === ')' && !hasOpening(text.slice(at, end))) end--;
  return { text: text.slice(at, end), isPhrase: false, isOpen: false, end };
}

const hasOpening = (word: string): boolean => word.includes('(');

const tidy = (text: string): string => text.replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ').trim();
