/** One entry of a list before validation. */
export interface RawEntry {
  readonly name: string;
  readonly mail: string;
  readonly source: string;
}

interface Cursor {
  readonly text: string;
  at: number;
  /** Last places where a bracket can still close: an opener after them is an ordinary character. */
  readonly lastQuote: number;
  readonly lastParen: number;
  readonly lastBracket: number;
}

interface Draft {
  start: number;
  words: string[];
  comment: string;
  angle: string | undefined;
  hasAt: boolean;
}

const newDraft = (start: number): Draft => ({
  start,
  words: [],
  comment: '',
  angle: undefined,
  hasAt: false,
});

/** Cuts a list into entries in one pass; every character is looked at a bounded number of times. */
export function* splitAddresses(text: string): Generator<RawEntry> {
  const cursor: Cursor = {
    text,
    at: 0,
    lastQuote: text.lastIndexOf('"'),
    lastParen: text.lastIndexOf(')'),
    lastBracket: text.lastIndexOf(']'),
  };
  let draft = newDraft(0);
  while (cursor.at < text.length) {
    const char = text[cursor.at] ?? '';
    if (endsEntry(char, draft)) {
      yield* finish(draft, text.slice(draft.start, cursor.at));
      cursor.at++;
      draft = newDraft(cursor.at);
    } else if (char === ':' && !draft.hasAt && !isScheme(draft)) {
      // A group name (RFC 5322 3.4) or a pasted label; the members follow.
      cursor.at++;
      draft = newDraft(cursor.at);
    } else readToken(cursor, draft, char);
  }
  yield* finish(draft, text.slice(draft.start));
}

const endsEntry = (char: string, draft: Draft): boolean =>
  char === ',' ||
  char === ';' ||
  (draft.hasAt && (char === '\n' || char === '\r' || char === '\t'));

const isScheme = (draft: Draft): boolean => draft.words.join('').trim().toLowerCase() === 'mailto';

function readToken(cursor: Cursor, draft: Draft, char: string): void {
  if (char === '"' && cursor.at < cursor.lastQuote) {
    draft.words.push(readQuoted(cursor));
  } else if (char === '(' && cursor.at < cursor.lastParen) {
    draft.comment = readComment(cursor);
  } else if (char === '<' && readAngle(cursor, draft)) {
    draft.hasAt = true;
  } else if (char === '[' && draft.hasAt && cursor.at < cursor.lastBracket) {
    // A domain literal holds colons: user@[IPv6:2001:db8::1].
    const close = cursor.text.indexOf(']', cursor.at);
    draft.words.push(cursor.text.slice(cursor.at, close + 1));
    cursor.at = close + 1;
  } else if (char !== '=' || !readEncodedWord(cursor, draft)) readPlain(cursor, draft);
}

// A quoted local part and an old source route (RFC 5322 4.4) may hold commas; nothing else may, or
// an address left open would swallow its neighbour. Bounded, so that each `<` costs the same.
const ANGLE = /<(?:\s*"(?:[^"\\]|\\.){0,600}"|@[^<>;"]{0,600}:)?[^<>,;]{0,1000}>/sy;

/** Takes `<address>` as one piece; false when it is never closed. */
function readAngle(cursor: Cursor, draft: Draft): boolean {
  ANGLE.lastIndex = cursor.at;
  const found = ANGLE.exec(cursor.text)?.[0];
  if (found === undefined) return false;
  draft.angle = found.slice(1, -1);
  cursor.at += found.length;
  return true;
}

const PLAIN_END = /[,;:"(<[\n\r\t]|=\?/g;

// Encoded words must not hold specials (RFC 2047 5.3); many senders leave the comma of a name in.
const ENCODED_WORD = /=\?[^?\s]{1,60}\?[bBqQ]\?[^?\s]*\?=/y;

/** Takes an encoded word as one piece; false when there is none here. */
function readEncodedWord(cursor: Cursor, draft: Draft): boolean {
  ENCODED_WORD.lastIndex = cursor.at;
  const word = ENCODED_WORD.exec(cursor.text)?.[0];
  if (word === undefined) return false;
  draft.words.push(word.replaceAll('@', '=40'));
  cursor.at += word.length;
  return true;
}

function readPlain(cursor: Cursor, draft: Draft): void {
  PLAIN_END.lastIndex = cursor.at + 1;
  const end = PLAIN_END.exec(cursor.text)?.index ?? cursor.text.length;
  const word = cursor.text.slice(cursor.at, end);
  draft.words.push(word);
  if (word.includes('@')) draft.hasAt = true;
  cursor.at = end;
}

/** A quoted string without its quotes, or with them when it is a local part (`"a b"@c.d`). */
function readQuoted(cursor: Cursor): string {
  const { text } = cursor;
  let value = '';
  let at = cursor.at + 1;
  while (at < text.length && text[at] !== '"') {
    if (text[at] === '\\') at++;
    value += text[at] ?? '';
    at++;
  }
  const isLocalPart = text[at + 1] === '@';
  const source = text.slice(cursor.at, at + 1);
  cursor.at = at + 1;
  return isLocalPart ? source : value;
}

function readComment(cursor: Cursor): string {
  const { text } = cursor;
  let depth = 0;
  let at = cursor.at;
  for (; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '(') depth++;
    else if (text[at] === ')' && --depth === 0) break;
  }
  const comment = text.slice(cursor.at + 1, at);
  cursor.at = at + 1;
  return comment;
}

function* finish(draft: Draft, source: string): Generator<RawEntry> {
  const words = draft.words.join('');
  if (draft.angle !== undefined) {
    yield { name: words.trim() || draft.comment, mail: draft.angle, source };
    return;
  }
  const tokens = words.startsWith('"') ? [words.trim()] : words.split(/\s+/).filter(Boolean);
  const mails = tokens.filter((token) => token.includes('@'));
  const rest = tokens.filter((token) => !token.includes('@')).join(' ');
  if (mails.length === 1) {
    yield { name: rest || draft.comment, mail: mails[0] ?? '', source };
    return;
  }
  if (mails.length === 0 || rest !== '') {
    yield { name: '', mail: '', source };
    return;
  }
  for (const mail of mails) yield { name: '', mail, source: mail };
}
