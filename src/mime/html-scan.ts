import { Tokenizer } from 'htmlparser2';
import { escapeHtml } from '../base/html';
import { type OpenElement, openElement, VOID_ELEMENTS } from './html-nesting';
import { QuoteFinder, type TailQuote } from './html-quotes';

/** Limits on one HTML body; see threats B6. Real newsletters stay under a tenth of each. */
export interface ScanLimits {
  /** Characters of markup and text, inline image data apart. */
  readonly maxChars: number;
  readonly maxElements: number;
  readonly maxAttributes: number;
  readonly maxDepth: number;
}

export const SCAN_LIMITS: ScanLimits = {
  maxChars: 2 * 1024 * 1024,
  maxElements: 50_000,
  maxAttributes: 200_000,
  // Browsers stop nesting at 512; the frame and the fold need a few levels themselves.
  maxDepth: 500,
};

/** Inline images pasted as `data:` do not count as text, up to this. */
const MAX_DATA_CHARS = 8 * 1024 * 1024;
/** Attributes of one element that are read; the rest of its tag is removed. */
const MAX_ELEMENT_ATTRIBUTES = 128;
/** An attribute value longer than this is data, not text. */
const DATA_CHARS = 4_096;

export interface ScanOptions {
  readonly limits: ScanLimits;
  /** Label of the folded quoted tail; nothing is folded without it. */
  readonly quotedSummary?: string | undefined;
  /**
   * Elements that stay; the tags of others are taken out here, before the parser nests anything
   * in them, or the result would nest differently when it is parsed again. All stay without it.
   */
  readonly allowed?: ReadonlySet<string>;
  /** Told about each tag taken out for its name. */
  readonly onDropped?: (name: string, values: ReadonlyMap<string, string>) => void;
}

/** Marks the block that stands for the body element, until its attributes are rewritten. */
export const BODY_MARK = 'data-mail-body';

export interface ScannedHtml {
  /** The input within limits: cut, and without the tags nested too deep. */
  readonly html: string;
  readonly styles: readonly string[];
  readonly truncated: boolean;
  readonly hasQuoted: boolean;
}

/** Elements whose content the tokenizer gives as raw text and nobody should read. */
const RAW_TEXT = new Set(['script', 'style', 'title', 'textarea', 'xmp']);

/**
 * One linear pass over the tokens, before anything builds a tree: applies the limits, collects
 * style elements, finds the quoted tail and wraps it in `<details>` for the sanitiser to keep.
 */
export function scanHtml(input: string, options: ScanOptions): ScannedHtml {
  return new Scanner(input, options).run();
}

interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

class Scanner {
  private readonly tokenizer: Tokenizer;
  private readonly stack: OpenElement[] = [];
  /** Elements dropped for their depth that still have a closing tag to drop, by name. */
  private readonly dropped = new Map<string, number>();
  private readonly edits: Edit[] = [];
  private readonly styles: string[] = [];
  private readonly quotes: QuoteFinder | undefined;
  private tag = { name: '', start: 0, attributes: 0, cut: -1 };
  private attribute = { name: '', from: -1, to: -1 };
  private readonly values = new Map<string, string>();
  private elements = 0;
  private attributes = 0;
  private dataChars = 0;
  private raw = '';
  private media = '';
  private end: number;

  private readonly limits: ScanLimits;

  constructor(
    private readonly input: string,
    private readonly options: ScanOptions,
  ) {
    const { limits, quotedSummary } = options;
    this.limits = limits;
    this.end = Math.min(input.length, limits.maxChars + MAX_DATA_CHARS);
    this.quotes = quotedSummary === undefined ? undefined : new QuoteFinder();
    const nothing = (): void => undefined;
    this.tokenizer = new Tokenizer(
      { decodeEntities: true },
      {
        onattribdata: (start, end) => this.onValue(start, end),
        onattribentity: nothing,
        onattribend: () => this.onAttributeEnd(),
        onattribname: (start, end) => this.onAttribute(start, end),
        oncdata: nothing,
        onclosetag: (start, end) => this.onClose(start, end),
        oncomment: nothing,
        ondeclaration: nothing,
        onend: nothing,
        onopentagend: (end) => this.onOpenEnd(end),
        onopentagname: (start, end) => this.onOpen(start, end),
        onprocessinginstruction: nothing,
        onselfclosingtag: (end) => this.onOpenEnd(end),
        ontext: (start, end) => this.onText(start, end),
        ontextentity: (codepoint) => this.quotes?.text(String.fromCodePoint(codepoint)),
      },
    );
  }

  run(): ScannedHtml {
    const quotedSummary = this.options.quotedSummary ?? '';
    this.tokenizer.write(this.input.slice(0, this.end));
    this.tokenizer.end();
    const truncated = this.end < this.input.length;
    const quote = this.quotes?.tail(this.end);
    const html = applyEdits(this.input, this.end, [...this.edits, ...wrap(quote, quotedSummary)]);
    const hasQuoted = quote !== undefined || this.quotes?.hasFold === true;
    return { html, styles: this.styles, truncated, hasQuoted };
  }

  /** Ends the reading here: the document is cut before `at`. */
  private stop(at: number): void {
    this.end = Math.min(this.end, at);
    this.tokenizer.pause();
  }

