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

/**
 * Whether one text becomes the other in at most `limit` slips: a letter added, lost, replaced, or two
 * swapped. Only the diagonal of the table is computed: the time is that of one reading.
 */
export function isWithin(left: string, right: string, limit: number): boolean {
  if (Math.abs(left.length - right.length) > limit) return false;
  const far = limit + 1;
  let older: number[] = [];
  let previous: number[] = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= left.length; row += 1) {
    const current = new Array<number>(right.length + 1).fill(far);
    if (row <= limit) current[0] = row;
    const from = Math.max(1, row - limit);
    const to = Math.min(right.length, row + limit);
    let best = current[0] ?? far;
    for (let column = from; column <= to; column += 1) {
      const isSame = left[row - 1] === right[column - 1];
      let slips = Math.min(
        (previous[column] ?? far) + 1,
        (current[column - 1] ?? far) + 1,
        (previous[column - 1] ?? far) + (isSame ? 0 : 1),
      );
      const isSwap =
        row > 1 &&
        column > 1 &&
        left[row - 1] === right[column - 2] &&
        left[row - 2] === right[column - 1];
      if (isSwap) slips = Math.min(slips, (older[column - 2] ?? far) + 1);
      current[column] = slips;
      best = Math.min(best, slips);
    }
    // A swap reaches back over one row: the end is sure after two rows that are too far.
    if (best > limit && previous.every((slips) => slips > limit)) return false;
    older = previous;
    previous = current;
  }
  return (previous[right.length] ?? far) <= limit;
}
