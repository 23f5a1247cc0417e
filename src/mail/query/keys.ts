import { AppError } from '../../base/errors';
import { type Attribute, textArgument } from '../../imap';
import { isKeyword } from '../labels';
import type { Query, State, TextField } from './types';

type Keys = readonly Attribute[];

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const ATOM = (value: string): Attribute => ({ type: 'ATOM', value });
/** Nothing matches it: a message has a uid, and no two uids. */
const NOTHING: Keys = [ATOM('NOT'), ATOM('ALL')];

const STATE_KEYS: Readonly<Record<State, string>> = {
  unread: 'UNSEEN',
  read: 'SEEN',
  flagged: 'FLAGGED',
  unflagged: 'UNFLAGGED',
  answered: 'ANSWERED',
  unanswered: 'UNANSWERED',
};

/** OR takes two keys (RFC 9051 6.4.4): nested for more; several keys of one choice in brackets. */
export function either(choices: readonly Keys[]): Keys {
  const [first, ...rest] = choices.map(grouped);
  if (!first) return [];
  return rest.length === 0 ? first : [ATOM('OR'), ...first, ...either(rest)];
}

/** How many keys a list of arguments holds cannot be seen: a group is one. */
const grouped = (keys: Keys): Keys => (isOneKey(keys) ? keys : [[...keys]]);
const nameOf = (key: Attribute | undefined): string =>
  key && 'type' in key && key.type === 'ATOM' ? key.value : '';
const ARGUMENTS: Readonly<Record<string, number>> = {
  HEADER: 2,
  ...Object.fromEntries(
    [
      ...['FROM', 'TO', 'CC', 'SUBJECT', 'BODY', 'LARGER', 'SMALLER', 'KEYWORD'],
      ...['SENTSINCE', 'SENTBEFORE'],
    ].map((name) => [name, 1]),
  ),
};

function isOneKey(keys: Keys): boolean {
  if (keys.length === 1) return true;
  const name = nameOf(keys[0]);
  // What begins with OR is one key by its making, however long.
  if (name === 'OR') return true;
  if (name === 'NOT' || name === 'FUZZY') return isOneKey(keys.slice(1));
  return keys.length === 1 + (ARGUMENTS[name] ?? 0);
}

/** How a search is asked of a server. */
export interface KeyOptions {
  /** The server has an index of words (RFC 6203): bodies are asked of it. */
  readonly isFuzzy?: boolean;
}

/** IMAP search keys (RFC 9051 6.4.4) of a search. */
export function queryKeys(query: Query, options: KeyOptions = {}): Keys {
  switch (query.kind) {
    case 'and':
      return query.all.flatMap((one) => queryKeys(one, options));
    case 'or':
      return either(query.any.map((one) => queryKeys(one, options)));
    case 'not':
      return [ATOM('NOT'), ...grouped(queryKeys(query.none, options))];
    case 'text':
      return textKeys(query.field, query.value, options.isFuzzy === true && !query.isPhrase);
    case 'state':
      return [ATOM(STATE_KEYS[query.state])];
    case 'attachment':
      return attachmentKeys();
    case 'size':
      return [
        ATOM(query.side.toUpperCase()),
        { type: 'NUMBER', value: String(Math.trunc(Number(query.bytes))) },
      ];
    case 'label':
      // A name without a keyword is no label of this agent: no message has it.
      return query.keyword !== undefined && isKeyword(query.keyword)
        ? [ATOM('KEYWORD'), ATOM(query.keyword)]
        : NOTHING;
    case 'date':
      return [
        ...(query.from === undefined ? [] : [ATOM('SENTSINCE'), ATOM(imapDate(query.from))]),
        ...(query.until === undefined ? [] : [ATOM('SENTBEFORE'), ATOM(imapDate(query.until))]),
      ];
  }
}

function textKeys(field: TextField, value: string, isFuzzy: boolean): Keys {
  const key = (name: string): Keys => [ATOM(name), textArgument(value)];
  const body = isFuzzy ? [ATOM('FUZZY'), ...key('BODY')] : key('BODY');
  switch (field) {
    case 'any':
      return either([key('SUBJECT'), key('FROM'), key('TO'), key('CC'), body]);
    case 'to':
      return either([key('TO'), key('CC')]);
    case 'body':
      return body;
    case 'from':
    case 'cc':
    case 'subject':
      return key(field.toUpperCase());
  }
}

/** `YYYY-MM-DD` as `1-Feb-2026`; throws `request/invalid` on anything else. */
export function imapDate(date: string): string {
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
export const attachmentKeys = (): Keys =>
  either(
    [
      'multipart/mixed',
      'multipart/related',
      'multipart/signed',
      'application/',
      'image/',
      'audio/',
      'video/',
      'message/rfc822',
    ].map((type): Keys => [ATOM('HEADER'), ATOM('Content-Type'), textArgument(type)]),
  );
