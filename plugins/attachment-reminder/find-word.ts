import { fold, plainMarks } from './fold';
import { isNegated } from './negation';
import { type Comparison, type Phrase, parsePhrases, WORD } from './phrases';

const SHOWN_CHARS = 60;

/** A word of a text and where it stands. */
export interface Token {
  readonly word: string;
  readonly folded: string;
  readonly start: number;
  readonly end: number;
}

/** The first word of the list in a text, as the person wrote it; one pass, linear time. */
export type Finder = (text: string) => string | undefined;

/** Makes a finder of a list of words. */
export function createFinder(words: readonly string[]): Finder {
  const index = indexPhrases(words.flatMap(parsePhrases));
  return (text) => {
    const plain = plainMarks(text);
    const tokens = tokensOf(plain);
    for (const [at, token] of tokens.entries()) {
      const phrase = phraseAt(index, tokens, at, plain);
      if (!phrase || isNegated(tokens, at, plain)) continue;
      const last = tokens[at + phrase.words.length - 1] ?? token;
      return plain.slice(token.start, last.end).replace(/\s+/g, ' ').slice(0, SHOWN_CHARS);
    }
    return undefined;
  };
}

const COMPARISONS: readonly Comparison[] = ['folded', 'accented', 'exact'];

/** Phrases by how they are compared and by their first word. */
type PhraseIndex = Readonly<Record<Comparison, ReadonlyMap<string, readonly Phrase[]>>>;

function indexPhrases(phrases: readonly Phrase[]): PhraseIndex {
  const index = { folded: new Map(), accented: new Map(), exact: new Map() };
  // Longest first: « joint à ce message » is shown rather than the first word of it.
  for (const phrase of [...phrases].sort((a, b) => b.words.length - a.words.length)) {
    const known: Map<string, Phrase[]> = index[phrase.comparison];
    const first = phrase.words[0] ?? '';
    known.set(first, [...(known.get(first) ?? []), phrase]);
  }
  return index;
}

/** The phrase of the list that begins with this word. Nearly always none: nothing is made for it. */
function phraseAt(
  index: PhraseIndex,
  tokens: readonly Token[],
  at: number,
  text: string,
): Phrase | undefined {
  const token = tokens[at];
  if (!token) return undefined;
  for (const comparison of COMPARISONS) {
    const candidates = index[comparison].get(wordOf(token, comparison));
    const phrase = candidates?.find((one) => isAt(one, tokens, at, text));
    if (phrase) return phrase;
  }
  return undefined;
}

const tokensOf = (text: string): readonly Token[] =>
  Array.from(text.matchAll(WORD), ({ 0: word, index }) => ({
    word,
    folded: fold(word),
    start: index,
    end: index + word.length,
  }));

function wordOf({ word, folded }: Token, comparison: Comparison): string {
  if (comparison === 'folded') return folded;
  return comparison === 'accented' ? word.toLowerCase() : word;
}

function isAt(
  { words, comparison, joint }: Phrase,
  tokens: readonly Token[],
  at: number,
  text: string,
) {
  return words.every((word, offset) => {
    const token = tokens[at + offset];
    if (!token || wordOf(token, comparison) !== word) return false;
    const previous = offset === 0 ? undefined : tokens[at + offset - 1];
    return (
      !previous || joint.test(text.slice(previous.end, Math.min(token.start, previous.end + 9)))
    );
  });
}
