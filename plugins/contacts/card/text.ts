const FOLD_BYTES = 75; // RFC 6350 3.2, without the line break

/** A text value without its escapes (RFC 6350 3.4; `\,` and `\;` of RFC 2426 alike). */
export const unescaped = (value: string): string =>
  value.replace(/\\([\s\S])/g, (_, char: string) => (/n/i.test(char) ? '\n' : char));

// Bidi controls: what is after them would be shown the other way round, in lists and books of others.
const TURNING = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
// Fillers and an empty pattern of Braille are letters that nobody sees.
const SEEN = /[^\p{C}\p{Z}\p{M}\u115f\u1160\u2800\u3164\uffa0]/u;

/** A text that stands as it is written, and turns nothing around it. */
export const unturned = (text: string): string => text.replace(TURNING, '');

/** Whether somebody who looks sees anything of a text. */
export const isSeen = (text: string): boolean => SEEN.test(text);

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
  const bytes = Buffer.from(line);
  const folds: string[] = [];
  // The space before a fold is one of its bytes.
  for (let from = 0; from < bytes.length; ) {
    const to = startOfCharacter(bytes, from + (from === 0 ? FOLD_BYTES : FOLD_BYTES - 1));
    folds.push(bytes.toString('utf8', from, to));
    from = to;
  }
  return `${folds.join('\r\n ')}\r\n`;
}

/** The last place at or before `at` where no character is cut: 10xxxxxx goes on with one (RFC 3629). */
function startOfCharacter(bytes: Buffer, at: number): number {
  if (at >= bytes.length) return bytes.length;
  let place = at;
  while (((bytes[place] as number) & 0xc0) === 0x80) place -= 1;
  return place;
}
