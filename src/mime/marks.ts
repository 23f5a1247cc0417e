/** A stretch of a text; `end` excluded. */
export interface Mark {
  readonly start: number;
  readonly end: number;
}

/** Beyond it nothing is pointed out: the text is there, and a page answers in time. */
const MAX_CHARS = 400_000;
const MAX_MARKS = 500;

interface Folded {
  readonly text: string;
  /** Where each unit of `text` begins in the original, and where the last one ends. */
  readonly at: Uint32Array;
}

/** Without capitals and accents, which searches do not tell apart either. */
function fold(text: string): Folded {
  const parts: string[] = [];
  const at = new Uint32Array(text.length * 4 + 1);
  let length = 0;
  let from = 0;
  for (const sign of text) {
    const plain = foldSign(sign);
    for (let unit = 0; unit < plain.length; unit++) at[length++] = from;
    parts.push(plain);
    from += sign.length;
  }
  at[length] = from;
  return { text: parts.join(''), at };
}

function foldSign(sign: string): string {
  if (sign < '\u0080') return sign.toLowerCase();
  // One sign can be several plain ones (« œ » stays, « ﬃ » is three): four at most.
  return sign
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .slice(0, 4);
}

const plainWords = (words: readonly string[]): readonly string[] =>
  words.map((word) => fold(word).text).filter((word) => word.trim().length > 0);

/** Where words stand in a text, in order, none over another. */
export function findMarks(text: string, words: readonly string[]): readonly Mark[] {
  const wanted = plainWords(words);
  if (wanted.length === 0) return [];
  const folded = fold(text.slice(0, MAX_CHARS));
  return marksIn(folded, wanted, MAX_MARKS);
}

function marksIn({ text, at }: Folded, wanted: readonly string[], max: number): Mark[] {
  const found: Mark[] = [];
  for (const word of wanted) {
    let from = text.indexOf(word);
    while (from >= 0 && found.length < max) {
      const start = at[from] ?? 0;
      const last = at[from + word.length - 1] ?? start;
      found.push({ start, end: nextAfter(at, from + word.length - 1, last) });
      from = text.indexOf(word, from + word.length);
    }
  }
  found.sort((a, b) => a.start - b.start || b.end - a.end);
  const apart: Mark[] = [];
  for (const mark of found) {
    if (mark.start >= (apart.at(-1)?.end ?? 0) && mark.end > mark.start) apart.push(mark);
  }
  return apart;
}

/** Where the sign ends to which a unit belongs. */
function nextAfter(at: Uint32Array, unit: number, start: number): number {
  let next = unit + 1;
  while (next < at.length && (at[next] ?? 0) === start) next++;
  return at[next] ?? start;
}

/** A text cut where words stand in it. */
export function markedParts(
  text: string,
  words: readonly string[],
): readonly { readonly text: string; readonly isMarked: boolean }[] {
  const parts: { text: string; isMarked: boolean }[] = [];
  let from = 0;
  for (const { start, end } of findMarks(text, words)) {
    if (start > from) parts.push({ text: text.slice(from, start), isMarked: false });
    parts.push({ text: text.slice(start, end), isMarked: true });
    from = end;
  }
  if (from < text.length || parts.length === 0)
    parts.push({ text: text.slice(from), isMarked: false });
  return parts;
}

/** What is no text of a document: tags, and what they hold that is not shown. */
const PIECES = /<(style|title)\b[^>]*>[\s\S]*?<\/\1\s*>|<!--[\s\S]*?-->|<[^>]*>/gi;
const ENTITY = /&(?:amp|lt|gt|quot|apos|nbsp|#\d{1,7}|#x[0-9a-f]{1,6});/gi;
const NAMED: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&apos;': "'",
  '&nbsp;': ' ',
};

/**
 * Points words out in a document that the sanitiser wrote: in its text alone, between tags that
 * stay as they are. Nothing else is added than `<mark>`.
 */
export function markHtml(html: string, words: readonly string[]): string {
  const wanted = plainWords(words);
  if (wanted.length === 0) return html;
  const parts: string[] = [];
  let from = 0;
  const left = { chars: MAX_CHARS, marks: MAX_MARKS };
  const text = (until: number): void => {
    if (until > from) parts.push(markText(html.slice(from, until), wanted, left));
  };
  for (const piece of html.matchAll(PIECES)) {
    text(piece.index);
    parts.push(piece[0]);
    from = piece.index + piece[0].length;
  }
  text(html.length);
  return parts.join('');
}

function markText(
  source: string,
  wanted: readonly string[],
  left: { chars: number; marks: number },
): string {
  left.chars -= source.length;
  if (left.chars < 0 || left.marks <= 0) return source;
  const { text, at } = foldSource(source);
  const marks = marksIn({ text, at }, wanted, left.marks);
  left.marks -= marks.length;
  const parts: string[] = [];
  let from = 0;
  for (const { start, end } of marks) {
    parts.push(source.slice(from, start), '<mark>', source.slice(start, end), '</mark>');
    from = end;
  }
  return parts.join('') + source.slice(from);
}

/** The same for text of a document: an entity is one sign, never cut. */
function foldSource(source: string): Folded {
  const parts: string[] = [];
  const at = new Uint32Array(source.length * 4 + 1);
  let length = 0;
  const put = (sign: string, from: number): void => {
    const plain = foldSign(sign);
    for (let unit = 0; unit < plain.length; unit++) at[length++] = from;
    parts.push(plain);
  };
  let from = 0;
  const plainUntil = (until: number): void => {
    while (from < until) {
      const sign = String.fromCodePoint(source.codePointAt(from) ?? 0);
      put(sign, from);
      from += sign.length;
    }
  };
  for (const entity of source.matchAll(ENTITY)) {
    plainUntil(entity.index);
    put(signOf(entity[0].toLowerCase()), entity.index);
    from = entity.index + entity[0].length;
  }
  plainUntil(source.length);
  at[length] = source.length;
  return { text: parts.join(''), at };
}

function signOf(entity: string): string {
  const named = NAMED[entity];
  if (named !== undefined) return named;
  const code = entity.startsWith('&#x')
    ? Number.parseInt(entity.slice(3), 16)
    : Number.parseInt(entity.slice(2), 10);
  return code > 0 && code <= 0x10_ffff ? String.fromCodePoint(code) : '\ufffd';
}
