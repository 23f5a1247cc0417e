const MAX_WORDS = 12;
const MAX_CHARS = 300;

/** Words that a link asks to point out in a message, a line each. */
export const markedWords = (value: unknown): readonly string[] =>
  typeof value === 'string'
    ? value
        .slice(0, MAX_CHARS)
        .split('\n')
        .filter((word) => word.trim() !== '')
        .slice(0, MAX_WORDS)
    : [];
