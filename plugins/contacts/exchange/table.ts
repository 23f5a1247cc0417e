import { CsvError, parse } from 'csv-parse/sync';
import type { FaultyLine } from './fault';

export interface TableRow {
  /** Of the file, where the row begins; 1 for the first. */
  readonly line: number;
  readonly cells: readonly string[];
}

/** Rows of a list that comes in pieces, and the lines of those that cannot be read, in their order. */
export interface TableReader {
  push(piece: string): Generator<TableRow | FaultyLine>;
  end(): Generator<TableRow | FaultyLine>;
  /** Of the columns, from the first row on, whatever that is; none before. */
  readonly headings: readonly string[];
}

const DELIMITERS = [',', ';', '\t'] as const;
const COLUMNS_MAX = 200;
/** Each begins a reading anew: a file of nothing else is not read to its end. */
const QUOTE_FAULTS_MAX = 1_000;
/** Quotes that are open for longer than this were never meant to be closed. */
const ROW_CHARS = 262_144;

/**
 * A list of values with separators (RFC 4180), by the separator that its first line has most of;
 * rows of too many values, and what follows quotes that never end, are told by their line. Without
 * headings the first row is one like the others. No more than one row is held beside the piece.
 */
export function createTableReader(isHeaded = true): TableReader {
  let held = '';
  let line = 1;
  let delimiter: string | undefined;
  let headings: readonly string[] | undefined;
  let quoteFaults = 0;
  /** Inside a line that is too long to be held. */
  let isSkipping = false;

  function* taken(row: TableRow): Generator<TableRow | FaultyLine> {
    if (!headings) {
      if (row.cells.every((cell) => cell.trim() === '')) return;
      headings = row.cells.slice(0, COLUMNS_MAX).map((cell) => cell.trim());
      if (!isHeaded) yield { ...row, cells: row.cells.slice(0, COLUMNS_MAX) };
    } else if (row.cells.length > Math.max(headings.length, 1)) {
      yield { line: row.line, reason: 'columns' };
    } else if (row.cells.some((cell) => cell.trim() !== '')) yield row;
  }
  /** Reads the whole rows of what is held; the last one may go on in the next piece. */
  function* read(isLast: boolean): Generator<TableRow | FaultyLine> {
    const whole = isLast ? held.length : held.lastIndexOf('\n') + 1;
    let text = held.slice(0, whole);
    let rest = held.slice(whole);
    if (delimiter === undefined) {
      const start = startOf(text);
      text = text.slice(start.chars);
      line += start.lines;
      delimiter = start.delimiter;
    }
    while (text !== '' && delimiter !== undefined) {
      const { rows, lines, fault } = parseFrom(text, delimiter);
      for (const row of rows) yield* taken({ ...row, line: row.line + line - 1 });
      line += lines;
      if (fault === undefined) break;
      text = text.slice(afterLine(text, lines));
      const mayEnd = fault === 'open' && !isLast && text.length + rest.length < ROW_CHARS;
      if (mayEnd) {
        rest = text + rest;
        break;
      }
      yield { line, reason: 'quotes' };
      quoteFaults += 1;
      // One at a time, so that a row that cannot be read does not take the next with it.
      text = quoteFaults < QUOTE_FAULTS_MAX ? text.slice(afterLine(text, 1)) : '';
      line += 1;
    }
    held = rest;
  }
  function unskipped(piece: string): string {
    if (!isSkipping) return piece;
    const next = piece.indexOf('\n');
    if (next < 0) return '';
    isSkipping = false;
    line += 1;
    return piece.slice(next + 1);
  }
  return {
    get headings() {
      return headings ?? [];
    },
    *push(piece) {
      if (quoteFaults >= QUOTE_FAULTS_MAX) return;
      const text =
        held + unskipped(held === '' && line === 1 ? piece.replace(/^\uFEFF/, '') : piece);
      // A line break of two characters may be cut between them.
      const isCut = text.endsWith('\r');
      held = (isCut ? text.slice(0, -1) : text).replace(/\r\n?/g, '\n');
      yield* read(false);
      if (isCut) held += '\r';
      if (held.length <= ROW_CHARS) return;
      yield { line, reason: 'too-large' };
      held = '';
      isSkipping = true;
    },
    *end() {
      held = held.replace(/\r$/, '\n');
      yield* read(true);
    },
  };
}

/** What stands before the headings, lines that are empty or the `sep=;` of Excel, and what separates. */
function startOf(text: string): {
  readonly chars: number;
  readonly lines: number;
  readonly delimiter: string | undefined;
} {
  let chars = 0;
  for (let lines = 0; chars < text.length; lines += 1) {
    const next = text.indexOf('\n', chars);
    const end = next < 0 ? text.length : next;
    const first = text.slice(chars, end);
    const [, told] = /^"?sep=(.)"?$/i.exec(first) ?? [];
    if (told === undefined && /[^\s,;"]/.test(first)) {
      return { chars, lines, delimiter: delimiterOf(first) };
    }
    chars = Math.min(end + 1, text.length);
    if (told !== undefined) return { chars, lines: lines + 1, delimiter: told };
  }
  return { chars, lines: text.split('\n').length - 1, delimiter: undefined };
}

function delimiterOf(first: string): string {
  const count = (delimiter: string): number => first.split(delimiter).length;
  return [...DELIMITERS].sort((a, b) => count(b) - count(a))[0] ?? ',';
}

interface Batch {
  readonly rows: readonly TableRow[];
  /** Of what was read, before the fault. */
  readonly lines: number;
  /** `open`: quotes are not closed at the end. */
  readonly fault?: 'open' | 'quotes';
}

function parseFrom(text: string, delimiter: string): Batch {
  const rows: TableRow[] = [];
  let read = 0;
  try {
    parse(text, {
      delimiter,
      relax_column_count: true,
      skip_empty_lines: false,
      onRecord: (cells: string[], { lines }) => {
        rows.push({ line: read + 1, cells });
        read = lines;
        return null;
      },
    });
    return { rows, lines: read };
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const fault = error.code === 'CSV_QUOTE_NOT_CLOSED' ? 'open' : 'quotes';
    return { rows, lines: read, fault };
  }
}

/** Where the line after so many lines begins. */
function afterLine(text: string, lines: number): number {
  let at = 0;
  for (let passed = 0; passed < lines; passed += 1) {
    const next = text.indexOf('\n', at);
    if (next < 0) return text.length;
    at = next + 1;
  }
  return at;
}
