/** Assembles text line by line: white space collapsed, quote marks in front. */
export class TextBuilder {
  private readonly lines: string[] = [];
  /** Pieces, not a string: looking at the end of a growing string copies it each time. */
  private readonly line: string[] = [];
  private last = '';
  private blanks = 0;
  private depth = 0;
  private lastDepth = 0;
  private pre = 0;
  private cells = 0;
  /** Characters of text written so far. */
  size = 0;
  private recent = '';

  text(text: string): void {
    if (this.pre > 0) {
      const [first = '', ...rest] = text.split(/\r\n|\n/);
      this.append(first);
      for (const line of rest) {
        this.flush();
        this.append(line);
      }
      return;
    }
    const collapsed = text.replace(/[ \t\r\n\f]+/g, ' ');
    const isStart = this.last === '' || this.last === ' ';
    this.append(isStart ? collapsed.trimStart() : collapsed);
  }

  /** Ends the line; with `gap`, one empty line separates what follows. */
  block(gap: boolean): void {
    this.flush();
    if (gap && this.lines.length > 0) this.blanks = Math.max(this.blanks, 1);
    this.cells = 0;
  }

  lineBreak(): void {
    const isEmpty = this.last === '';
    this.flush();
    if (isEmpty && this.lines.length > 0) this.blanks = Math.min(this.blanks + 1, 2);
  }

  rule(): void {
    this.flush();
    this.put('-'.repeat(20));
    this.flush();
  }

  item(mark: string, level: number): void {
    this.flush();
    this.put('  '.repeat(Math.min(level, 8)) + mark);
  }

  cell(): void {
    if (this.cells++ > 0 && this.last !== '') this.put('  ');
  }

  quote(change: 1 | -1): void {
    this.flush();
    this.depth = Math.max(0, this.depth + change);
  }

  preformatted(change: 1 | -1): void {
    this.pre = Math.max(0, this.pre + change);
  }

  /** What was written since a `size`, as far as the last characters are remembered. */
  since(from: number, max: number): string {
    const wanted = Math.min(this.size - from, max);
    return wanted > 0 ? this.recent.slice(-wanted) : '';
  }

  end(): string {
    this.flush();
    return this.lines.join('\n').trim();
  }

  private append(text: string): void {
    this.put(text);
    this.size += text.length;
    this.recent = (this.recent + text.slice(-MAX_RECENT)).slice(-MAX_RECENT);
  }

  private put(text: string): void {
    if (text === '') return;
    this.line.push(text);
    this.last = text.at(-1) ?? '';
  }

  private flush(): void {
    const text = this.line.join('').replaceAll('\u00a0', ' ').trimEnd();
    this.line.length = 0;
    this.last = '';
    if (text === '') return;
    const marks = this.depth > 0 ? `${'>'.repeat(Math.min(this.depth, MAX_MARKS))} ` : '';
    const gap = '>'.repeat(Math.min(this.depth, this.lastDepth, MAX_MARKS));
    for (; this.blanks > 0; this.blanks--) this.lines.push(gap);
    this.lastDepth = this.depth;
    this.lines.push(marks + text);
  }
}

const MAX_RECENT = 2_000;
const MAX_MARKS = 20;
