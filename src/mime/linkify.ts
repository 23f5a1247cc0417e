import { escapeHtml } from '../base/html';

// The run after the scheme is greedy and followed by nothing: no backtracking, linear time.
const LINK = /(?<![\p{L}\p{N}_])(?:https?:\/\/|mailto:|www\.)[^\s<>"\u00ab\u00bb\u201c\u201d]+/giu;

const TRAILING = new Set(".,;:!?'’*_~…&|".split(''));
const PAIRS: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

/** Longer "links" are data or attacks: shown as text. */
const MAX_LINK_CHARS = 2048;

export const LINK_ATTRIBUTES = 'target="_blank" rel="noopener noreferrer nofollow"';

/** Escapes text for HTML and makes http, https, mailto and bare www. addresses links. */
export function linkify(text: string): string {
  let out = '';
  let last = 0;
  for (const match of text.matchAll(LINK)) {
    const link = trimLink(match[0]);
    if (link.length > MAX_LINK_CHARS || !isComplete(link)) continue;
    const href = /^www\./i.test(link) ? `https://${link}` : link;
    out += escapeHtml(text.slice(last, match.index));
    out += `<a href="${escapeHtml(href)}" ${LINK_ATTRIBUTES}>${escapeHtml(link)}</a>`;
    last = match.index + link.length;
  }
  return out + escapeHtml(text.slice(last));
}

/** Something must follow the scheme; `www.` alone or `http://.` are not addresses. */
const isComplete = (link: string): boolean =>
  /^(?:https?:\/\/|www\.)[\p{L}\p{N}[]/iu.test(link) || /^mailto:[^@]{1,200}@[^@]/i.test(link);

/** Without the sentence's punctuation, and without closing brackets the address did not open. */
function trimLink(found: string): string {
  const excess = bracketExcess(found);
  let end = found.length;
  while (end > 0) {
    const char = found[end - 1] ?? '';
    const unopened = excess.get(char) ?? 0;
    if (unopened > 0) excess.set(char, unopened - 1);
    else if (!TRAILING.has(char)) break;
    end--;
  }
  return found.slice(0, end);
}

/** How many more closing than opening brackets of each kind the text has. */
function bracketExcess(text: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const char of text) counts.set(char, (counts.get(char) ?? 0) + 1);
  return new Map(
    Object.entries(PAIRS).map(([close, open]) => [
      close,
      (counts.get(close) ?? 0) - (counts.get(open) ?? 0),
    ]),
  );
}
