import { createHash } from 'node:crypto';
import {
  asVersion,
  CardError,
  type Contact,
  readCard,
  splitCards,
  versionOf,
  writeCard,
} from '../card';
import type { FileFormat } from './decode';
import type { FaultyLine, LineFault } from './fault';
import type { Field } from './fields';
import { contactOfRecord, readLdif } from './ldif';
import { contactOfRow } from './rows';
import { readTable } from './table';

/** A card that is ready for a book. */
export interface PreparedCard {
  readonly line: number;
  readonly uri: string;
  readonly text: string;
}

export type Prepared = PreparedCard | FaultyLine;

/** What a file holds, one by one, in its order: nothing is read before it is asked for, but for lists. */
export function* prepare(
  content: string,
  format: FileFormat,
  columns: readonly (Field | '')[],
): Generator<Prepared> {
  if (format === 'vcard') yield* ofCards(content);
  else if (format === 'ldif') {
    for (const record of readLdif(content)) yield ofContact(record.line, contactOfRecord(record));
  } else {
    const { rows, faults } = readTable(content);
    const left = [...faults];
    for (const { line, cells } of rows) {
      while (left[0] && left[0].line < line) yield left.shift() as FaultyLine;
      yield ofContact(line, contactOfRow(columns, cells));
    }
    yield* left;
  }
}

function* ofCards(content: string): Generator<Prepared> {
  for (const { line, text } of splitCards(content)) {
    try {
      yield ready(line, text);
    } catch (error) {
      if (!(error instanceof CardError)) throw error;
      yield { line: line + error.line - 1, reason: error.reason };
    }
  }
}

function ready(line: number, text: string): Prepared {
  const known = versionOf(text) === '2.1' ? asVersion(text, '3.0') : text;
  const contact = readCard(known);
  if (contact.name === '') return { line, reason: 'no-name' };
  const uid = contact.uid || uidOf(text);
  // What it holds stands as it is: only what is missing is added.
  const isWhole = contact.uid !== '';
  return { line, uri: uriOf(uid), text: isWhole ? known : writeCard({ ...contact, uid }, known) };
}

function ofContact(line: number, contact: Contact | LineFault): Prepared {
  if (typeof contact === 'string') return { line, reason: contact };
  const uid = uidOf(writeCard(contact));
  return { line, uri: uriOf(uid), text: writeCard({ ...contact, uid }) };
}

/** The same for the same words, so that a file brought in twice makes nobody twice. */
function uidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
  ];
  return `urn:uuid:${[...parts, hex.slice(20, 32)].join('-')}`;
}

const uriOf = (uid: string): string =>
  `${createHash('sha256').update(uid).digest('hex').slice(0, 40)}.vcf`;
