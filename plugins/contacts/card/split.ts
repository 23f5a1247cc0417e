const BEGIN = /^BEGIN:VCARD[ \t]*$/i;
const END = /^END:VCARD[ \t]*$/i;
const AGENT = /^(?:[A-Z0-9-]+\.)?AGENT(?:;[^:]*)?:[ \t]*$/i;

/** A card of a file, or what stands where one should. */
export interface CardChunk {
  /** Of the file, 1 for the first. */
  readonly line: number;
  readonly text: string;
}

/**
 * The cards of a file one by one, whatever their number; a card inside another (`AGENT` of vCard 2.1)
 * belongs to it. What stands between cards comes as a piece of its own, which `readCard` refuses, so
 * that its line can be told.
 */
export function* splitCards(text: string): Generator<CardChunk> {
  let start = 0;
  let startLine = 1;
  let depth = 0;
  let number = 0;
  let previous = '';
  for (let at = text.startsWith('\uFEFF') ? 1 : 0; at < text.length; ) {
    const breakAt = text.indexOf('\n', at);
    const end = breakAt < 0 ? text.length : breakAt + 1;
    const line = text.slice(at, end).replace(/\r?\n$/, '');
    number += 1;
    const begins = BEGIN.test(line);
    // A card that never ends must not take the next one with it.
    const isInside = depth > 0 && AGENT.test(previous);
    if (begins && !isInside) {
      const before = text.slice(start, at);
      if (before.trim() !== '' && before !== '\uFEFF') yield { line: startLine, text: before };
      start = at;
      startLine = number;
      depth = 0;
    }
    if (begins) depth += 1;
    if (END.test(line) && depth > 0) depth -= 1;
    if (depth === 0 && END.test(line)) {
      yield { line: startLine, text: text.slice(start, end) };
      start = end;
      startLine = number + 1;
    }
    previous = line;
    at = end;
  }
  const rest = text.slice(start);
  if (rest.replace('\uFEFF', '').trim() !== '') yield { line: startLine, text: rest };
}
