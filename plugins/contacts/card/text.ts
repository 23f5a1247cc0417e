const FOLD_BYTES = 75; // RFC 6350 3.2, without the line break

/** A text value without its escapes (RFC 6350 3.4; `\,` and `\;` of RFC 2426 alike). */
export const unescaped = (value: string): string =>
  value.replace(/\\([\s\S])/g, (_, char: string) => (/n/i.test(char) ? '\n' : char));

/** A text as a value: line breaks, commas, semicolons and backslashes escaped; NUL left out. */
export const escaped = (text: string): string =>
  text
    .replaceAll('\0', '')
    .replace(/[\\;,]/g, '\\$&')
    .replace(/\r\n|\r|\n/g, '\\n');

/** Parts between separators that are not escaped, still escaped themselves. */
export function splitValue(value: string, separator: ';' | ','): string[] {
  const parts: string[] = [];
  let start = 0;
  for (let at = 0; at < value.length; at += 1) {
    if (value[at] === '\\') at += 1;
    else if (value[at] === separator) {
      parts.push(value.slice(start, at));
      start = at + 1;
    }
  }
  parts.push(value.slice(start));
  return parts;
}

/** A line in folds of 75 bytes, never inside a character, with its CRLF. */
export function foldLine(line: string): string {
  if (line.length * 3 <= FOLD_BYTES || Buffer.byteLength(line) <= FOLD_BYTES) return `${line}\r\n`;
  const folds: string[] = [];
  let fold: string[] = [];
  let bytes = 0;
  for (const char of line) {
    const size = Buffer.byteLength(char);
    if (bytes + size > FOLD_BYTES) {
      folds.push(fold.join(''));
      fold = [' '];
      bytes = 1;
    }
    fold.push(char);
    bytes += size;
  }
  folds.push(fold.join(''));
  return `${folds.join('\r\n')}\r\n`;
}
