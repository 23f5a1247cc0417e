/** A header field, decoded. */
export interface Field {
  readonly name: string;
  readonly value: string;
}

/** Fields that tell how to leave a list, and whether they can be believed. */
export const WANTED = [
  'List-Unsubscribe',
  'List-Unsubscribe-Post',
  'List-Id',
  'Authentication-Results',
  'DKIM-Signature',
] as const;

/** Values of a field, in the order of the message. */
export const valuesOf = (fields: readonly Field[], name: (typeof WANTED)[number]): string[] =>
  fields
    .filter((field) => field.name.toLowerCase() === name.toLowerCase())
    .map(({ value }) => value.trim());

/** A value without its comments: `pass (2048-bit key)` is `pass`. Comments may be nested (RFC 5322). */
export function withoutComments(value: string): string {
  let depth = 0;
  let isQuoted = false;
  let left = '';
  for (let index = 0; index < value.length; index += 1) {
    const char = value.charAt(index);
    if (char === '\\') {
      if (depth === 0) left += value.slice(index, index + 2);
      index += 1;
      continue;
    }
    if (char === '"' && depth === 0) isQuoted = !isQuoted;
    if (char === '(' && !isQuoted) depth += 1;
    if (depth === 0) left += char;
    if (char === ')' && !isQuoted && depth > 0) depth -= 1;
  }
  return left;
}
