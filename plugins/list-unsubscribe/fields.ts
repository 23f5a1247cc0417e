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
  const kept: string[] = [];
  let start = 0;
  let depth = 0;
  let isQuoted = false;
  for (let index = 0; index < value.length; index += 1) {
    const char = value[index];
    if (char === '\\') index += 1;
    else if (char === '"' && depth === 0) isQuoted = !isQuoted;
    else if (char === '(' && !isQuoted) {
      if (depth === 0) kept.push(value.slice(start, index));
      depth += 1;
    } else if (char === ')' && depth > 0) {
      depth -= 1;
      if (depth === 0) start = index + 1;
    }
  }
  if (depth === 0) kept.push(value.slice(start));
  return kept.join('');
}
