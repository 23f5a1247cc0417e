import { parseDate } from './fetch';
import { fieldValue } from './headers';
import { isSet, parseSet, selectUids } from './sets';
import type { StoredMessage } from './store';
import { SyntaxProblem, type Token, tokenText } from './tokens';
import { decodeWords, fold, searchable } from './words';

type Test = (message: StoredMessage) => boolean;

export interface SearchProgram {
  readonly test: Test;
  /** MODSEQ was a criterion: the answer tells the highest one (RFC 7162 3.1.5). */
  readonly usesModseq: boolean;
}

const FLAG_KEYS: Readonly<Record<string, string>> = {
  ANSWERED: '\\Answered',
  DELETED: '\\Deleted',
  DRAFT: '\\Draft',
  FLAGGED: '\\Flagged',
  SEEN: '\\Seen',
};
const HEADER_KEYS = new Set(['BCC', 'CC', 'FROM', 'SUBJECT', 'TO']);
const MAX_DEPTH = 50;

/** Compiles SEARCH arguments (RFC 3501 6.4.4). Throws SyntaxProblem. */
export function parseSearch(tokens: readonly Token[], view: readonly number[]): SearchProgram {
  const rest = [...tokens];
  if (rest[0]?.kind === 'atom' && rest[0].text.toUpperCase() === 'CHARSET') {
    const charset = tokenText(rest[1]).toUpperCase();
    if (charset !== 'UTF-8' && charset !== 'US-ASCII')
      throw new SyntaxProblem('[BADCHARSET (UTF-8)]');
    rest.splice(0, 2);
  }
  if (rest.length === 0) throw new SyntaxProblem('nothing to search');
  const compiler = new Compiler(rest, view, 0);
  const test = compiler.all();
  return { test, usesModseq: compiler.usesModseq };
}

class Compiler {
  usesModseq = false;
  private readonly tokens: Token[];

  constructor(
    tokens: readonly Token[],
    private readonly view: readonly number[],
    private readonly depth: number,
  ) {
    if (depth > MAX_DEPTH) throw new SyntaxProblem('too deep');
    this.tokens = [...tokens];
  }

  /** Every key left, joined by AND. */
  all(): Test {
    const tests: Test[] = [];
    while (this.tokens.length > 0) tests.push(this.one());
    return (message) => tests.every((test) => test(message));
  }

  private one(): Test {
    const token = this.tokens.shift();
    if (token?.kind === 'list') return this.group(token.items);
    const text = tokenText(token);
    const key = text.toUpperCase();
    if (isSet(key)) return this.members(parseSet(key), false);
    if (HEADER_KEYS.has(key)) return this.header(key);
    if (FLAG_KEYS[key]) return hasFlag(FLAG_KEYS[key]);
    if (key.startsWith('UN') && FLAG_KEYS[key.slice(2)]) {
      return not(hasFlag(FLAG_KEYS[key.slice(2)] as string));
    }
    return this.other(key);
  }

  private other(key: string): Test {
    switch (key) {
      case 'ALL':
      case 'OLD':
        return () => true;
      case 'NEW':
      case 'RECENT':
        return () => false;
      case 'NOT':
        return not(this.one());
      case 'OR':
        return or(this.one(), this.one());
      case 'UID':
        return this.members(parseSet(this.text()), true);
      case 'KEYWORD':
        return hasKeyword(this.text());
      case 'UNKEYWORD':
        return not(hasKeyword(this.text()));
      case 'HEADER':
        return this.header(this.text());
      case 'BODY':
      case 'TEXT':
        return this.words(key === 'TEXT');
      case 'LARGER':
      case 'SMALLER':
        return this.size(key === 'LARGER');
      case 'MODSEQ':
        return this.modseq();
      default:
        return this.date(key);
    }
  }

  private group(items: readonly Token[]): Test {
    const inner = new Compiler(items, this.view, this.depth + 1);
    const test = inner.all();
    this.usesModseq ||= inner.usesModseq;
    return test;
  }

  private members(ranges: ReturnType<typeof parseSet>, byUid: boolean): Test {
    const uids = new Set(selectUids(this.view, ranges, byUid));
    return (message) => uids.has(message.uid);
  }

  private header(name: string): Test {
    const wanted = fold(this.utf8());
    const key = name.toLowerCase();
    return (message) =>
      message.mime.fields.some(
        (field) =>
          field.name.toLowerCase() === key && fold(decodeWords(field.value)).includes(wanted),
      );
  }

  private words(withHeaders: boolean): Test {
    const wanted = fold(this.utf8());
    return (message) => {
      const { headers, body } = searchable(message);
      return body.includes(wanted) || (withHeaders && headers.includes(wanted));
    };
  }

  private size(larger: boolean): Test {
    const limit = Number(this.text());
    return ({ raw }) => (larger ? raw.length > limit : raw.length < limit);
  }

  private modseq(): Test {
    this.usesModseq = true;
    if (this.tokens[0]?.kind === 'string') this.tokens.splice(0, 2);
    const least = Number(this.text());
    return (message) => message.modseq >= least;
  }

  private date(key: string): Test {
    const match = /^(SENT)?(BEFORE|ON|SINCE)$/.exec(key);
    const day = match ? parseDate(this.text())?.getTime() : undefined;
    if (!match || day === undefined) throw new SyntaxProblem(`unknown key ${key.slice(0, 40)}`);
    const dayOf = match[1] ? sentDay : (message: StoredMessage) => utcDay(message.internalDate);
    return (message) => {
      const value = dayOf(message);
      if (match[2] === 'BEFORE') return value < day;
      return match[2] === 'ON' ? value === day : value >= day;
    };
  }

  private text(): string {
    return tokenText(this.tokens.shift());
  }

  private utf8(): string {
    const token = this.tokens.shift();
    return token?.kind === 'string' ? token.bytes.toString('utf8') : tokenText(token);
  }
}

const DAY_MS = 86_400_000;
const utcDay = (date: Date): number => Math.floor(date.getTime() / DAY_MS) * DAY_MS;

/** The Date: header without time and zone (RFC 3501: SENTON disregards them). */
function sentDay(message: StoredMessage): number {
  const value = fieldValue(message.mime.fields, 'date') ?? '';
  const match = /(\d{1,2})\s+(\w{3})\w*\s+(\d{4})/.exec(value);
  const day = match && parseDate(`${match[1]}-${match[2]}-${match[3]}`);
  return day?.getTime() ?? utcDay(message.internalDate);
}

const not =
  (test: Test): Test =>
  (message) =>
    !test(message);
const or =
  (left: Test, right: Test): Test =>
  (message) =>
    left(message) || right(message);
const hasFlag =
  (flag: string): Test =>
  (message) =>
    message.flags.has(flag);
const hasKeyword =
  (word: string): Test =>
  (message) =>
    [...message.flags].some((flag) => flag.toLowerCase() === word.toLowerCase());
