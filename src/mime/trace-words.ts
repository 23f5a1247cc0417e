/** A piece of a structured trace field (RFC 5322 3.2.2, 3.6.7). */
export interface TraceToken {
  readonly kind: 'word' | 'comment' | 'semicolon';
  readonly text: string;
}

/** Servers write some hundred characters; what is longer is cut, never refused. */
const MAX_CHARS = 8_000;
const MAX_TOKENS = 1_000;

/**
 * Words, comments and semicolons of a trace field, in one pass. Quotes are taken off, comments keep
 * their inner parentheses; what is never closed ends with the field.
 */
export function traceTokens(raw: string): readonly TraceToken[] {
  const text = raw.slice(0, MAX_CHARS);
  const tokens: TraceToken[] = [];
  let at = 0;
  while (at < text.length && tokens.length < MAX_TOKENS) {
    const char = text.charAt(at);
    if (/\s/.test(char)) at += 1;
    else if (char === ';') {
      tokens.push({ kind: 'semicolon', text: ';' });
      at += 1;
    } else if (char === '(') {
      const end = commentEnd(text, at);
      const inner = text.slice(at + 1, text.charAt(end - 1) === ')' ? end - 1 : end);
      tokens.push({ kind: 'comment', text: inner.trim() });
      at = end;
    } else {
      const { word, end } = readWord(text, at);
      if (word !== '') tokens.push({ kind: 'word', text: word });
      at = end;
    }
  }
  return tokens;
}

/** Behind the parenthesis that closes the one at `start`. */
function commentEnd(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (char === '\\') at += 1;
    else if (char === '(') depth += 1;
    else if (char === ')') {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return text.length;
}

/** A run without white space, comment or semicolon; a quoted string within it is part of it. */
function readWord(text: string, start: number): { readonly word: string; readonly end: number } {
  let word = '';
  let isQuoted = false;
  let at = start;
  for (; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (char === '"') {
      isQuoted = !isQuoted;
    } else if (isQuoted && char === '\\') {
      at += 1;
      word += text.charAt(at);
    } else if (!isQuoted && /[\s;()]/.test(char)) {
      // A stray closing parenthesis is skipped, so that each turn moves on.
      if (char === ')') at += 1;
      break;
    } else {
      word += char;
    }
  }
  return { word, end: Math.max(at, start + 1) };
}
