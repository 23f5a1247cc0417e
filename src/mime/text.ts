import { escapeHtml } from '../base/html';
import { fixedLines, SIGNATURE_MARK, type TextLine, unflow } from './flowed';
import { linkify } from './linkify';
import type { RenderedBody } from './rendered';

/** First screens of a huge text; the rest is behind "download" (threats B2, B7). */
const MAX_TEXT_CHARS = 2 * 1024 * 1024;
const MAX_TEXT_LINES = 50_000;

/** Deeper quotes are drawn at this depth: nobody reads them and nesting costs the browser. */
const MAX_QUOTE_DEPTH = 24;

export interface TextOptions {
  /** Content-Type `format=flowed` and `delsp=yes` (RFC 3676). */
  readonly isFlowed?: boolean;
  readonly delSp?: boolean;
  /** The label of the folded quote. */
  readonly quotedSummary: string;
  readonly maxChars?: number;
  readonly maxLines?: number;
}

const ORIGINAL_MARK =
  /^\s*[-_]{2,}\s?(?:message d['’]origine|original message|ursprüngliche nachricht|messaggio originale|mensaje original)\s?[-_]{2,}/i;

const ATTRIBUTION_END =
  /(?:a écrit|écrivait|wrote|schrieb[^:]{0,40}|ha scritto|escribió)\s?:\s{0,3}$/i;

/** Plain text as safe HTML: escaped, linkified, quotes nested, the quoted tail folded. */
export function textToHtml(text: string, options: TextOptions): RenderedBody {
  const maxChars = options.maxChars ?? MAX_TEXT_CHARS;
  const kept = cleanControls(text.slice(0, maxChars));
  const all = options.isFlowed ? unflow(kept, options.delSp) : fixedLines(kept);
  const lines = all.slice(0, options.maxLines ?? MAX_TEXT_LINES);
  const fold = foldFrom(lines);
  const writer = new TextWriter(fold, options.quotedSummary);
  for (const [index, line] of lines.entries()) writer.write(line, index);
  return {
    html: `<div class="plain">${writer.end()}</div>`,
    blockedRemote: 0,
    shownRemote: 0,
    trackers: 0,
    truncated: text.length > maxChars || all.length > lines.length,
    hasQuoted: fold < lines.length,
    usedCids: [],
  };
}

/** Controls that are no white space become visible replacements. */
const cleanControls = (text: string): string => text.replace(/(?![\t\n\f\r])\p{Cc}/gu, '\ufffd');

/** Index of the first line of the quoted tail, or the number of lines when there is none. */
function foldFrom(lines: readonly TextLine[]): number {
  const first = lines.findIndex((line) => line.text.trim() !== '');
  if (first < 0) return lines.length;
  const original = lines.findIndex((line) => line.depth === 0 && ORIGINAL_MARK.test(line.text));
  if (original > first) return original;
  let start = lines.length;
  let hasText = false;
  while (start > 0) {
    const line = lines[start - 1];
    if (!line || (line.depth === 0 && line.text.trim() !== '')) break;
    hasText ||= line.depth > 0 && line.text.trim() !== '';
    start--;
  }
  while (start < lines.length && lines[start]?.depth === 0) start++;
  start = attributionBefore(lines, start);
  return hasText && start > first ? start : lines.length;
}

/** "X wrote:" directly above the quote is folded with it; it may be broken over two lines. */
function attributionBefore(lines: readonly TextLine[], start: number): number {
  let at = start - 1;
  while (at > 0 && lines[at]?.text.trim() === '') at--;
  if (!ATTRIBUTION_END.test(lines[at]?.text.slice(-60) ?? '')) return start;
  return /^(?:Le|On|Am|Il|El)\s/.test(lines[at - 1]?.text ?? '') ? at - 1 : at;
}

/** Writes lines one after the other, opening and closing what their depth needs. */
class TextWriter {
  private readonly out: string[] = [];
  private depth = 0;
  private isSignature = false;
  private isFolded = false;
  private needsBreak = false;

  constructor(
    private readonly fold: number,
    private readonly summary: string,
  ) {}

  write(line: TextLine, index: number): void {
    if (index === this.fold) this.openFold();
    if (line.depth > 0 || index === this.fold) this.closeSignature();
    this.moveTo(Math.min(line.depth, MAX_QUOTE_DEPTH));
    if (line.depth === 0 && !this.isFolded && line.text === SIGNATURE_MARK) this.openSignature();
    if (this.needsBreak) this.out.push('\n');
    this.out.push(linkify(line.text));
    this.needsBreak = true;
  }

  end(): string {
    this.moveTo(0);
    this.closeSignature();
    if (this.isFolded) this.out.push('</details>');
    return this.out.join('');
  }

  private moveTo(depth: number): void {
    if (depth === this.depth) return;
    for (; this.depth < depth; this.depth++) this.out.push('<blockquote>');
    for (; this.depth > depth; this.depth--) this.out.push('</blockquote>');
    this.needsBreak = false;
  }

  private openFold(): void {
    this.moveTo(0);
    this.closeSignature();
    const summary = `<summary>${escapeHtml(this.summary)}</summary>`;
    this.out.push(`<details class="quoted">${summary}`);
    this.isFolded = true;
    this.needsBreak = false;
  }

  private openSignature(): void {
    if (this.isSignature) return;
    this.out.push('<div class="signature">');
    this.isSignature = true;
    this.needsBreak = false;
  }

  private closeSignature(): void {
    if (!this.isSignature) return;
    this.out.push('</div>');
    this.isSignature = false;
    this.needsBreak = false;
  }
}
