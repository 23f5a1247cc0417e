import { CsvError, parse } from 'csv-parse/sync';
import type { FaultyLine } from './fault';

export interface TableRow {
  /** Of the file, where the row begins; 1 for the first. */
  readonly line: number;
  readonly cells: readonly string[];
}

export interface Table {
  readonly headings: readonly string[];
  readonly rows: readonly TableRow[];
  readonly faults: readonly FaultyLine[];
}

const DELIMITERS = [',', ';', '\t'] as const;
const COLUMNS_MAX = 200;
/** Each begins a reading anew: a file of nothing else is not read to its end. */
const QUOTE_FAULTS_MAX = 100;

/**
 * A list of values with separators (RFC 4180), by the separator that its first line has most of;
 * rows of too many values, and what follows quotes that never end, are told by their line.
 */
export function readTable(text: string): Table {
  const plain = text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n');
  const first = plain.split('\n', 1)[0] ?? '';
  const count = (delimiter: string): number => first.split(delimiter).length;
  const delimiter = [...DELIMITERS].sort((a, b) => count(b) - count(a))[0] ?? ',';
  const faults: FaultyLine[] = [];
  const rows: TableRow[] = [];
  // One at a time, so that a row that cannot be read does not take the next with it.
  for (let [rest, line] = [plain, 1]; rest !== ''; ) {
    const batch = parseFrom(rest, delimiter);
    // Not spread: a call takes no hundred thousand arguments.
    for (const row of batch.rows) rows.push({ ...row, line: row.line + line - 1 });
    if (batch.faultLine === undefined) break;
    faults.push({ line: batch.faultLine + line - 1, reason: 'quotes' });
    if (faults.length === QUOTE_FAULTS_MAX) break;
    const skipped = afterLine(rest, batch.faultLine);
    rest = rest.slice(skipped);
    line += batch.faultLine;
  }
  const [head, ...body] = rows;
  const headings = (head?.cells ?? []).slice(0, COLUMNS_MAX).map((cell) => cell.trim());
  const isFit = ({ cells }: TableRow): boolean => cells.length <= Math.max(headings.length, 1);
  const isBlank = ({ cells }: TableRow): boolean => cells.every((cell) => cell.trim() === '');
  for (const row of body) if (!isFit(row)) faults.push({ line: row.line, reason: 'columns' });
  return {
    headings,
    rows: body.filter((row) => isFit(row) && !isBlank(row)),
    faults: faults.sort((a, b) => a.line - b.line),
  };
}

interface Batch {
  readonly rows: readonly TableRow[];
  /** Where reading ended before the end. */
  readonly faultLine?: number;
}

function parseFrom(text: string, delimiter: string): Batch {
  const rows: TableRow[] = [];
  let line = 1;
  try {
    parse(text, {
      delimiter,
      relax_column_count: true,
      skip_empty_lines: false,
      onRecord: (cells: string[], { lines }) => {
        rows.push({ line, cells });
        line = lines + 1;
        return null;
      },
    });
    return { rows };
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    return { rows, faultLine: line };
  }
}

/** Where the line after a line begins. */
function afterLine(text: string, line: number): number {
  let at = 0;
  for (let passed = 0; passed < line; passed += 1) {
    const next = text.indexOf('\n', at);
    if (next < 0) return text.length;
    at = next + 1;
  }
  return at;
}
