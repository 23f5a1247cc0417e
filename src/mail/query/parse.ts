import { type Token, tokenize } from './tokens';
import type { Parsed, Problem, ProblemReason, Query, Term } from './types';
import { parsePeriod, parseSize } from './values';
import { isAttachmentWord, isOr, type Operator, operatorOf, stateOf } from './words';

export const QUERY_MAX_CHARS = 500;
/** Each is a key of the command, and some are four: a server refuses lines of many kilobytes. */
const MAX_TERMS = 40;
const MAX_DEPTH = 8;

class Refused extends Error {
  constructor(
    readonly word: string,
    readonly reason: ProblemReason,
  ) {
    super(reason);
  }
}

/**
 * What somebody typed as a search: words, `"phrases"`, `-not`, `a OR b`, brackets and operators in
 * English or French. What cannot be used is told by its word, and never searched by guess.
 */
export function parseQuery(text: string, { today }: { readonly today: string }): Parsed {
  const none = { query: undefined, places: [], notPlaces: [] };
  if (text.length > QUERY_MAX_CHARS)
    return { ...none, problems: [{ word: `${text.slice(0, 40)}…`, reason: 'long' }] };
  const parser = new Parser(tokenize(text), today);
  try {
    const query = parser.whole();
    return { query, places: parser.places, notPlaces: parser.notPlaces, problems: [] };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const problem: Problem = { word: error.word, reason: error.reason };
    return { ...none, problems: [problem] };
  }
}

class Parser {
  readonly places: string[] = [];
  readonly notPlaces: string[] = [];
  #at = 0;
  #terms = 0;

  constructor(
    private readonly tokens: readonly Token[],
    private readonly today: string,
  ) {}

  whole(): Query | undefined {
    const query = this.#sequence(0);
    const left = this.tokens[this.#at];
    if (left) throw new Refused(left.raw, 'open');
    return query;
  }

  /** Terms side by side, all of which have to be so; OR binds two neighbours closer. */
  #sequence(depth: number): Query | undefined {
    if (depth > MAX_DEPTH) throw new Refused('(', 'deep');
    const all: Query[] = [];
    for (let token = this.#peek(); token && token.kind !== 'close'; token = this.#peek()) {
      const one = this.#either(depth);
      if (one) all.push(one);
    }
    return all.length > 1 ? { kind: 'and', all } : all[0];
  }

  #either(depth: number): Query | undefined {
    const first = this.#one(depth);
    const any = first ? [first] : [];
    for (let token = this.#peek(); isOrToken(token); token = this.#peek()) {
      const raw = token?.raw ?? '';
      this.#at++;
      const next = this.#peek();
      if (any.length === 0 || !next || next.kind === 'close' || isOrToken(next))
        throw new Refused(raw, 'alone');
      const one = this.#one(depth, true);
      if (one) any.push(one);
    }
    return any.length > 1 ? { kind: 'or', any } : any[0];
  }

  #one(depth: number, isInside = false): Query | undefined {
    const token = this.tokens[this.#at++];
    if (!token) return undefined;
    if (token.kind === 'open') {
      const inner = this.#sequence(depth + 1);
      if (this.tokens[this.#at]?.kind !== 'close') throw new Refused(token.raw, 'open');
      this.#at++;
      return token.raw === '-(' && inner ? { kind: 'not', none: inner } : inner;
    }
    if (token.kind === 'close') throw new Refused(token.raw, 'open');
    if (isOrToken(token)) throw new Refused(token.raw, 'alone');
    if (++this.#terms > MAX_TERMS) throw new Refused(token.raw, 'many');
    if (token.isOpen) throw new Refused(token.raw, 'open');
    const operator = token.key === undefined ? undefined : operatorOf(token.key);
    if (operator?.kind === 'in') {
      // A place is where one looks, not what a message is: it cannot be one of several choices.
      if (depth > 0 || isInside || isOrToken(this.#peek())) throw new Refused(token.raw, 'inside');
      if (token.value === '') throw new Refused(token.raw, 'empty');
      (token.isNegated ? this.notPlaces : this.places).push(token.value);
      return undefined;
    }
    const term = this.#term(token, operator);
    return term && token.isNegated ? { kind: 'not', none: term } : term;
  }

  #peek(): Token | undefined {
    return this.tokens[this.#at];
  }

  #term(token: Token & { kind: 'word' }, operator: Operator | undefined): Term | undefined {
    const { raw, value, isPhrase, key } = token;
    if (!operator) {
      // `Re:` and `https://` are words as they stand.
      const text = key === undefined ? value : `${key}:${value}`;
      // A dash between spaces is punctuation.
      return text === '' || (/^-+$/.test(text) && !isPhrase)
        ? undefined
        : { kind: 'text', field: 'any', value: text, isPhrase };
    }
    if (value === '') throw new Refused(raw, 'empty');
    switch (operator.kind) {
      case 'text':
        return { kind: 'text', field: operator.field, value, isPhrase };
      case 'is': {
        const state = stateOf(value);
        if (!state) throw new Refused(raw, 'is');
        return { kind: 'state', state };
      }
      case 'has':
        if (!isAttachmentWord(value)) throw new Refused(raw, 'has');
        return { kind: 'attachment' };
      case 'label':
        return { kind: 'label', name: value };
      case 'larger':
      case 'smaller': {
        const bytes = parseSize(value);
        if (bytes === undefined) throw new Refused(raw, 'size');
        return { kind: 'size', side: operator.kind, bytes };
      }
      case 'before':
      case 'after':
      case 'on':
        return this.#date(raw, value, operator.kind);
      case 'in':
        throw new Refused(raw, 'inside');
    }
  }

  /** `before:` a month ends before it begins; `after:` one begins with it. */
  #date(raw: string, value: string, kind: 'before' | 'after' | 'on'): Term {
    const period = parsePeriod(value, this.today);
    if (!period) throw new Refused(raw, 'date');
    return {
      kind: 'date',
      ...(kind !== 'before' && { from: period.from }),
      ...(kind === 'before' && { until: period.from }),
      ...(kind === 'on' && { until: period.until }),
    };
  }
}

const isOrToken = (token: Token | undefined): boolean =>
  token?.kind === 'word' &&
  token.key === undefined &&
  !token.isPhrase &&
  !token.isNegated &&
  isOr(token.value);
