/** Spreadsheets take these as the start of a formula, wherever the file came from (CWE-1236). */
const FORMULA = /^[=+\-@\t\r]/;
const BOM = '\uFEFF'; // without it, Excel reads UTF-8 as the machine's old code page

/** A file for spreadsheets (RFC 4180): every field quoted, none of them a formula. */
export function csv(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [columns, ...rows].map((row) => row.map(quoted).join(','));
  return `${BOM}${lines.join('\r\n')}\r\n`;
}

function quoted(text: string): string {
  const safe = FORMULA.test(text.trimStart()) ? `'${text}` : text;
  return `"${safe.replaceAll('"', '""')}"`;
}
