import { createHash } from 'node:crypto';
import {
  asVersion,
  type CardChunk,
  CardError,
  createCardSplitter,
  readCard,
  versionOf,
  writeCard,
} from '../card';
import { uuidOf } from '../card/uuid';
import type { FileFormat } from './decode';
import type { FaultyLine, LineFault, Remark } from './fault';
import type { ListShape } from './fields';
import { contactOfRecord, createLdifReader } from './ldif';
import { contactOfRow, type RowContact } from './rows';
import { createTableReader } from './table';

/** A card that is ready for a book. */
export interface PreparedCard {
  readonly line: number;
  readonly uri: string;
  readonly text: string;
  /** What of it was left out, or guessed. */
  readonly remarks?: readonly Remark[];
}

export type Prepared = PreparedCard | FaultyLine;

/** What a file holds, in its order, while its text comes in pieces. */
export interface Preparation {
  push(piece: string): Generator<Prepared>;
  end(): Generator<Prepared>;
}

/** Holds one card or row at a time, and no card of more than `maxChars`. */
export function createPreparation(
  format: FileFormat,
  { columns, isHeaded }: ListShape,
  maxChars: number,
): Preparation {
  switch (format) {
    case 'vcard':
      return mapped(createCardSplitter(maxChars), ofChunk);
    case 'ldif':
      return mapped(createLdifReader(maxChars), (record) =>
        ofContact(record.line, contactOfRecord(record)),
      );
    case 'csv':
      return mapped(createTableReader(isHeaded), (row) =>
        'cells' in row ? ofContact(row.line, contactOfRow(columns, row.cells)) : row,
      );
  }
}

function mapped<T>(
  reader: { push(piece: string): Generator<T>; end(): Generator<T> },
  of: (read: T) => Prepared,
): Preparation {
  return {
    *push(piece) {
      for (const read of reader.push(piece)) yield of(read);
    },
    *end() {
      for (const read of reader.end()) yield of(read);
    },
  };
}

function ofChunk({ line, text, isTooLarge }: CardChunk): Prepared {
  if (isTooLarge) return { line, reason: 'too-large' };
  try {
    return ready(line, text);
  } catch (error) {
    if (!(error instanceof CardError)) throw error;
    return { line: line + error.line - 1, reason: error.reason };
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

function ofContact(line: number, read: RowContact | LineFault): Prepared {
  if (typeof read === 'string') return { line, reason: read };
  const { contact, remarks } = read;
  const uid = uidOf(writeCard(contact));
  return { line, uri: uriOf(uid), text: writeCard({ ...contact, uid }), remarks };
}

/** The same for the same words, so that a file brought in twice makes nobody twice. */
const uidOf = (text: string): string => `urn:uuid:${uuidOf(text)}`;

const uriOf = (uid: string): string =>
  `${createHash('sha256').update(uid).digest('hex').slice(0, 40)}.vcf`;
