import { fold } from './fold';

/** What starts a line is enough to know it; the rest of a long one is not looked at. */
const LINE_CHARS = 400;
/** Lines of headers that clients put above what they quote: From, Sent, To, Cc, Subject. */
const HEADER_LINES = 6;

const QUOTED = /^[ \t]{0,3}>/;
const ATTRIBUTION_START = /^(?:le|on|am|il|el|en date du) /;
const ATTRIBUTION_END = /(?:a ecrit|ecrivait|wrote|schrieb|ha scritto|escribio) ?:$/;
const SEPARATOR = /^-{3,} ?[^-].{0,80}[^-] ?-{3,}$/;
const ABOUT_MESSAGE = /message|mail|courriel|courrier/;
const FORWARDED = /^(?:debut du message (?:reexpedie|transfere)|begin forwarded message) ?:$/;
const FROM = /^\*?(?:de|from|expediteur|von) ?\*? ?:/;
const SUBJECT = /^\*?(?:objet|sujet|subject|betreff) ?\*? ?:/;

/**
 * The text that the person wrote: without quotes, the line that introduces them, the signature
 * (RFC 3676 4.3), and the original below a separator or a block of headers.
 */
export function writtenText(text: string): string {
  const lines = text.split(/\r\n|\n|\r/);
  const kept: string[] = [];
  let inSignature = false;
  let wasQuoted = false;
  for (const [index, line] of lines.entries()) {
    if (startsOriginal(lines, index)) break;
    const isQuoted = QUOTED.test(line);
    if (isQuoted && !wasQuoted && !inSignature) dropAttribution(kept);
    // An answer may go on below the quote, and so below a signature that stands above it.
    if (isQuoted) inSignature = false;
    else if (line === '-- ' || line === '--') inSignature = true;
    if (!isQuoted && !inSignature) kept.push(line);
    wasQuoted = isQuoted;
  }
  return kept.join('\n');
}

const read = (line: string): string => fold(line.slice(0, LINE_CHARS)).replace(/\s+/g, ' ').trim();

function startsOriginal(lines: readonly string[], index: number): boolean {
  const line = lines[index] ?? '';
  // Cheap first: most lines start with neither.
  if (!/^[ \t]{0,3}[-*a-z]/i.test(line)) return false;
  const words = read(line);
  if (SEPARATOR.test(words)) return ABOUT_MESSAGE.test(words);
  if (FORWARDED.test(words)) return true;
  if (!FROM.test(words)) return false;
  const following = lines.slice(index + 1, index + 1 + HEADER_LINES).map(read);
  return following.some((next) => SUBJECT.test(next));
}

/** Takes away "Le … a écrit :" above a quote; mail programs often break it over two lines. */
function dropAttribution(kept: string[]): void {
  while (kept.at(-1)?.trim() === '') kept.pop();
  const last = read(kept.at(-1)?.slice(-LINE_CHARS) ?? '');
  if (!ATTRIBUTION_END.test(last)) return;
  const isWhole = ATTRIBUTION_START.test(read(kept.at(-1) ?? ''));
  kept.pop();
  if (!isWhole && ATTRIBUTION_START.test(read(kept.at(-1) ?? ''))) kept.pop();
}
