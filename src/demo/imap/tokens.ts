import type { CommandPiece } from './reader';

/** An argument of a command. */
export type Token =
  | { readonly kind: 'atom'; readonly text: string }
  | { readonly kind: 'string'; readonly bytes: Buffer }
  | { readonly kind: 'list'; readonly items: readonly Token[] };

/** A command that breaks the grammar: answered BAD. */
export class SyntaxProblem extends Error {}

const MAX_NESTING = 50;

/** Arguments of a command, from the text after its name. Throws {@link SyntaxProblem}. */
export function parseTokens(pieces: readonly CommandPiece[]): Token[] {
  const stack: Token[][] = [[]];
  const add = (token: Token): void => {
    stack.at(-1)?.push(token);
  };
  for (const piece of pieces) {
    if (typeof piece === 'string') parseText(piece, stack, add);
    else add({ kind: 'string', bytes: piece });
  }
  const [top] = stack;
  if (stack.length !== 1 || !top) throw new SyntaxProblem('unbalanced parentheses');
  return top;
}

function parseText(text: string, stack: Token[][], add: (token: Token) => void): void {
  let at = 0;
  while (at < text.length) {
    const char = text[at];
    if (char === ' ') at++;
    else if (char === '(') {
      if (stack.length > MAX_NESTING) throw new SyntaxProblem('too many parentheses');
      stack.push([]);
      at++;
    } else if (char === ')') {
      const items = stack.pop();
      if (!items || stack.length === 0) throw new SyntaxProblem('unbalanced parentheses');
      add({ kind: 'list', items });
      at++;
    } else if (char === '"') at = parseQuoted(text, at, add);
    else at = parseAtom(text, at, add);
  }
}

function parseQuoted(text: string, start: number, add: (token: Token) => void): number {
  let value = '';
  for (let at = start + 1; at < text.length; at++) {
    const char = text[at];
    if (char === '"') {
      add({ kind: 'string', bytes: Buffer.from(value, 'latin1') });
      return at + 1;
    }
    if (char === '\\') at++;
    value += text[at] ?? '';
  }
  throw new SyntaxProblem('unfinished string');
}

/** An atom; a section (`BODY[HEADER.FIELDS (TO)]<0.9>`) is one atom whatever stands in brackets. */
function parseAtom(text: string, start: number, add: (token: Token) => void): number {
  let at = start;
  let bracket = 0;
  while (at < text.length) {
    const char = text[at];
    if (char === '[') bracket++;
    else if (char === ']' && bracket > 0) bracket--;
    else if (bracket === 0 && (char === ' ' || char === '(' || char === ')' || char === '"')) break;
    at++;
  }
  add({ kind: 'atom', text: text.slice(start, at) });
  return at;
}

/** Text of an atom or string, read as latin1: names of mailboxes, flags, dates. */
export function tokenText(token: Token | undefined): string {
  if (token?.kind === 'atom') return token.text;
  if (token?.kind === 'string') return token.bytes.toString('latin1');
  throw new SyntaxProblem('text expected');
}

export function tokenList(token: Token | undefined): readonly Token[] {
  if (token?.kind === 'list') return token.items;
  throw new SyntaxProblem('list expected');
}
