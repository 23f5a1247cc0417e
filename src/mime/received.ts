import { cleanLine } from './clean-text';
import { type TraceToken, traceTokens } from './trace-words';

/** One passage from server to server, as the receiving one wrote it (RFC 5321 4.4). */
export interface Hop {
  /** What the sending server called itself. */
  readonly from: string | undefined;
  /** What the receiving one saw of it: its name and address. */
  readonly fromSeen: string | undefined;
  readonly by: string | undefined;
  /** `ESMTPS`, `LMTP`…, upper case. */
  readonly protocol: string | undefined;
  readonly isEncrypted: boolean;
  /** ISO, where the date can be read. */
  readonly date: string | undefined;
}

const MAX_VALUE_CHARS = 300;
const NAMES: ReadonlySet<string> = new Set(['from', 'by', 'via', 'with', 'id', 'for']);

// RFC 3848, 6531 4.3 and 8314: the S stands for TLS.
const ENCRYPTED = /^(?:UTF8)?(?:ESMTP|SMTP|LMTP)SA?$|^HTTPS$/;
// What servers write in comments that do not say it in the protocol.
const TLS_WORDS = /\b(?:TLS|SSL)v?1?[._\d]*\b|\bcipher=/i;

interface Clause {
  readonly value: string;
  readonly comments: readonly string[];
}

/** Reads one `Received` field. Whatever a server writes, there is an answer: text, never trusted. */
export function parseReceived(raw: string): Hop {
  const tokens = traceTokens(raw);
  const last = tokens.findLastIndex(({ kind }) => kind === 'semicolon');
  const clauses = clausesOf(last < 0 ? tokens : tokens.slice(0, last));
  const from = clauses.get('from');
  const protocol = shown(clauses.get('with')?.value)?.toUpperCase().split(' ', 1)[0];
  const comments = [...clauses.values()].flatMap((clause) => clause.comments);
  return {
    from: shown(from?.value),
    fromSeen: shown(from?.comments[0]),
    by: shown(clauses.get('by')?.value.split(' ', 1)[0]),
    protocol,
    isEncrypted: ENCRYPTED.test(protocol ?? '') || comments.some((one) => TLS_WORDS.test(one)),
    date: last < 0 ? undefined : dateOf(tokens.slice(last + 1)),
  };
}

/** A name and what follows it, until the next name; the first of a name counts. */
function clausesOf(tokens: readonly TraceToken[]): ReadonlyMap<string, Clause> {
  const found = new Map<string, { words: string[]; comments: string[] }>();
  let current: { words: string[]; comments: string[] } | undefined;
  for (const { kind, text } of tokens) {
    const name = kind === 'word' ? text.toLowerCase() : '';
    if (NAMES.has(name) && !found.has(name)) {
      current = { words: [], comments: [] };
      found.set(name, current);
    } else if (kind === 'comment') {
      current?.comments.push(text);
    } else {
      current?.words.push(text);
    }
  }
  return new Map(
    [...found].map(([name, { words, comments }]) => [name, { value: words.join(' '), comments }]),
  );
}

const shown = (text: string | undefined): string | undefined =>
  cleanLine(text ?? '').slice(0, MAX_VALUE_CHARS) || undefined;

function dateOf(tokens: readonly TraceToken[]): string | undefined {
  const words = tokens.flatMap(({ kind, text }) => (kind === 'word' ? [text] : []));
  const text = words.join(' ').slice(0, 100);
  // Only dates of RFC 5322: the parser of the engine takes nearly anything for a date.
  if (!/\d{1,2} [A-Za-z]{3,9} \d{2,4} \d{1,2}:\d{2}/.test(text)) return undefined;
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}
