import { cleanLine } from './clean-text';

/** One line of a vCard or an iCalendar file: `DTSTART;TZID=…:20260302T090000` (RFC 6350, 5545). */
export interface ContentLine {
  readonly name: string;
  readonly value: string;
}

const MAX_LINES = 2_000;
const MAX_VALUE_CHARS = 1_000;

/** Lines unfolded and unescaped for people, groups and parameters left out. */
export function contentLines(text: string): readonly ContentLine[] {
  const lines = text.replace(/\r?\n[ \t]/g, '').split(/\r?\n/, MAX_LINES);
  return lines.flatMap((line) => {
    const at = valueStart(line);
    if (at < 0) return [];
    const name = (line.slice(0, at).split(';', 1)[0] ?? '').replace(/^[^.]{1,50}\./, '');
    const value = line
      .slice(at + 1, at + 1 + MAX_VALUE_CHARS)
      .replace(/\\n/gi, ' ')
      .replace(/\\([\\,;:])/g, '$1');
    return [{ name: name.trim().toUpperCase(), value: cleanLine(value) }];
  });
}

/** The colon behind the parameters; those in quotes are theirs. */
function valueStart(line: string): number {
  let isQuoted = false;
  for (let at = 0; at < Math.min(line.length, 2_000); at += 1) {
    const char = line.charAt(at);
    if (char === '"') isQuoted = !isQuoted;
    else if (char === ':' && !isQuoted) return at;
  }
  return -1;
}
