import type { OpenElement } from './html-nesting';

/** Where the quoted tail of a message begins and ends in its source. */
export interface TailQuote {
  readonly start: number;
  readonly end: number;
}

interface Candidate {
  readonly start: number;
  /** Depth of the stack around the quote: it ends when the stack is back there. */
  readonly depth: number;
  /** Outlook marks where the quote begins; it runs to the end of the parent. */
  readonly isRest: boolean;
  end: number;
  /** How much had been seen when it ended: anything later means it is not the tail. */
  seenAtEnd: number;
}

interface Level {
  readonly start: number;
  readonly seen: number;
}

type Values = ReadonlyMap<string, string>;

const QUOTE_CLASSES =
  /(?:^|\s)(?:gmail_quote|gmail_quote_container|moz-cite-prefix|yahoo_quoted|protonmail_quote|zmail_extra|tutanota_quote)(?:\s|$)/;

/** First words of the header block that Outlook puts above what it quotes. */
const OUTLOOK_HEADER = /^(?:De|From|Von|Van|Da|Expéditeur|Envoyé par)\s?:/;
const FORWARD_HEADER = /^-{3,}\s*(?:Forwarded|Message transféré|Weitergeleitete)/i;
const HEADER_CHARS = 60;

/** Follows the tokens and finds the quote that ends a message, with visible text before it. */
export class QuoteFinder {
  private readonly levels: Level[] = [];
  private candidate: Candidate | undefined;
  private isInside = false;
  /** A place that looks like Outlook's separator, until its first words say yes or no. */
  private suspect: { start: number; depth: number; words: string } | undefined;
  private opening = { words: '', isOpen: false };
  private seen = 0;
  /** True when the message already holds a folded quote: ours, seen a second time. */
  hasFold = false;

  open(name: string, values: Values, start: number, depth: number): void {
    const className = values.get('class') ?? '';
    if (name === 'details' && className === 'quoted') this.hasFold = true;
    if (!this.isInside) {
      if (isQuote(name, className, values)) this.begin({ start, depth, isRest: false });
      else if (isSeparator(values)) this.suspectAt(start, depth);
    }
    this.levels[depth] = { start, seen: this.seen };
    this.levels.length = depth + 1;
  }

  /** A void element: an image counts as content, Outlook's rule as a separator. */
  leaf(name: string, values: Values, start: number, depth: number): void {
    if (name === 'img') this.look();
    if (name !== 'hr' || this.isInside) return;
    const isRule = values.get('tabindex') === '-1' || values.get('id') === 'stopSpelling';
    if (isRule) this.suspectAt(start, depth);
  }

  close(_element: OpenElement, at: number, depth: number): void {
    const { candidate } = this;
    if (!candidate || !this.isInside) return;
    if (candidate.isRest ? depth < candidate.depth : depth <= candidate.depth) {
      this.finish(candidate, at);
    }
  }

  text(input: string, start = 0, end = input.length): void {
    let at = start;
    while (at < end && isBlank(input.charCodeAt(at))) at++;
    if (at === end) return;
    this.readOpening(input.slice(start, Math.min(end, start + HEADER_CHARS)));
    if (this.suspect) this.judge(input.slice(start, Math.min(end, start + HEADER_CHARS)));
    this.look();
  }

  /** The quote, once everything has been read. */
  tail(end: number): TailQuote | undefined {
    const { candidate } = this;
    if (!candidate || this.hasFold) return undefined;
    if (this.isInside) this.finish(candidate, end);
    const isForward = FORWARD_HEADER.test(this.opening.words.trim());
    if (candidate.seenAtEnd !== this.seen || isForward) return undefined;
    return { start: candidate.start, end: candidate.end };
  }

  private look(): void {
    this.seen++;
  }

  private begin(place: { start: number; depth: number; isRest: boolean }): void {
    // Without anything before it the quote is the message.
    if (this.seen === 0) return;
    const last = this.candidate;
    const follows = last && last.seenAtEnd === this.seen && last.depth === place.depth;
    // The line "X wrote:" and the quote below it are folded together.
    const start = follows && !last.isRest ? last.start : place.start;
    if (start === place.start) this.opening = { words: '', isOpen: true };
    this.candidate = { ...place, start, end: -1, seenAtEnd: -1 };
    this.isInside = true;
  }

  private finish(candidate: Candidate, at: number): void {
    candidate.end = at;
    candidate.seenAtEnd = this.seen;
    this.isInside = false;
  }

  private readOpening(text: string): void {
    if (!this.opening.isOpen || !this.isInside) return;
    this.opening.words += text;
    if (this.opening.words.trim().length >= 30) this.opening.isOpen = false;
  }

  /** Climbs to the outermost element that begins here: Outlook wraps its separator twice. */
  private suspectAt(start: number, depth: number): void {
    if (this.seen === 0) return;
    let place = { start, depth };
    for (let level = depth - 1; level >= 0; level--) {
      const around = this.levels[level];
      if (!around || around.seen !== this.seen) break;
      place = { start: around.start, depth: level };
    }
    this.suspect = { ...place, words: '' };
  }

  private judge(text: string): void {
    const { suspect } = this;
    if (!suspect) return;
    suspect.words = `${suspect.words}${text}`.trimStart().replace(/\u00a0/g, ' ');
    if (OUTLOOK_HEADER.test(suspect.words)) {
      this.suspect = undefined;
      // The words before the colon belong to the quote, not to what precedes it.
      this.begin({ start: suspect.start, depth: suspect.depth, isRest: true });
    } else if (suspect.words.length > 14) this.suspect = undefined;
  }
}

const isBlank = (code: number): boolean =>
  code === 0x20 ||
  (code >= 0x09 && code <= 0x0d) ||
  code === 0xa0 ||
  code === 0x200b ||
  code === 0x200c ||
  code === 0xfeff ||
  code === 0x34f ||
  code === 0xad;

function isQuote(name: string, className: string, values: Values): boolean {
  if (name === 'blockquote' && values.get('type')?.toLowerCase() === 'cite') return true;
  return className !== '' && QUOTE_CLASSES.test(className);
}

/** The line Outlook draws above the header block of what it quotes. */
function isSeparator(values: Values): boolean {
  const id = values.get('id') ?? '';
  if (/(?:^|_|-)(?:divRplyFwdMsg|appendonsend|OLK_SRC_BODY_SECTION)$/.test(id)) return true;
  const style = values.get('style') ?? '';
  return /border-top:\s*solid\s+#\w{3,6}\s+1(?:\.0)?pt/i.test(style);
}
