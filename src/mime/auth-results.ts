/** A result of RFC 8601 2.7; anything unknown reads as `none`. */
export type AuthVerdict =
  | 'pass'
  | 'fail'
  | 'softfail'
  | 'neutral'
  | 'none'
  | 'temperror'
  | 'permerror'
  | 'policy';

export interface AuthResults {
  readonly spf?: AuthVerdict;
  readonly dkim?: AuthVerdict;
  readonly dmarc?: AuthVerdict;
}

const VERDICTS: ReadonlySet<string> = new Set<AuthVerdict>([
  'pass',
  'fail',
  'softfail',
  'neutral',
  'none',
  'temperror',
  'permerror',
  'policy',
]);

const isVerdict = (value: string): value is AuthVerdict => VERDICTS.has(value);

const MAX_FIELD_CHARS = 16_384;

/**
 * Verdicts from Authentication-Results fields (RFC 8601), only those written by a trusted server:
 * senders may write such fields too. Fields are in header order: the topmost verdict is kept,
 * and for DKIM one passing signature is enough.
 */
export function parseAuthResults(
  fields: readonly string[],
  trustedServers: readonly string[],
): AuthResults {
  const trusted = new Set(trustedServers.map((server) => server.toLowerCase()));
  const results: { spf?: AuthVerdict; dkim?: AuthVerdict; dmarc?: AuthVerdict } = {};
  for (const field of fields) {
    const [server = '', ...entries] = withoutComments(field.slice(0, MAX_FIELD_CHARS)).split(';');
    const id = server.trim().split(/\s+/, 1)[0] ?? '';
    if (!trusted.has(id.replace(/"/g, '').toLowerCase())) continue;
    for (const entry of entries) {
      const match = /^\s*(spf|dkim|dmarc)(?:\/\d+)?\s*=\s*([a-z]+)/i.exec(entry);
      const method = match?.[1]?.toLowerCase();
      const word = match?.[2]?.toLowerCase() ?? '';
      const verdict = isVerdict(word) ? word : 'none';
      if (method === 'spf') results.spf ??= verdict;
      if (method === 'dmarc') results.dmarc ??= verdict;
      if (method === 'dkim' && results.dkim !== 'pass') {
        results.dkim = verdict === 'pass' ? 'pass' : (results.dkim ?? verdict);
      }
    }
  }
  return results;
}

/** RFC 5322 comments nest; a `;` or `=` inside must not count. Quoted strings are emptied. */
function withoutComments(text: string): string {
  let out = '';
  let depth = 0;
  let isQuoted = false;
  for (let at = 0; at < text.length; at++) {
    const char = text[at] ?? '';
    if (char === '\\') {
      at++;
      continue;
    }
    if (char === '"' && depth === 0) isQuoted = !isQuoted;
    else if (char === '(' && !isQuoted) depth++;
    else if (char === ')' && !isQuoted && depth > 0) depth--;
    else if (depth === 0 && !isQuoted) out += char;
  }
  return out;
}
