import { FilterParser } from 'ldapts';

// Braces are not special in RFC 4515 3, but any octet may be escaped and these are: a login must
// never be able to form a placeholder (`{{login}}`, `{{username}}`) inside a filter.
const SPECIAL = new Set(['*', '(', ')', '\\', '\0', '{', '}']);

/** A value as it stands inside a filter (RFC 4515 3): every special character as `\hh`. */
export function escapeFilterValue(value: string): string {
  let escaped = '';
  for (const char of value) {
    escaped += SPECIAL.has(char) ? `\\${char.charCodeAt(0).toString(16).padStart(2, '0')}` : char;
  }
  return escaped;
}

/** A filter from its template: each `{{name}}` becomes the escaped value; unknown names stay. */
export function buildFilter(template: string, values: Readonly<Record<string, string>>): string {
  // A function, because `$&` and its kin in a plain replacement string would be expanded.
  return template.replace(/\{\{(\w+)\}\}/g, (placeholder, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    return value === undefined ? placeholder : escapeFilterValue(value);
  });
}

/** Whether a template becomes a filter that a directory can read (RFC 4515 3). */
export function isFilterTemplate(template: string): boolean {
  const text = template.replace(/\{\{\w+\}\}/g, 'x');
  // The parser closes a last open parenthesis by itself; a value writes its own as \28 and \29.
  if (text.split('(').length !== text.split(')').length) return false;
  try {
    FilterParser.parseString(text);
    return true;
  } catch {
    return false;
  }
}
