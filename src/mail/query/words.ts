import type { State, TextField } from './types';

/** What stands before a colon. */
export type Operator =
  | { readonly kind: 'text'; readonly field: TextField }
  | { readonly kind: 'before' | 'after' | 'on' | 'larger' | 'smaller' | 'label' | 'in' }
  | { readonly kind: 'is' | 'has' };

const text = (field: TextField): Operator => ({ kind: 'text', field });

/** English words and French ones; accents and capitals do not count. */
const OPERATORS: Readonly<Record<string, Operator>> = {
  from: text('from'),
  de: text('from'),
  to: text('to'),
  a: text('to'),
  pour: text('to'),
  cc: text('cc'),
  copie: text('cc'),
  subject: text('subject'),
  objet: text('subject'),
  sujet: text('subject'),
  body: text('body'),
  corps: text('body'),
  texte: text('body'),
  before: { kind: 'before' },
  avant: { kind: 'before' },
  after: { kind: 'after' },
  since: { kind: 'after' },
  apres: { kind: 'after' },
  depuis: { kind: 'after' },
  on: { kind: 'on' },
  le: { kind: 'on' },
  date: { kind: 'on' },
  larger: { kind: 'larger' },
  'plus-grand': { kind: 'larger' },
  'plus-gros': { kind: 'larger' },
  smaller: { kind: 'smaller' },
  'plus-petit': { kind: 'smaller' },
  label: { kind: 'label' },
  etiquette: { kind: 'label' },
  in: { kind: 'in' },
  dans: { kind: 'in' },
  is: { kind: 'is' },
  est: { kind: 'is' },
  has: { kind: 'has' },
  avec: { kind: 'has' },
};

const STATES: Readonly<Record<string, State>> = {
  unread: 'unread',
  'non-lu': 'unread',
  nonlu: 'unread',
  read: 'read',
  lu: 'read',
  flagged: 'flagged',
  starred: 'flagged',
  suivi: 'flagged',
  important: 'flagged',
  unflagged: 'unflagged',
  answered: 'answered',
  repondu: 'answered',
  unanswered: 'unanswered',
  'non-repondu': 'unanswered',
  'sans-reponse': 'unanswered',
};

const ATTACHMENT = new Set(['attachment', 'attachments', 'piece-jointe', 'pj', 'fichier', 'file']);

/** Without capitals and accents. */
export const plainWord = (word: string): string =>
  word
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase();

const own = <T>(table: Readonly<Record<string, T>>, word: string): T | undefined =>
  Object.hasOwn(table, plainWord(word)) ? table[plainWord(word)] : undefined;

/** What a word before a colon asks; nothing: it is a word like any other (`Re:`, `https:`). */
export const operatorOf = (word: string): Operator | undefined => own(OPERATORS, word);

export const stateOf = (word: string): State | undefined => own(STATES, word);

export const isAttachmentWord = (word: string): boolean => ATTACHMENT.has(plainWord(word));

/** The word that `or` is written with, in capitals: in a sentence it is a word. */
export const isOr = (word: string): boolean => word === 'OR' || word === 'OU';
