/** A word, a quoted name or a sign of SQL; strings and numbers are left out. */
interface Token {
  readonly kind: 'word' | 'name' | 'sign';
  readonly text: string;
}

// Strings first (doubled quotes inside), then quoted names, words, and any other sign.
const TOKEN =
  /'(?:[^']|'')*'|\$[A-Za-z_]*\$|(?<name>"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\])|(?<word>[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*)|(?<comment>--|\/\*|#)|(?<sign>\S)/g;

const VERBS: ReadonlySet<string> = new Set(['select', 'insert', 'update', 'delete', 'with']);
/** What follows is a table. */
const BEFORE_TABLE: ReadonlySet<string> = new Set(['from', 'join', 'into', 'update', 'table']);
/** After these, a comma no longer separates tables. */
const END_OF_TABLES: ReadonlySet<string> = new Set(
  'where group order limit having set values union except intersect returning window select on'.split(
    ' ',
  ),
);
/** Words that stand between `from` or `update` and a table. */
const SKIPPED: ReadonlySet<string> = new Set([
  'only',
  'lateral',
  'or',
  'ignore',
  'replace',
  'abort',
  'fail',
  'rollback',
]);
/** Functions that read files, other databases or settings, or run text as SQL. */
const FUNCTIONS =
  /^(?:load_extension|readfile|writefile|edit|fts3_tokenizer|pg_read\w*|pg_ls\w*|pg_stat\w*|pg_sleep\w*|lo_\w+|dblink\w*|\w+_to_xml\w*|set_config|current_setting|copy)$/;

/**
 * What a statement of a plugin says that is not its own: a table without its prefix, also behind a
 * schema, in raw text or in a list; a second statement; a comment, which could hide one. Anything
 * that is not understood is refused. `undefined` when there is nothing.
 */
export function foreignSql(sql: string, isOwn: (table: string) => boolean): string | undefined {
  const tokens = tokensOf(sql);
  if (!tokens) return 'a comment, or a string with a backslash or dollars';
  const [first] = tokens;
  if (!first) return undefined; // the library runs nothing
  if (first.kind !== 'word' || !VERBS.has(first.text))
    return 'not a select, insert, update or delete';
  return new Reader(tokens, isOwn).read();
}

function tokensOf(sql: string): readonly Token[] | undefined {
  const tokens: Token[] = [];
  for (const match of sql.matchAll(TOKEN)) {
    const { name, word, comment, sign } = match.groups ?? {};
    // PostgreSQL reads a backslash in E'…' as an escape, which could hide where a string ends.
    const isEscaped = match[0].startsWith("'") && match[0].includes('\\');
    if (comment !== undefined || match[0].startsWith('$') || isEscaped) return undefined;
    if (name !== undefined) tokens.push({ kind: 'name', text: name.slice(1, -1) });
    else if (word !== undefined) tokens.push({ kind: 'word', text: word.toLowerCase() });
    else if (sign !== undefined) tokens.push({ kind: 'sign', text: sign });
  }
  return tokens;
}

class Reader {
  readonly #tokens: readonly Token[];
  readonly #isOwn: (table: string) => boolean;
  /** Whether a comma at this depth of parentheses comes before a table. */
  readonly #lists: boolean[] = [false];
  #at = 0;

  constructor(tokens: readonly Token[], isOwn: (table: string) => boolean) {
    this.#tokens = tokens;
    this.#isOwn = isOwn;
  }

  read(): string | undefined {
    while (this.#at < this.#tokens.length) {
      const problem = this.#step();
      if (problem !== undefined) return problem;
    }
    return undefined;
  }

  #step(): string | undefined {
    const token = this.#tokens[this.#at++];
    if (!token) return undefined;
    if (token.kind === 'sign') return this.#sign(token.text);
    if (token.kind === 'name') return undefined;
    const { text } = token;
    if (FUNCTIONS.test(text) && this.#peek()?.text === '(') return `the function ${text}`;
    if (BEFORE_TABLE.has(text)) {
      // `do update set`, `for update`: no table follows.
      if (text === 'update' && ['do', 'for'].includes(this.#tokens[this.#at - 2]?.text ?? ''))
        return undefined;
      this.#setList(text === 'from' || text === 'join');
      return this.#table();
    }
    if (text === 'using' && this.#peek()?.text !== '(') {
      this.#setList(true);
      return this.#table();
    }
    // A join condition goes on being followed by `, other_table` in the list of FROM.
    if (END_OF_TABLES.has(text) && text !== 'on') this.#setList(false);
    return undefined;
  }

  #sign(sign: string): string | undefined {
    if (sign === ';') return 'a second statement';
    if (sign === '(') this.#lists.push(false);
    if (sign === ')' && this.#lists.length > 1) this.#lists.pop();
    return sign === ',' && this.#lists.at(-1) === true ? this.#table() : undefined;
  }

  /** A table at this point, or a subquery, whose own `from` comes. */
  #table(): string | undefined {
    while (this.#peek()?.kind === 'word' && SKIPPED.has(this.#peek()?.text ?? '')) this.#at++;
    const name = this.#peek();
    if (name?.kind === 'sign') {
      if (name.text !== '(') return 'something that is no table';
      // `from (a, b)` and `from (a join b)` are tables as well.
      this.#at++;
      const inner = this.#peek();
      const isQuery = inner?.kind === 'word' && (VERBS.has(inner.text) || inner.text === 'values');
      this.#lists.push(!isQuery);
      return isQuery ? undefined : this.#table();
    }
    if (!name) return 'a table that is missing';
    this.#at++;
    if (this.#peek()?.text === '.') return `the schema "${name.text}"`;
    return this.#isOwn(name.text) ? undefined : `the table "${name.text}"`;
  }

  #peek(): Token | undefined {
    return this.#tokens[this.#at];
  }

  #setList(isList: boolean): void {
    this.#lists[this.#lists.length - 1] = isList;
  }
}
