import { fold, plainMarks } from './fold';

/** How the words of a phrase are compared with those of a text. */
export type Comparison = 'folded' | 'accented' | 'exact';

/** One way to write a word of the list. */
export interface Phrase {
  readonly comparison: Comparison;
  readonly words: readonly string[];
  /** What may stand between two of its words. */
  readonly joint: RegExp;
}

export const WORD = /[\p{L}\p{N}]+/gu;

// One line break at most: an empty line ends a sentence. Bounded, as every gap is tested.
const LOOSE = /^ {0,3}(?:\r?\n {0,3}|[ '-] {0,3})$/;
const FULL_STOP = /^\.$/;
const ACRONYM = /^(?:\p{Lu}\.?){2,6}$/u;

/** Says whether what stands between two words lets them belong to one sentence. */
export const isLoose = (gap: string): boolean => gap.length <= 8 && LOOSE.test(gap);

/** A word of the list (its notation is in `words.ts`) as everything it stands for. */
export function parsePhrases(entry: string): readonly Phrase[] {
  const text = plainMarks(entry.trim());
  if (ACRONYM.test(text)) return acronym(text.replaceAll('.', ''));
  const comparison = text.startsWith('=') ? 'accented' : 'folded';
  const read = comparison === 'folded' ? fold : (word: string) => word.toLowerCase();
  return spellings(text)
    .map((spelling) => (spelling.match(WORD) ?? []).map(read))
    .filter((words) => words.length > 0)
    .map((words) => ({ comparison, words, joint: LOOSE }));
}

/** `joint(e)` → `joint`, `jointe`. */
function spellings(text: string): readonly string[] {
  const optional = /\(([^()]*)\)/.exec(text);
  if (!optional) return [text];
  const before = text.slice(0, optional.index);
  const after = text.slice(optional.index + optional[0].length);
  return spellings(after).flatMap((rest) => [before + rest, before + (optional[1] ?? '') + rest]);
}

const acronym = (letters: string): readonly Phrase[] => [
  { comparison: 'exact', words: [letters], joint: FULL_STOP },
  { comparison: 'exact', words: Array.from(letters), joint: FULL_STOP },
];
