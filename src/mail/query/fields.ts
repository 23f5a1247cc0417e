import { formatQuery, quoted } from './format';
import type { Parsed, Query, State, Term } from './types';
import { formatSize } from './values';

/** The form that writes a search: what it has no field for stands in `words`. */
export interface QueryFields {
  readonly words: string;
  readonly phrase: string;
  readonly without: string;
  readonly from: string;
  readonly to: string;
  readonly cc: string;
  readonly subject: string;
  readonly body: string;
  readonly label: string;
  readonly place: string;
  readonly state: State | '';
  readonly flagged: boolean;
  readonly attachment: boolean;
  readonly after: string;
  readonly before: string;
  readonly on: string;
  readonly larger: string;
  readonly smaller: string;
}

export const NO_FIELDS: QueryFields = {
  words: '',
  phrase: '',
  without: '',
  from: '',
  to: '',
  cc: '',
  subject: '',
  body: '',
  label: '',
  place: '',
  state: '',
  flagged: false,
  attachment: false,
  after: '',
  before: '',
  on: '',
  larger: '',
  smaller: '',
};

/** The words that a filled form writes. */
export function writeQuery(fields: QueryFields): string {
  const one = (key: string, value: string): string =>
    value.trim() === '' ? '' : `${key}:${quoted(value)}`;
  return [
    fields.words.trim(),
    fields.phrase.trim() === '' ? '' : quoted(fields.phrase, true),
    one('from', fields.from),
    one('to', fields.to),
    one('cc', fields.cc),
    one('subject', fields.subject),
    one('body', fields.body),
    ...fields.without
      .split(/\s+/)
      .filter((word) => word !== '')
      .map((word) => `-${quoted(word)}`),
    fields.attachment ? 'has:attachment' : '',
    fields.state === '' ? '' : `is:${fields.state}`,
    fields.flagged ? 'is:flagged' : '',
    one('label', fields.label),
    one('after', fields.after),
    one('before', fields.before),
    one('on', fields.on),
    one('larger', fields.larger),
    one('smaller', fields.smaller),
    one('in', fields.place),
  ]
    .filter((part) => part !== '')
    .join(' ');
}

type Filled = { -readonly [K in keyof QueryFields]: QueryFields[K] };

/** The form as a search fills it. */
export function readFields({ query, places, notPlaces }: Parsed): QueryFields {
  const fields: Filled = { ...NO_FIELDS };
  const words: string[] = [];
  const all: readonly Query[] = query?.kind === 'and' ? query.all : query ? [query] : [];
  for (const one of all) {
    if (!fill(fields, one)) words.push(formatQuery(one, all.length > 1));
  }
  const [place, ...others] = places;
  fields.place = place ?? '';
  words.push(...others.map((name) => `in:${quoted(name)}`));
  words.push(...notPlaces.map((name) => `-in:${quoted(name)}`));
  fields.words = words.join(' ');
  return fields;
}

/** Puts a term in its field; false where there is none, or where it is taken. */
function fill(fields: Filled, one: Query): boolean {
  if (one.kind === 'not') return fillWithout(fields, one.none);
  if (one.kind === 'and' || one.kind === 'or') return false;
  return fillTerm(fields, one);
}

function fillWithout(fields: Filled, none: Query): boolean {
  if (none.kind !== 'text' || none.field !== 'any' || none.isPhrase) return false;
  if (/\s/.test(none.value)) return false;
  fields.without = `${fields.without} ${none.value}`.trim();
  return true;
}

function fillTerm(fields: Filled, term: Term): boolean {
  const put = <K extends keyof QueryFields>(key: K, value: QueryFields[K]): boolean => {
    if (fields[key] !== NO_FIELDS[key]) return false;
    Object.assign(fields, { [key]: value });
    return true;
  };
  switch (term.kind) {
    case 'text':
      if (term.field === 'any') return term.isPhrase && put('phrase', term.value);
      return (!term.isPhrase || /\s/.test(term.value)) && put(term.field, term.value);
    case 'state':
      if (term.state === 'flagged') return put('flagged', true);
      return put('state', term.state);
    case 'attachment':
      return put('attachment', true);
    case 'size':
      return put(term.side, formatSize(term.bytes));
    case 'label':
      return put('label', term.name);
    case 'date': {
      const { from, until } = term;
      if (from === undefined) return put('before', until ?? '');
      if (until === undefined) return put('after', from);
      const day = formatQuery(term);
      return day.startsWith('on:') && put('on', from);
    }
  }
}
