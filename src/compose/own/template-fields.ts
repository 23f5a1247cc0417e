import type { Address } from '../../mail/types';

/** What fields of a template stand for: of the message they are put into. */
export interface FieldValues {
  readonly recipient: Address | undefined;
  readonly sender: string;
  /** In words, by the site's clock. */
  readonly date: string;
  readonly subject: string;
}

type FieldName = 'first' | 'last' | 'recipient' | 'date' | 'sender' | 'subject';

/** Names in French and in English, without accents. */
const NAMES: Readonly<Record<string, FieldName>> = {
  prenom: 'first',
  'first name': 'first',
  nom: 'last',
  'last name': 'last',
  destinataire: 'recipient',
  recipient: 'recipient',
  date: 'date',
  moi: 'sender',
  me: 'sender',
  objet: 'subject',
  subject: 'subject',
};

/**
 * First and last name of what a directory calls somebody: « Odile Tramontane », « TRAMONTANE Odile
 * (DSI) », « Tramontane, Odile ».
 */
export function namesOf(name: string): { readonly first: string; readonly last: string } {
  const plain = name.replace(/\([^)]*\)|"/g, ' ').trim();
  const [before = '', after] = plain.split(',', 2).map((part) => part.trim());
  if (after) return { first: after, last: before };
  const words = plain.split(/\s+/).filter(Boolean);
  const isCapital = (word: string): boolean =>
    word.length > 1 && word === word.toUpperCase() && /\p{L}/u.test(word);
  const capitals = words.filter(isCapital);
  const others = words.filter((word) => !isCapital(word));
  return capitals.length > 0 && others.length > 0
    ? { first: others.join(' '), last: capitals.join(' ') }
    : { first: words[0] ?? '', last: words.slice(1).join(' ') };
}

/**
 * A text with its `{{fields}}` filled. One that is unknown, or for which there is nothing yet, stays
 * as it is written: its author sees it and fills it.
 */
export function filledText(
  text: string,
  values: FieldValues,
  written: (value: string) => string = (value) => value,
): string {
  const name = values.recipient?.name ?? '';
  const { first, last } = namesOf(name);
  const known: Readonly<Record<FieldName, string>> = {
    first,
    last,
    recipient: name || (values.recipient?.mail ?? ''),
    date: values.date,
    sender: values.sender,
    subject: values.subject,
  };
  return text.replace(/\{\{([^{}]{1,40})\}\}/g, (whole, asked: string) => {
    const plain = asked.normalize('NFD').replace(/\p{M}+/gu, '');
    const field = NAMES[plain.trim().toLowerCase().replace(/\s+/g, ' ')];
    const value = field === undefined ? '' : known[field];
    return value === '' ? whole : written(value);
  });
}
