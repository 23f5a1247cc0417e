/** A line of text with its quote depth; in format=flowed, a whole paragraph. */
export interface TextLine {
  readonly depth: number;
  readonly text: string;
}

/** RFC 3676 4.3; it is never joined with its neighbours. */
export const SIGNATURE_MARK = '-- ';

/** RFC 3676 4.2 recommends at most 78 characters; 72 leaves room for quote marks of replies. */
const WRAP_CHARS = 72;

const breakLines = (text: string): string[] => text.split(/\r\n|\n|\r/);

/** Lines of format=flowed text (RFC 3676) joined into paragraphs; with `delSp`, as in its 4.1. */
export function unflow(text: string, delSp = false): TextLine[] {
  const paragraphs: TextLine[] = [];
  let open: { depth: number; pieces: string[] } | undefined;
  const close = (): void => {
    if (open) paragraphs.push({ depth: open.depth, text: open.pieces.join('') });
    open = undefined;
  };
  for (const line of breakLines(text)) {
    const depth = leadingMarks(line);
    const body = line.slice(depth).replace(/^ /, '');
    if (open && (open.depth !== depth || body === SIGNATURE_MARK)) close();
    const isFlowed = body.endsWith(' ') && body !== SIGNATURE_MARK;
    const piece = isFlowed && delSp ? body.slice(0, -1) : body;
    if (open) open.pieces.push(piece);
    else open = { depth, pieces: [piece] };
    if (!isFlowed) close();
  }
  close();
  return paragraphs;
}

function leadingMarks(line: string): number {
  let depth = 0;
  while (line[depth] === '>') depth++;
  return depth;
}

/** Lines of ordinary text; quote marks may be apart (`> > text`). */
export function fixedLines(text: string): TextLine[] {
  return breakLines(text).map((line) => {
    let depth = 0;
    let at = 0;
    while (line[at] === '>') {
      depth++;
      at++;
      if (line[at] === ' ') at++;
    }
    return { depth, text: depth > 0 ? line.slice(at) : line };
  });
}

/** Text as format=flowed: long lines wrapped with a trailing space, stuffed where needed. */
export function encodeFlowed(text: string): string {
  return breakLines(text).flatMap(flowLine).join('\r\n');
}

function flowLine(line: string): string[] {
  if (line === SIGNATURE_MARK) return [line];
  const depth = leadingMarks(line);
  const marks = '>'.repeat(depth);
  const body = depth > 0 ? line.slice(depth).replace(/^ /, '') : line;
  // A trailing space would join this line with the next one.
  const pieces = wrap(body.trimEnd(), WRAP_CHARS);
  return pieces.map((piece) => marks + stuff(piece, depth > 0));
}

const stuff = (piece: string, isQuoted: boolean): string =>
  (isQuoted && piece !== '') || /^(?:[ >]|From )/.test(piece) ? ` ${piece}` : piece;

/** Breaks after spaces only; a longer word stays whole. Each piece but the last ends in a space. */
function wrap(text: string, width: number): string[] {
  const pieces: string[] = [];
  let from = 0;
  while (text.length - from > width) {
    let cut = text.lastIndexOf(' ', from + width - 1) + 1;
    if (cut <= from) cut = text.indexOf(' ', from + width) + 1;
    if (cut <= from) break;
    while (text[cut] === ' ') cut++;
    pieces.push(text.slice(from, cut));
    from = cut;
  }
  pieces.push(text.slice(from));
  return pieces;
}
