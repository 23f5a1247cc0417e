import type { Query, Term } from './types';
import { plainWord } from './words';

/** Every term of a search, with whether it is asked for or asked against. */
export function termsOf(
  query: Query | undefined,
  isWanted = true,
): readonly { readonly term: Term; readonly isWanted: boolean }[] {
  if (!query) return [];
  switch (query.kind) {
    case 'and':
      return query.all.flatMap((one) => termsOf(one, isWanted));
    case 'or':
      return query.any.flatMap((one) => termsOf(one, isWanted));
    case 'not':
      return termsOf(query.none, !isWanted);
    default:
      return [{ term: query, isWanted }];
  }
}

/** The server has to open messages for it, which takes long without an index of words. */
export const asksBodies = (query: Query | undefined): boolean =>
  termsOf(query).some(
    ({ term }) => term.kind === 'text' && (term.field === 'any' || term.field === 'body'),
  );

/** A change of flags changes what matches. */
export const asksFlags = (query: Query | undefined): boolean =>
  termsOf(query).some(({ term }) => term.kind === 'state' || term.kind === 'label');

/** `has:attachment` that every message found must have: what only a structure can tell for sure. */
export const needsAttachment = (query: Query | undefined): boolean =>
  query?.kind === 'attachment' ||
  (query?.kind === 'and' && query.all.some(({ kind }) => kind === 'attachment'));

const MAX_WORDS = 12;

/** Words to point out in what was found: of text that was asked for, the longest first. */
export function wordsOf(query: Query | undefined): readonly string[] {
  const words = termsOf(query).flatMap(({ term, isWanted }) =>
    isWanted && term.kind === 'text' ? [term.value] : [],
  );
  return [...new Set(words)].sort((a, b) => b.length - a.length).slice(0, MAX_WORDS);
}

/** The search with its labels known by keyword; `keywordOf` of a plain name. */
export function withLabels(query: Query, keywordOf: (name: string) => string | undefined): Query {
  switch (query.kind) {
    case 'and':
      return { ...query, all: query.all.map((one) => withLabels(one, keywordOf)) };
    case 'or':
      return { ...query, any: query.any.map((one) => withLabels(one, keywordOf)) };
    case 'not':
      return { ...query, none: withLabels(query.none, keywordOf) };
    case 'label': {
      const keyword = keywordOf(plainWord(query.name));
      return keyword === undefined ? query : { ...query, keyword };
    }
    default:
      return query;
  }
}
