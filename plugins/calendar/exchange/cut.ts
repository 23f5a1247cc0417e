/** A component of a file as its lines stand there. */
export interface Cut {
  /** `VEVENT`, `VTODO`, `VJOURNAL` or `VTIMEZONE`. */
  readonly kind: string;
  /** Of its BEGIN, from 1. */
  readonly line: number;
  /** Its lines, BEGIN and END included, with CRLF. */
  readonly text: string;
  /** UID, or TZID of a zone; `''` without. */
  readonly name: string;
}

/** A part that begins and does not end, or is too large. */
export interface Broken {
  readonly line: number;
  readonly reason: 'unended' | 'too-large';
}

const KEPT: ReadonlySet<string> = new Set(['VEVENT', 'VTODO', 'VJOURNAL', 'VTIMEZONE']);

/**
 * Cuts a file into its components by lines alone, so that one that cannot be read is nobody else's
 * matter. Nested components (alarms, observances) stay in theirs. The cost is linear in the text.
 */
export function* cutCalendar(text: string, maxChars: number): Generator<Cut | Broken> {
  let [kind, begun, name] = ['', 0, ''];
  let lines: string[] = [];
  let chars = 0;
  let number = 0;
  for (const line of linesOf(text)) {
    number += 1;
    const [, verb = '', what = ''] = /^(BEGIN|END):([A-Za-z-]{1,40})\s*$/i.exec(line) ?? [];
    const named = what.toUpperCase();
    const isBegin = verb.toUpperCase() === 'BEGIN';
    if (isBegin && KEPT.has(named)) {
      if (kind !== '') yield { line: begun, reason: 'unended' };
      [kind, begun, name, lines, chars] = [named, number, '', [], 0];
    }
    if (kind === '') continue;
    chars += line.length + 2;
    if (chars > maxChars) {
      yield { line: begun, reason: 'too-large' };
      kind = '';
      continue;
    }
    lines.push(line);
    if (name === '') name = nameIn(line, kind);
    if (verb === '' || isBegin || named !== kind) continue;
    yield { kind, line: begun, text: `${lines.join('\r\n')}\r\n`, name };
    kind = '';
  }
  if (kind !== '') yield { line: begun, reason: 'unended' };
}

/** A UID or TZID that is folded is cut short: it is looked at again when the component is read. */
function nameIn(line: string, kind: string): string {
  const wanted = kind === 'VTIMEZONE' ? /^TZID:(.*)$/i : /^UID(?:;[^:]*)?:(.*)$/i;
  return wanted.exec(line)?.[1]?.trim() ?? '';
}

function* linesOf(text: string): Generator<string> {
  for (let at = 0; at < text.length; ) {
    const next = text.indexOf('\n', at);
    const end = next < 0 ? text.length : next;
    yield text.slice(at, text[end - 1] === '\r' && end > at ? end - 1 : end);
    at = end + 1;
  }
}
