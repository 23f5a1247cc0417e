import { Parser } from 'htmlparser2';
import { SCAN_LIMITS, scanHtml } from './html-scan';
import { TextBuilder } from './text-builder';

export interface PlainText {
  readonly text: string;
  readonly truncated: boolean;
}

/** Elements that stand on lines of their own; `true` asks for an empty line around. */
const BLOCKS: ReadonlyMap<string, boolean> = new Map(
  `address:0 article:0 aside:0 blockquote:1 center:0 dd:0 details:0 div:0 dl:1 dt:0 fieldset:0
  figcaption:0 figure:1 footer:0 form:0 h1:1 h2:1 h3:1 h4:1 h5:1 h6:1 header:0 li:0 main:0 nav:0
  ol:1 p:1 pre:1 section:0 summary:0 table:1 tr:0 ul:1`
    .split(/\s+/)
    .map((entry): [string, boolean] => [entry.slice(0, -2), entry.endsWith('1')]),
);

const HIDDEN = new Set([
  'head',
  'script',
  'select',
  'style',
  'template',
  'textarea',
  'title',
  'xmp',
]);

/** HTML to readable text: paragraphs, lists, tables, links, and quotes as `> `. Linear, bounded. */
export function plainFromHtml(html: string): PlainText {
  const scanned = scanHtml(html, { limits: SCAN_LIMITS });
  const walker = new Walker();
  const parser = new Parser(
    {
      onopentag: (name, attribs) => walker.open(name, attribs),
      ontext: (text) => walker.text(text),
      onclosetag: (name) => walker.close(name),
    },
    { decodeEntities: true },
  );
  parser.write(scanned.html);
  parser.end();
  return { text: walker.end(), truncated: scanned.truncated };
}

interface OpenList {
  readonly isOrdered: boolean;
  count: number;
}

class Walker {
  private readonly out = new TextBuilder();
  private readonly lists: OpenList[] = [];
  private readonly links: { href: string; from: number }[] = [];
  private hidden = 0;

  open(name: string, attribs: Readonly<Record<string, string>>): void {
    if (HIDDEN.has(name)) this.hidden++;
    if (this.hidden > 0) return;
    const gap = BLOCKS.get(name);
    if (gap !== undefined) this.out.block(gap && !(this.lists.length > 0 && name !== 'p'));
    switch (name) {
      case 'br':
        this.out.lineBreak();
        break;
      case 'hr':
        this.out.rule();
        break;
      case 'pre':
        this.out.preformatted(1);
        break;
      case 'blockquote':
        this.out.quote(1);
        break;
      case 'ul':
      case 'ol':
        this.lists.push({
          isOrdered: name === 'ol',
          count: Number.parseInt(attribs['start'] ?? '1', 10) || 1,
        });
        break;
      case 'li':
        this.openItem();
        break;
      case 'td':
      case 'th':
        this.out.cell();
        break;
      case 'img':
        if (attribs['alt']) this.out.text(attribs['alt']);
        break;
      case 'a':
        this.links.push({ href: attribs['href'] ?? '', from: this.out.size });
        break;
      default:
    }
  }

  text(text: string): void {
    if (this.hidden === 0) this.out.text(text);
  }

  close(name: string): void {
    if (HIDDEN.has(name)) {
      this.hidden = Math.max(0, this.hidden - 1);
      return;
    }
    if (this.hidden > 0) return;
    if (name === 'a') this.closeLink();
    if (name === 'pre') this.out.preformatted(-1);
    if (name === 'ul' || name === 'ol') this.lists.pop();
    const gap = BLOCKS.get(name);
    if (gap !== undefined) this.out.block(gap && !(this.lists.length > 0 && name !== 'p'));
    if (name === 'blockquote') this.out.quote(-1);
  }

  end(): string {
    return this.out.end();
  }

  private openItem(): void {
    const list = this.lists.at(-1);
    const mark = list?.isOrdered ? `${list.count++}. ` : '- ';
    this.out.item(mark, Math.max(0, this.lists.length - 1));
  }

  /** The address after the words, unless the words are the address. */
  private closeLink(): void {
    const link = this.links.pop();
    if (!link || !/^(?:https?:|mailto:)/i.test(link.href)) return;
    const address = link.href.replace(/^mailto:/i, '');
    const words = this.out.since(link.from, address.length + 20).trim();
    const bare = address.replace(/^https?:\/\//i, '').replace(/\/$/, '');
    if (words === '' || words.includes(bare)) return;
    this.out.text(` <${address}>`);
  }
}
