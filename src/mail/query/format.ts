import { tokenize } from './tokens';
import type { Query, Term } from './types';
import { formatSize } from './values';
import { isOr, operatorOf } from './words';

/** A word as a search is written with it: in quotation marks where it would be read otherwise. */
export function quoted(value: string, isPhrase = false): string {
  const bare = value
    .replace(/["“”«»]/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  const tokens = tokenize(bare);
  const [first] = tokens;
  const isWord =
    tokens.length === 1 &&
    first?.kind === 'word' &&
    !first.isNegated &&
    !isOr(bare) &&
    (first.key === undefined || operatorOf(first.key) === undefined);
  return isWord && !isPhrase ? bare : `"${bare}"`;
}

/** The words of a search that is read as the same search. */
export function formatQuery(query: Query, isInside = false): string {
  switch (query.kind) {
    case 'and': {
      const all = query.all.map((one) => formatQuery(one, true)).join(' ');
      return isInside ? `(${all})` : all;
    }
    case 'or': {
      const any = query.any.map((one) => formatQuery(one, true)).join(' OR ');
      return isInside ? `(${any})` : any;
    }
    case 'not': {
      const { none } = query;
      return none.kind === 'not' ? `-(${formatQuery(none, true)})` : `-${formatQuery(none, true)}`;
    }
    default:
      return formatTerm(query, isInside);
  }
}

function formatTerm(term: Term, isInside: boolean): string {
  switch (term.kind) {
    case 'text':
      return `${term.field === 'any' ? '' : `${term.field}:`}${quoted(term.value, term.isPhrase)}`;
    case 'state':
      return `is:${term.state}`;
    case 'attachment':
      return 'has:attachment';
    case 'size':
      return `${term.side}:${formatSize(term.bytes)}`;
    case 'label':
      return `label:${quoted(term.name)}`;
    case 'date':
      return formatDate(term, isInside);
  }
}

function formatDate({ from, until }: Term & { kind: 'date' }, isInside: boolean): string {
  if (from === undefined) return `before:${until ?? ''}`;
  if (until === undefined) return `after:${from}`;
  const day = new Date(Date.parse(from) + 86_400_000).toISOString().slice(0, 10);
  if (day === until) return `on:${from}`;
  const both = `after:${from} before:${until}`;
  return isInside ? `(${both})` : both;
}
