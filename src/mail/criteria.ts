import { type Attribute, textArgument } from '../imap';
import { isKeyword } from './labels';
import { asksBodies, asksFlags, either, type KeyOptions, queryKeys } from './query';
import { attachmentKeys, imapDate } from './query/keys';
import type { Criteria } from './types';

const MAX_TEXT_CHARS = 200;
const MAX_MINE = 20; // two keys each

const ATOM = (value: string): Attribute => ({ type: 'ATOM', value });
type Keys = readonly Attribute[];

/** IMAP search keys (RFC 9051 6.4.4) for criteria; `ALL` when there are none. */
export function searchKeys(criteria: Criteria, options: KeyOptions = {}): Keys {
  const keys: Attribute[] = [];
  const text = cleanText(criteria.text);
  if (text) keys.push(...textKeys(text, criteria.in ?? 'all'));
  for (const field of ['from', 'to', 'subject'] as const) {
    const value = cleanText(criteria[field]);
    if (value) keys.push(...(field === 'to' ? recipientKeys(value) : fieldKeys(field, value)));
  }
  keys.push(...flagKeys(criteria), ...dateKeys(criteria));
  if (criteria.mine !== undefined)
    keys.push(...either(criteria.mine.slice(0, MAX_MINE).map(recipientKeys)));
  if (criteria.hasAttachment === true) keys.push(...attachmentKeys());
  if (criteria.query) keys.push(...queryKeys(criteria.query, options));
  return keys.length > 0 ? keys : [ATOM('ALL')];
}

const cleanText = (value: string | undefined): string =>
  (value ?? '')
    .replace(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, MAX_TEXT_CHARS);

const fieldKeys = (field: 'from' | 'subject' | 'body', value: string): Keys => [
  ATOM(field.toUpperCase()),
  textArgument(value),
];

const recipientKeys = (value: string): Keys =>
  either([
    [ATOM('TO'), textArgument(value)],
    [ATOM('CC'), textArgument(value)],
  ]);

function textKeys(text: string, place: NonNullable<Criteria['in']>): Keys {
  switch (place) {
    case 'subject':
    case 'from':
    case 'body':
      return fieldKeys(place, text);
    case 'to':
      return recipientKeys(text);
    case 'all':
      // Not TEXT, which also matches routing headers nobody sees.
      return either([
        fieldKeys('subject', text),
        fieldKeys('from', text),
        recipientKeys(text),
        fieldKeys('body', text),
      ]);
  }
}

function flagKeys(criteria: Criteria): Keys {
  const keys: Attribute[] = [];
  if (criteria.unseen === true) keys.push(ATOM('UNSEEN'));
  if (criteria.unseen === false) keys.push(ATOM('SEEN'));
  if (criteria.flagged === true) keys.push(ATOM('FLAGGED'));
  if (criteria.flagged === false) keys.push(ATOM('UNFLAGGED'));
  if (criteria.unanswered === true) keys.push(ATOM('UNANSWERED'));
  if (criteria.unanswered === false) keys.push(ATOM('ANSWERED'));
  // Anything but an atom would be another command.
  if (criteria.label !== undefined && isKeyword(criteria.label))
    keys.push(ATOM('KEYWORD'), ATOM(criteria.label));
  return keys;
}

/** By the Date header, which is what the list shows; the server ignores its time and zone. */
function dateKeys({ since, before }: Criteria): Keys {
  const keys: Attribute[] = [];
  if (since) keys.push(ATOM('SENTSINCE'), ATOM(imapDate(since)));
  if (before) keys.push(ATOM('SENTBEFORE'), ATOM(imapDate(before)));
  return keys;
}

/** A flag change alters what matches: the result is right for one modseq only. */
export const dependsOnFlags = ({ unseen, flagged, unanswered, label, query }: Criteria): boolean =>
  [unseen, flagged, unanswered, label].some((one) => one !== undefined) || asksFlags(query);

export const isEmptyCriteria = (criteria: Criteria): boolean => criteriaKey(criteria) === '';

/** The same text for the same search; '' for none. */
export function criteriaKey(criteria: Criteria): string {
  const { text, in: place, from, to, subject } = criteria;
  const texts = {
    text: cleanText(text),
    from: cleanText(from),
    to: cleanText(to),
    subject: cleanText(subject),
  };
  const where = texts.text ? { in: place ?? 'all' } : {};
  const { unseen, flagged, unanswered, hasAttachment, label, mine, since, before, query } =
    criteria;
  const all = {
    ...texts,
    ...where,
    unseen,
    flagged,
    unanswered,
    label,
    mine,
    since,
    before,
    hasAttachment: hasAttachment || undefined,
    query,
  };
  const given = Object.entries(all).filter(([, value]) => value !== undefined && value !== '');
  return given.length === 0 ? '' : JSON.stringify(given);
}

/** True when the server must open messages: such a search gets more time. */
export const readsBodies = ({ text, in: place, hasAttachment, query }: Criteria): boolean =>
  (cleanText(text) !== '' && (place ?? 'all') !== 'subject') ||
  hasAttachment === true ||
  asksBodies(query);
