/** The same colours as the core's, so that somebody looks alike everywhere. */
const TINTS = 6;

/** One or two letters of a name, for the avatar. */
export function initialsOf(name: string): string {
  const words = name.split(/[\s.@_-]+/u).filter((word) => /^\p{L}/u.test(word));
  const first = words[0]?.match(/\p{L}/u)?.[0] ?? '?';
  const last = words.length > 1 ? (words.at(-1)?.match(/\p{L}/u)?.[0] ?? '') : '';
  return `${first}${last}`.toLocaleUpperCase('fr');
}

export function tintOf(mail: string): number {
  let sum = 0;
  for (const char of mail.toLowerCase()) sum = (sum * 31 + (char.codePointAt(0) ?? 0)) % 65_521;
  return (sum % TINTS) + 1;
}
