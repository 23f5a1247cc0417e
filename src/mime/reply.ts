import { escapeHtml } from '../base/html';
import { cleanLine } from './clean-text';
import { SIGNATURE_MARK } from './flowed';

/** RFC 5322 3.6.4 sets no limit; the first and the last twenty keep any thread together. */
const MAX_REFERENCES = 21;
const MAX_ID_CHARS = 500;

export interface QuoteOptions {
  /** The line above the quote, "On … X wrote:", in the agent's language. */
  readonly attribution: string;
}

/** Text quoted for an answer (`> `), without its signature. */
export function quoteText(text: string, options: QuoteOptions): string {
  const lines = text.split(/\r\n|\n|\r/);
  const signature = lines.findIndex((line) => line === SIGNATURE_MARK || line === '--');
  const kept = signature > 0 ? lines.slice(0, signature) : lines;
  while (kept.length > 0 && kept.at(-1)?.trim() === '') kept.pop();
  const quoted = kept.map((line) => (line.startsWith('>') ? `>${line}` : `> ${line}`.trimEnd()));
  return [cleanLine(options.attribution), ...quoted].join('\n');
}

/** Sanitised HTML quoted for an answer, in the markup other clients fold as well. */
export function quoteHtml(safeHtml: string, options: QuoteOptions): string {
  const attribution = escapeHtml(cleanLine(options.attribution));
  return (
    `<div class="moz-cite-prefix">${attribution}<br /></div>` +
    `<blockquote type="cite" style="margin:0 0 0 0.8ex;border-left:2px solid #999;padding-left:1ex">` +
    `${safeHtml}</blockquote>`
  );
}

const REPLY_WORDS = 're|ré|rép|rep|réf|aw|antw|antwort|sv|vs|odp|ynt|res|rif|ri|atb|bls|vá|re-|ref';
const FORWARD_WORDS = 'tr|fwd?|wg|rv|enc|vb|doorst|i|pd|trs|vl|transf';
const PREFIX = new RegExp(
  `^\\s*(?:${REPLY_WORDS}|${FORWARD_WORDS})(?:\\s?\\[\\d{1,4}\\]|\\s?\\(\\d{1,4}\\))?\\s?[:\\uff1a]\\s*`,
  'iu',
);
const MAX_PREFIXES = 50;

/** A subject without any Re/Tr/Fwd prefix, whatever the language. */
export function baseSubject(subject: string): string {
  let base = cleanLine(subject);
  for (let count = 0; count < MAX_PREFIXES; count++) {
    const shorter = base.replace(PREFIX, '');
    if (shorter === base) break;
    base = shorter;
  }
  return base;
}

/** `Re: ` once. */
export const replySubject = (subject: string): string => `Re: ${baseSubject(subject)}`.trimEnd();

/** `Tr: ` or `Fwd: ` once, as the site's language has it. */
export const forwardSubject = (subject: string, prefix = 'Fwd'): string =>
  `${prefix}: ${baseSubject(subject)}`.trimEnd();

export interface ThreadHeaders {
  readonly messageId?: string | undefined;
  readonly inReplyTo?: string | undefined;
  readonly references?: string | undefined;
}

export interface ReplyHeaders {
  readonly inReplyTo?: string;
  readonly references: readonly string[];
}

/** In-Reply-To and References of an answer (RFC 5322 3.6.4), bounded: first and last twenty. */
export function replyHeaders(original: ThreadHeaders): ReplyHeaders {
  const own = messageIds(original.messageId ?? '')[0];
  const parents = messageIds(original.references ?? '');
  // Without References, a single In-Reply-To stands for them.
  const before = parents.length > 0 ? parents : messageIds(original.inReplyTo ?? '').slice(0, 1);
  const all = [...new Set(own ? [...before.filter((id) => id !== own), own] : before)];
  const bounded =
    all.length > MAX_REFERENCES ? [...all.slice(0, 1), ...all.slice(1 - MAX_REFERENCES)] : all;
  return { references: bounded, ...(own && { inReplyTo: own }) };
}

/** The message ids of a header, with brackets; anything else in it is dropped. */
export function messageIds(text: string): string[] {
  const ids: string[] = [];
  // `<` cannot be inside an id: each attempt stops at the next one, linear time.
  for (const match of text.matchAll(/<[^<>\s]+>/g)) {
    if (match[0].length <= MAX_ID_CHARS) ids.push(match[0]);
  }
  return ids;
}
