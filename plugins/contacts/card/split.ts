import { createLineCutter } from './line-cutter';

const BEGIN = /^BEGIN:VCARD[ \t]*$/i;
const END = /^END:VCARD[ \t]*$/i;
const AGENT = /^(?:[A-Z0-9-]+\.)?AGENT(?:;[^:]*)?:[ \t]*$/i;

/** A card of a file, or what stands where one should. */
export interface CardChunk {
  /** Of the file, 1 for the first. */
  readonly line: number;
  readonly text: string;
  /** Longer than a card may be: what is left of its text is nothing. */
  readonly isTooLarge: boolean;
}

/** Cards of a text that comes in pieces. */
export interface CardSplitter {
  push(piece: string): Generator<CardChunk>;
  end(): Generator<CardChunk>;
}

/**
 * The cards of a file one by one, whatever their number; a card inside another (`AGENT` of vCard 2.1)
 * belongs to it. What stands between cards comes as a piece of its own, which `readCard` refuses, so
 * that its line can be told. No more than one card is held, and none of more than `maxChars`.
 */
export function createCardSplitter(maxChars: number): CardSplitter {
  const cutter = createLineCutter(maxChars);
  let lines: string[] = [];
  let chars = 0;
  let startLine = 1;
  let depth = 0;
  let number = 0;
  let previous = '';

  function* chunk(nextLine: number): Generator<CardChunk> {
    const isTooLarge = chars > maxChars;
    const text = isTooLarge ? '' : lines.join('');
    if (isTooLarge || text.trim() !== '') yield { line: startLine, text, isTooLarge };
    lines = [];
    chars = 0;
    startLine = nextLine;
  }
  function hold(text: string, isTooLong: boolean): void {
    chars += isTooLong ? maxChars + 1 : text.length;
    if (chars > maxChars) lines = [];
    else lines.push(text);
  }
  function* take(marked: string, isTooLong: boolean): Generator<CardChunk> {
    // Files that were put together have their marks in the middle.
    const text = marked.replace(/^\uFEFF/, '');
    const line = text.replace(/\r?\n$/, '');
    number += 1;
    const begins = BEGIN.test(line);
    // A card that never ends must not take the next one with it.
    if (begins && !(depth > 0 && AGENT.test(previous))) {
      yield* chunk(number);
      depth = 0;
    }
    hold(text, isTooLong);
    previous = line;
    if (begins) depth += 1;
    if (!END.test(line)) return;
    if (depth > 0) depth -= 1;
    if (depth === 0) yield* chunk(number + 1);
  }
  return {
    *push(piece) {
      for (const { text, isTooLong } of cutter.push(piece)) yield* take(text, isTooLong);
    },
    *end() {
      for (const { text, isTooLong } of cutter.end()) yield* take(text, isTooLong);
      yield* chunk(number + 1);
    },
  };
}
