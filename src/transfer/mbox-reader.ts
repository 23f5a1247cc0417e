/** A message of a file, as it goes into a mailbox. */
export interface FoundMessage {
  /** With CRLF line ends; undefined for one that is larger than asked for, or deleted. */
  readonly raw: Buffer | undefined;
  readonly sizeBytes: number;
  readonly isDeleted: boolean;
  readonly flags: readonly string[];
  readonly arrivedAt: Date | undefined;
  /** Where the next one begins in the file. */
  readonly end: number;
}

const LF = 10;
const CRLF = Buffer.from('\r\n');
const EMPTY_LINE = Buffer.from('\r\n\r\n');
const FIRST_BYTES = 16 * 1024;
const MAX_KEYWORDS = 50;
const CR = 13;
/** No longer line is a separator, and no longer field is one of ours. */
const LOOKED = 1_000;
/** A line of more comes in pieces: nobody's file decides how much is held. */
const MAX_HELD = 1024 * 1024;
const SEPARATOR = /^From \S+\s+(.*\d{4}.*)$/;
const QUOTED = /^>+From /;
const FIELD = /^(Status|X-Status|X-Keywords|X-Mozilla-Status2?|X-Mozilla-Keys):\s*(.*)$/i;
const EXPUNGED = 0x8;

/**
 * Messages of an mbox file from a position on, where a separator has to be: RFC 4155 with `>` before
 * `From ` taken off (mboxrd; mboxo had no more than one), lines of any end, and what Dovecot, mutt and
 * Thunderbird say of flags in fields, which are not part of the message.
 */
export async function* readMbox(
  source: AsyncIterable<Buffer>,
  { from, maxBytes }: { readonly from: number; readonly maxBytes: number },
): AsyncGenerator<FoundMessage> {
  let current: Draft | undefined;
  let isAfterEmpty = true;
  for await (const line of linesOf(source, from)) {
    const text = line.isStart && line.bytes.length <= LOOKED ? line.bytes.toString('latin1') : '';
    const separator = isAfterEmpty ? SEPARATOR.exec(text) : null;
    if (separator) {
      if (current) yield current.finish(line.at);
      current = new Draft(separator[1] ?? '', maxBytes);
    } else current?.add(line.bytes, text, line.isEnded);
    isAfterEmpty = line.isStart && line.isEnded && line.bytes.length === 0;
    if (current) current.end = line.end;
  }
  if (current) yield current.finish(current.end);
}

/** The one message of a file, its lines ended as IMAP wants them (RFC 9051 6.3.12). */
export async function readAlone(
  source: AsyncIterable<Buffer>,
  maxBytes: number,
): Promise<FoundMessage> {
  const draft = new Draft('', maxBytes, true);
  for await (const { bytes, end, isEnded } of linesOf(source, 0)) {
    draft.add(bytes, '', isEnded);
    draft.end = end;
  }
  return draft.finish(draft.end);
}

interface Line {
  /** Without its end. */
  readonly bytes: Buffer;
  readonly at: number;
  readonly end: number;
  readonly isStart: boolean;
  readonly isEnded: boolean;
}

async function* linesOf(source: AsyncIterable<Buffer>, from: number): AsyncGenerator<Line> {
  let rest: Buffer[] = [];
  let held = 0;
  let at = from;
  let isStart = true;
  const whole = (tail: Buffer): Buffer => (rest.length > 0 ? Buffer.concat([...rest, tail]) : tail);
  for await (const piece of source) {
    let start = 0;
    for (let end = piece.indexOf(LF); end >= 0; end = piece.indexOf(LF, start)) {
      const bytes = whole(piece.subarray(start, end));
      const next = at + bytes.length + 1;
      yield {
        bytes: bytes.at(-1) === CR ? bytes.subarray(0, -1) : bytes,
        at,
        end: next,
        isStart,
        isEnded: true,
      };
      isStart = true;
      at = next;
      start = end + 1;
      rest = [];
      held = 0;
    }
    if (start < piece.length) {
      rest.push(piece.subarray(start));
      held += piece.length - start;
    }
    if (held > MAX_HELD) {
      const all = whole(Buffer.alloc(0));
      // Its last byte may be the CR of a line end.
      const bytes = all.subarray(0, -1);
      yield { bytes, at, end: at + bytes.length, isStart, isEnded: false };
      at += bytes.length;
      isStart = false;
      rest = [all.subarray(-1)];
      held = 1;
    }
  }
  if (held > 0) {
    const bytes = whole(Buffer.alloc(0));
    yield { bytes, at, end: at + bytes.length, isStart, isEnded: false };
  }
}

