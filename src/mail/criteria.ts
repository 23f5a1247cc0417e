import { AppError } from '../base/errors';
import { type Attribute, textArgument } from '../imap';
import { isKeyword } from './labels';
import type { Criteria } from './types';

const MAX_TEXT_CHARS = 200;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const ATOM = (value: string): Attribute => ({ type: 'ATOM', value });
type Keys = readonly Attribute[];

/** IMAP search keys (RFC 9051 6.4.4) for criteria; `ALL` when there are none. */
export function searchKeys(criteria: Criteria): Keys {
  const keys: Attribute[] = [];
  const text = cleanText(criteria.text);
  if (text) keys.push(...textKeys(text, criteria.in ?? 'all'));
  for (const field of ['from', 'to', 'subject'] as const) {
    const value = cleanText(criteria[field]);
    if (value) keys.push(...(field === 'to' ? recipientKeys(value) : fieldKeys(field, value)));
  }
  keys.push(...flagKeys(criteria), ...dateKeys(criteria));
  if (criteria.hasAttachment === true) keys.push(...attachmentKeys());
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

/** OR takes two keys (RFC 9051 6.4.4): nested for more. */
function either(choices: readonly Keys[]): Keys {
  const [first, ...rest] = choices;
  if (!first) return [];
  return rest.length === 0 ? first : [ATOM('OR'), ...first, ...either(rest)];
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

/** `YYYY-MM-DD` as `1-Feb-2026`; throws `request/invalid` on anything else. */
function imapDate(date: string): string {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(date);
  const month = MONTHS[Number(match?.[2]) - 1];
  const day = Number(match?.[3]);
  const isReal = !Number.isNaN(Date.parse(date)) && day >= 1 && day <= 31;
  if (!match || !month || !isReal) {
    throw new AppError('request/invalid', { details: { field: 'date' } });
  }
  return `${day}-${month}-${match[1]}`;
}

/**
 * No key tells attachments. These are the top-level types that can hold one; what they match too
 * much (a mixed message with a text footer) is taken out by its structure, see `attachments.ts`.
 */
function attachmentKeys(): Keys {
  const types = [
    'multipart/mixed',
    'multipart/related',
    'multipart/signed',
    'application/',
    'image/',
    'audio/',
    'video/',
    'message/rfc822',
  ];
  return either(
    types.map((type): Keys => [ATOM('HEADER'), ATOM('Content-Type'), textArgument(type)]),
  );
}

/** A flag change alters what matches: the result is right for one modseq only. */
export const dependsOnFlags = ({ unseen, flagged, unanswered, label }: Criteria): boolean =>
  [unseen, flagged, unanswered, label].some((one) => one !== undefined);

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
  const { unseen, flagged, unanswered, hasAttachment, label, since, before } = criteria;
  const all = {
    ...texts,
    ...where,
    unseen,
    flagged,
    unanswered,
    label,
    since,
    before,
    hasAttachment: hasAttachment || undefined,
  };
  const given = Object.entries(all).filter(([, value]) => value !== undefined && value !== '');
  return given.length === 0 ? '' : JSON.stringify(given);
}

/** True when the server must open messages: such a search gets more time. */
export const readsBodies = ({ text, in: place, hasAttachment }: Criteria): boolean =>
  (cleanText(text) !== '' && (place ?? 'all') !== 'subject') || hasAttachment === true;
