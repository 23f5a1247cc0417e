import { FORBIDDEN_KEYS } from './config-layer';

/** A fault of JSON text at a place that a person can go to; both numbers start at 1. */
export class JsonSyntaxError extends Error {
  constructor(
    reason: string,
    readonly line: number,
    readonly column: number,
  ) {
    super(reason);
    this.name = 'JsonSyntaxError';
  }
}

export interface LocatedJson {
  readonly value: unknown;
  /** Line of each value by its path, see {@link pathKey}. */
  readonly lines: ReadonlyMap<string, number>;
}

/** `['imap', 'port']` → `imap.port`: how messages and `explain` write a path. */
export const pathKey = (path: readonly PropertyKey[]): string => path.map(String).join('.');

/** Configuration is shallow: deeper text is a mistake, and would exhaust the stack. */
const DEPTH_MAX = 32;

/**
 * Parses JSON (RFC 8259) and keeps the line of each value. Stricter than `JSON.parse`: a key given
 * twice is an error, since one of the two values would silently be ignored.
 */
export function parseJson(text: string): LocatedJson {
  return new JsonReader(text).read();
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
// Control characters may not stand in a string unescaped (RFC 8259 7).
const STRING = /"(?:[^"\\\p{Cc}]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/uy;
const WORD = /true|false|null/y;
const SPACE = /[ \t\r\n]*/y;

class JsonReader {
  readonly #lines = new Map<string, number>();
  readonly #text: string;
  readonly #path: PropertyKey[] = [];
  #at = 0;

  constructor(text: string) {
    this.#text = text.startsWith('\uFEFF') ? text.slice(1) : text; // editors on Windows add a BOM
  }

  read(): LocatedJson {
    const value = this.#value();
    this.#skipSpace();
    if (this.#at < this.#text.length) throw this.#error('text after the end');
    return { value, lines: this.#lines };
  }

  #value(): unknown {
    this.#skipSpace();
    this.#lines.set(pathKey(this.#path), this.#place(this.#at).line);
    if (this.#path.length > DEPTH_MAX) throw this.#error('nested too deep');
    const char = this.#text[this.#at];
    if (char === '{') return this.#object();
    if (char === '[') return this.#array();
    if (char === '"') return this.#string();
    const token = this.#match(NUMBER) ?? this.#match(WORD);
    if (token === undefined) throw this.#unexpected('a value');
    return JSON.parse(token);
  }

  #object(): Record<string, unknown> {
    const object: Record<string, unknown> = {};
    this.#members('}', () => {
      const keyAt = this.#at;
      if (this.#text[keyAt] !== '"') throw this.#unexpected('a key in double quotes');
      const key = this.#string();
      if (FORBIDDEN_KEYS.has(key)) throw this.#error(`key "${key}" is not allowed`, keyAt);
      if (Object.hasOwn(object, key)) throw this.#error(`key "${key}" is given twice`, keyAt);
      this.#skipSpace();
      this.#expect(':');
      this.#path.push(key);
      object[key] = this.#value();
      this.#path.pop();
    });
    return object;
  }

  #array(): unknown[] {
    const array: unknown[] = [];
    this.#members(']', () => {
      this.#path.push(array.length);
      array.push(this.#value());
      this.#path.pop();
    });
    return array;
  }

  #members(end: '}' | ']', member: () => void): void {
    this.#at++;
    this.#skipSpace();
    if (this.#text[this.#at] === end) {
      this.#at++;
      return;
    }
    for (;;) {
      this.#skipSpace();
      if (this.#text[this.#at] === end) throw this.#error(`comma before "${end}"`);
      member();
      this.#skipSpace();
      if (this.#text[this.#at] === end) break;
      this.#expect(',', `"," or "${end}"`);
    }
    this.#at++;
  }

  #string(): string {
    const token = this.#match(STRING);
    if (token === undefined) throw this.#error('text that is not closed or holds a bad escape');
    return JSON.parse(token) as string;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const token = pattern.exec(this.#text)?.[0];
    if (token !== undefined) this.#at += token.length;
    return token;
  }

  #skipSpace(): void {
    this.#match(SPACE);
  }

  #expect(char: string, wanted = `"${char}"`): void {
    if (this.#text[this.#at] !== char) throw this.#unexpected(wanted);
    this.#at++;
  }

  #unexpected(wanted: string): JsonSyntaxError {
    const char = this.#text[this.#at];
    const found = char === undefined ? 'the end of the file' : `"${char}"`;
    return this.#error(`expected ${wanted}, found ${found}`);
  }

  #error(reason: string, at = this.#at): JsonSyntaxError {
    const { line, column } = this.#place(at);
    return new JsonSyntaxError(reason, line, column);
  }

  #place(at: number): { line: number; column: number } {
    const before = this.#text.slice(0, at).split('\n');
    return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
  }
}