/** One message while its lines come. */
class Draft {
  end = 0;
  // One growing buffer: a list of lines would weigh a hundred times what a file of empty ones does.
  #bytes = Buffer.alloc(FIRST_BYTES);
  #length = 0;
  readonly #flags = new Set<string>();
  #sizeBytes = 0;
  #isHead = true;
  #isDeleted = false;
  /** Whose the first field is. */
  #first: 'own' | 'message' | undefined;
  #isOver = false;
  /** The field that is being read belongs to the file, not to the message. */
  #isInField = false;

  constructor(
    private readonly date: string,
    private readonly maxBytes: number,
    /** A file of one message: nothing in it is the file's. */
    private readonly isAlone = false,
  ) {}

  add(bytes: Buffer, text: string, isEnded: boolean): void {
    if (this.#isHead && !this.isAlone && this.#takes(text)) return;
    if (this.#isHead && isEnded && bytes.length === 0) this.#isHead = false;
    const own = !this.isAlone && QUOTED.test(text) ? bytes.subarray(1) : bytes;
    this.#sizeBytes += own.length + (isEnded ? CRLF.length : 0);
    if (this.#sizeBytes > this.maxBytes) {
      this.#length = 0;
      return;
    }
    this.#append(own);
    if (isEnded) this.#append(CRLF);
  }

  #append(bytes: Buffer): void {
    const length = this.#length + bytes.length;
    if (length > this.#bytes.length) {
      const larger = Buffer.alloc(Math.max(length, this.#bytes.length * 2));
      this.#bytes.copy(larger, 0, 0, this.#length);
      this.#bytes = larger;
    }
    bytes.copy(this.#bytes, this.#length);
    this.#length = length;
  }

  finish(end: number): FoundMessage {
    const isWhole = this.#sizeBytes <= this.maxBytes && !this.#isDeleted;
    const raw = this.#bytes.subarray(0, this.#length);
    // The empty line before a separator is the file's.
    const isPadded = !this.isAlone && raw.subarray(-4).equals(EMPTY_LINE);
    const arrivedAt = dateOf(this.date);
    return {
      raw: isWhole ? raw.subarray(0, isPadded ? -CRLF.length : undefined) : undefined,
      sizeBytes: this.#sizeBytes,
      isDeleted: this.#isDeleted,
      flags: [...this.#flags],
      arrivedAt,
      end,
    };
  }

  #takes(text: string): boolean {
    if (/^[ \t]/.test(text)) return this.#isInField;
    const [, name = '', value = ''] = this.#isOver ? [] : (FIELD.exec(text) ?? []);
    this.#isInField = name !== '';
    // Those that stand first are all there are: others of these names are the message's own.
    if (name === '') {
      this.#isOver ||= this.#first === 'own';
      this.#first ??= 'message';
      return false;
    }
    this.#first ??= 'own';
    this.#note(name.toLowerCase(), value);
    return true;
  }

  #note(name: string, value: string): void {
    const flag = (isOn: boolean, one: string): void => void (isOn && this.#flags.add(one));
    if (name === 'status') flag(value.includes('R'), '\\Seen');
    else if (name === 'x-status') {
      flag(value.includes('A'), '\\Answered');
      flag(value.includes('F'), '\\Flagged');
      flag(value.includes('T'), '\\Draft');
    } else if (name === 'x-keywords' || name === 'x-mozilla-keys') {
      for (const word of value.split(/\s+/).filter(isKeyword)) {
        if (this.#flags.size < MAX_KEYWORDS) this.#flags.add(word);
      }
    } else if (name === 'x-mozilla-status') {
      const bits = Number.parseInt(value, 16) || 0;
      flag((bits & 0x1) !== 0, '\\Seen');
      flag((bits & 0x2) !== 0, '\\Answered');
      flag((bits & 0x4) !== 0, '\\Flagged');
      this.#isDeleted = (bits & EXPUNGED) !== 0;
    }
  }
}

/** RFC 9051 9: an atom; no server takes more than a few of them. */
const isKeyword = (word: string): boolean => /^[!#-$&-'+-[\]-z|}~]{1,100}$/.test(word);

/** `Mon Jan  5 05:05:05 2026`, in UTC unless it says a zone. */
function dateOf(text: string): Date | undefined {
  const zoned = /(?:[+-]\d{4}|GMT|UTC|Z)\s*$/.test(text) ? text : `${text} UTC`;
  const at = new Date(zoned);
  return Number.isNaN(at.getTime()) || at.getTime() < 0 ? undefined : at;
}
