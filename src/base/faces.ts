const TINTS = 6;

/** One or two letters of a name, else of an address, for the avatar; a sign when there are none. */
export function initialsOf(name: string, mail = ''): string {
  const words = (name.trim() === '' ? mail : name)
    .split(/[\s.@_-]+/u)
    .filter((word) => /^\p{L}/u.test(word));
  const first = words[0]?.match(/\p{L}/u)?.[0] ?? '?';
  const last = words.length > 1 ? (words.at(-1)?.match(/\p{L}/u)?.[0] ?? '') : '';
  return `${first}${last}`.toLocaleUpperCase('fr');
}

/** The same colour, 1 to 6, for the same address, everywhere. */
export function tintOf(mail: string): number {
  let sum = 0;
  for (const char of mail.toLowerCase()) sum = (sum * 31 + (char.codePointAt(0) ?? 0)) % 65_521;
  return (sum % TINTS) + 1;
}
