/** Spreadsheets take these as the start of a formula, wherever the file came from (CWE-1236). */
const FORMULA = /^[=+\-@\t\r]/;
const BOM = '\uFEFF'; // without it, Excel reads UTF-8 as the machine's old code page

/** A file for spreadsheets (RFC 4180): every field quoted, none of them a formula. */
export const csv = (columns: readonly string[], rows: readonly (readonly string[])[]): string =>
  `${csvHead(columns)}${csvLines(rows)}`;

/** The beginning of such a file, for one that is written in parts. */
export const csvHead = (columns: readonly string[]): string => `${BOM}${csvLines([columns])}`;

/** Lines of such a file. */
export const csvLines = (rows: readonly (readonly string[])[]): string =>
  rows.map((row) => `${row.map(quoted).join(',')}\r\n`).join('');

function quoted(text: string): string {
  const safe = FORMULA.test(text.trimStart()) ? `'${text}` : text;
  return `"${safe.replaceAll('"', '""')}"`;
}
