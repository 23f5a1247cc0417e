/** Parameters of one header field; honest mail uses a handful (threats 47). */
const MAX_PARAMETERS = 60;

/**
 * Parameters of a Content-Type or Content-Disposition value (RFC 2045 5.1), by name in lower case.
 * An unquoted value goes on to the next semicolon: several programs leave spaces unquoted.
 */
export function parseParameters(value: string): Readonly<Record<string, string>> {
  const found = new Map<string, string>();
  for (const text of splitParameters(value).slice(1, MAX_PARAMETERS + 1)) {
    const equals = text.indexOf('=');
    if (equals < 1) continue;
    const name = text.slice(0, equals).trim().toLowerCase();
    if (!found.has(name)) found.set(name, unquote(text.slice(equals + 1).trim()));
  }
  return Object.fromEntries(found);
}

/** Pieces between the semicolons that stand outside quotes. */
function splitParameters(value: string): readonly string[] {
  const pieces: string[] = [];
  let isQuoted = false;
  let start = 0;
  for (let index = 0; index < value.length; index++) {
    const char = value[index];
    if (char === '\\' && isQuoted) index++;
    else if (char === '"') isQuoted = !isQuoted;
    else if (char === ';' && !isQuoted) {
      pieces.push(value.slice(start, index));
      start = index + 1;
    }
  }
  pieces.push(value.slice(start));
  return pieces;
}

function unquote(text: string): string {
  if (!text.startsWith('"')) return text;
  const inner = text.length > 1 && text.endsWith('"') ? text.slice(1, -1) : text.slice(1);
  return inner.replace(/\\(.)/g, '$1');
}
