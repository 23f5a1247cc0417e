/** A sentence from which what is understood is cut out, so that what is left is the title. */
export interface Cursor {
  /** What is left, as it was typed. */
  readonly rest: () => string;
  /** The first place that a pattern of plain lower-case letters matches; it is cut out. */
  take(pattern: RegExp): Taken | undefined;
  /** Runs a reading, and puts back what it cut out when it comes to nothing. */
  attempt<T>(read: () => T | undefined): T | undefined;
  /** The first place that a pattern matches, which stays. */
  find(pattern: RegExp): Taken | undefined;
}

export interface Taken {
  /** Of the pattern, in plain lower case; `''` for a group that matched nothing. */
  group(index: number): string;
  /** What was matched, as it was typed. */
  readonly typed: string;
}

/** Stands where something was cut out: no word goes across it. */
const GAP = '\uE000';

/** One letter for one letter, so that places are the same in both texts. */
const plain = (text: string): string =>
  Array.from(text)
    .map((char) => (char.length === 1 ? (char.normalize('NFD')[0] ?? char) : '\uE001\uE001'))
    .join('')
    .toLowerCase()
    .replace(/[’ʼ]/g, "'")
    .replace(/[–—−]/g, '-')
    .replace(/\s/g, ' ');

/** A cursor on a sentence; signs that would be no text are spaces. */
export function cursorOf(sentence: string): Cursor {
  let text = sentence
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Cf}\p{Co}]/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  let folded = plain(text);
  // Some capitals are longer when they are small (İ): then places would not agree.
  if (folded.length !== text.length) {
    text = text.replace(/[^\u0020-\u024F\u2010-\u2027]/gu, ' ');
    folded = plain(text);
  }
  const found = (
    pattern: RegExp,
  ): (Taken & { readonly at: number; readonly end: number }) | undefined => {
    const match = pattern.exec(folded);
    if (!match) return undefined;
    const [whole] = match;
    return {
      at: match.index,
      end: match.index + whole.length,
      typed: text.slice(match.index, match.index + whole.length),
      group: (index) => match[index] ?? '',
    };
  };
  return {
    rest: () => text.replaceAll(GAP, ' ').replace(/\s+/g, ' ').trim(),
    find: found,
    attempt(read) {
      const before = [text, folded] as const;
      const result = read();
      if (result === undefined) [text, folded] = before;
      return result;
    },
    take(pattern) {
      const taken = found(pattern);
      if (!taken) return undefined;
      text = `${text.slice(0, taken.at)}${GAP}${text.slice(taken.end)}`;
      folded = `${folded.slice(0, taken.at)}${GAP}${folded.slice(taken.end)}`;
      return taken;
    },
  };
}