  private onOpen(start: number, end: number): void {
    const name = this.input.slice(start, end).toLowerCase();
    this.tag = { name, start: start - 1, attributes: 0, cut: -1 };
    this.values.clear();
    this.elements++;
    const size = start - this.dataChars;
    if (this.elements > this.limits.maxElements || size > this.limits.maxChars)
      this.stop(start - 1);
  }

  private onAttribute(start: number, end: number): void {
    this.attribute = { name: this.input.slice(start, end).toLowerCase(), from: -1, to: -1 };
    this.attributes++;
    this.tag.attributes++;
    if (this.attributes > this.limits.maxAttributes) this.stop(this.tag.start);
    if (this.tag.attributes === MAX_ELEMENT_ATTRIBUTES) this.tag.cut = start;
  }

  private onValue(start: number, end: number): void {
    if (this.attribute.from < 0) this.attribute.from = start;
    this.attribute.to = end;
  }

  private onAttributeEnd(): void {
    const { name, from, to } = this.attribute;
    if (to - from > DATA_CHARS)
      this.dataChars = Math.min(this.dataChars + to - from, MAX_DATA_CHARS);
    else if (from >= 0 && this.wantsValues()) this.values.set(name, this.input.slice(from, to));
  }

  private wantsValues(): boolean {
    return this.quotes !== undefined || this.tag.name === 'style' || this.isTakenOut(this.tag.name);
  }

  /** True for an element that is neither allowed, nor raw text, nor the body. */
  private isTakenOut(name: string): boolean {
    const { allowed } = this.options;
    return allowed !== undefined && !allowed.has(name) && !RAW_TEXT.has(name) && name !== 'body';
  }

  private onOpenEnd(end: number): void {
    const { start, cut } = this.tag;
    let { name } = this.tag;
    if (this.isTakenOut(name)) {
      this.options.onDropped?.(name, this.values);
      this.edits.push({ from: start, to: end + 1, text: '' });
      return;
    }
    if (name === 'body' && this.options.allowed) {
      this.edits.push({ from: start + 1, to: start + 1 + name.length, text: `div ${BODY_MARK}` });
      name = 'div';
    }
    if (name === 'style') this.media = this.values.get('media') ?? '';
    if (RAW_TEXT.has(name)) this.raw = name;
    if (cut >= 0) this.edits.push({ from: cut, to: end, text: '' });
    if (VOID_ELEMENTS.has(name)) {
      this.quotes?.leaf(name, this.values, start, this.stack.length);
      return;
    }
    const closed = openElement(this.stack, name);
    for (const element of closed) this.quotes?.close(element, start, this.stack.length);
    if (this.stack.length >= this.limits.maxDepth) {
      this.dropped.set(name, (this.dropped.get(name) ?? 0) + 1);
      this.edits.push({ from: start, to: end + 1, text: '' });
      return;
    }
    this.quotes?.open(name, this.values, start, this.stack.length);
    this.stack.push({ name });
  }

  private onClose(start: number, end: number): void {
    let name = this.input.slice(start, end).toLowerCase();
    this.raw = '';
    if (this.isTakenOut(name)) {
      const close = this.input.indexOf('>', end);
      this.edits.push({ from: start - 2, to: close < 0 ? this.end : close + 1, text: '' });
      return;
    }
    if (name === 'body' && this.options.allowed) {
      this.edits.push({ from: start, to: end, text: 'div' });
      name = 'div';
    }
    const waiting = this.dropped.get(name) ?? 0;
    if (waiting > 0) {
      this.dropped.set(name, waiting - 1);
      const close = this.input.indexOf('>', end);
      this.edits.push({ from: start - 2, to: close < 0 ? this.end : close + 1, text: '' });
      return;
    }
    const at = this.stack.findLastIndex((element) => element.name === name);
    if (at < 0) return;
    while (this.stack.length > at) {
      const element = this.stack.pop();
      if (element) this.quotes?.close(element, start - 2, this.stack.length);
    }
  }

  private onText(start: number, end: number): void {
    // Raw text is never shown: it does not use up what may be.
    if (this.raw !== '') this.dataChars = Math.min(this.dataChars + end - start, MAX_DATA_CHARS);
    if (this.raw === 'style') this.styles.push(withMedia(this.input.slice(start, end), this.media));
    else if (this.raw === '') this.quotes?.text(this.input, start, end);
    if (end - this.dataChars > this.limits.maxChars) {
      this.stop(Math.max(start, this.limits.maxChars + this.dataChars));
    }
  }
}

/** A style element's own condition, written inside the sheet: elements are merged into one. */
const withMedia = (sheet: string, media: string): string =>
  /^\s*(?:all|screen)?\s*$/i.test(media) || /[{};]/.test(media)
    ? sheet
    : `@media ${media}{${sheet}}`;

const wrap = (quote: TailQuote | undefined, summary: string): Edit[] =>
  quote
    ? [
        {
          from: quote.start,
          to: quote.start,
          text: `<details class="quoted"><summary>${escapeHtml(summary)}</summary>`,
        },
        { from: quote.end, to: quote.end, text: '</details>' },
      ]
    : [];

function applyEdits(input: string, end: number, edits: readonly Edit[]): string {
  const pieces: string[] = [];
  let at = 0;
  for (const edit of edits.toSorted((a, b) => a.from - b.from || a.to - b.to)) {
    if (edit.from < at || edit.from > end) continue;
    pieces.push(input.slice(at, edit.from), edit.text);
    at = Math.min(edit.to, end);
  }
  pieces.push(input.slice(at, end));
  return pieces.join('');
}
