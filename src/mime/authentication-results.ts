import { cleanLine } from './clean-text';
import { traceTokens } from './trace-words';

/** One method of `Authentication-Results` and what it found (RFC 8601 2.2). */
export interface MethodResult {
  /** `spf`, `dkim`, `dmarc`, `auth`…, lower case. */
  readonly method: string;
  /** `pass`, `fail`, `none`…, lower case. */
  readonly result: string;
  /** `smtp.mailfrom` → what was looked at; names in lower case. */
  readonly properties: ReadonlyMap<string, string>;
}

/** What one server found. */
export interface AuthenticationResults {
  /** Who says it, lower case. */
  readonly authservId: string;
  readonly results: readonly MethodResult[];
}

const MAX_RESULTS = 30;
const MAX_PROPERTIES = 20;
const MAX_VALUE_CHARS = 300;

/** Reads one `Authentication-Results` field; `undefined` where it names no server. */
export function parseAuthenticationResults(raw: string): AuthenticationResults | undefined {
  const [head = [], ...clauses] = clausesOf(raw);
  const authservId = head[0]?.toLowerCase();
  if (!authservId || authservId.includes('=')) return undefined;
  const results = clauses.slice(0, MAX_RESULTS).flatMap((words) => resultOf(joined(words)) ?? []);
  return { authservId, results };
}

/** Words between semicolons; comments say nothing that is believed. */
function clausesOf(raw: string): string[][] {
  const clauses: string[][] = [[]];
  for (const { kind, text } of traceTokens(raw)) {
    if (kind === 'semicolon') clauses.push([]);
    else if (kind === 'word') clauses.at(-1)?.push(text);
  }
  return clauses;
}

/** White space is allowed around `=`: `dkim = pass` is one word. */
function joined(words: readonly string[]): readonly string[] {
  const out: string[] = [];
  for (const word of words) {
    const last = out.at(-1);
    if (last !== undefined && (last.endsWith('=') || word.startsWith('='))) {
      out[out.length - 1] = last + word;
    } else {
      out.push(word);
    }
  }
  return out;
}

const pairOf = (word: string): readonly [name: string, value: string] | undefined => {
  const at = word.indexOf('=');
  if (at < 1) return undefined;
  const value = cleanLine(word.slice(at + 1)).slice(0, MAX_VALUE_CHARS);
  return [word.slice(0, at).toLowerCase(), value];
};

function resultOf([first = '', ...rest]: readonly string[]): MethodResult | undefined {
  const found = pairOf(first);
  // `dkim/1=pass`: a version may follow the method.
  const method = found?.[0].split('/', 1)[0] ?? '';
  const result = found?.[1].toLowerCase() ?? '';
  if (!/^[a-z][a-z0-9-]*$/.test(method) || !/^[a-z]+$/.test(result)) return undefined;
  const pairs = rest.slice(0, MAX_PROPERTIES).flatMap((word) => {
    const pair = pairOf(word);
    return pair ? [pair] : [];
  });
  return { method, result, properties: new Map(pairs) };
}
