/** Letters that are taken for others at a glance, by the letter that they are taken for. */
const TAKEN_FOR: Readonly<Record<string, string>> = {
  a: 'аαɑ',
  b: 'ЬƄ',
  c: 'сϲ',
  d: 'ԁɗ',
  e: 'еҽє3',
  f: 'ƒ',
  g: 'ɡց',
  h: 'һհ',
  j: 'јϳ',
  k: 'κк',
  // A capital I and the digit 1 look like it, so that `i` stands with it.
  l: 'iіıιіӏ1|lɩ',
  m: 'м',
  n: 'ոпη',
  o: 'оοօσ0ø',
  p: 'рρ',
  q: 'ԛ',
  r: 'гɾ',
  s: 'ѕ5ꜱ',
  t: 'тτ',
  u: 'υսц',
  v: 'νѵ',
  w: 'ωԝш',
  x: 'хχ',
  y: 'уүγ',
  z: 'ᴢ',
  // Letters of our own alphabets that NFKD leaves whole.
  ae: 'æ',
  oe: 'œ',
  ss: 'ß',
};
const LETTER: ReadonlyMap<string, string> = new Map(
  Object.entries(TAKEN_FOR).flatMap(([letter, others]) =>
    Array.from(others, (other) => [other.toLowerCase(), letter] as const),
  ),
);

/**
 * What a text looks like: two texts of one skeleton are taken for each other. Accents go, letters of
 * other alphabets and digits become the Latin letter that they resemble, `rn` becomes `m`.
 */
export function skeletonOf(text: string): string {
  const plain = text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  let seen = '';
  for (const char of plain) seen += LETTER.get(char) ?? char;
  return seen.replaceAll('rn', 'm').replaceAll('vv', 'w');
}
