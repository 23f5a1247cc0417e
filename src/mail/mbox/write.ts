/** A message as it stands in a mailbox, without its bytes. */
export interface MboxHead {
  /** Address of who sent it, '' where none is known. */
  readonly sender: string;
  /** INTERNALDATE, milliseconds. */
  readonly arrivedAt: number;
  readonly flags: readonly string[];
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const two = (value: number): string => String(value).padStart(2, '0');

/** `Mon Jan  5 05:05:05 2026`, in UTC, as RFC 4155 wants it. */
function asctime(ms: number): string {
  const at = new Date(ms);
  const day = String(at.getUTCDate()).padStart(2, ' ');
  const time = [at.getUTCHours(), at.getUTCMinutes(), at.getUTCSeconds()].map(two).join(':');
  return `${DAYS[at.getUTCDay()]} ${MONTHS[at.getUTCMonth()]} ${day} ${time} ${at.getUTCFullYear()}`;
}

const STATES = [
  ['\\Answered', 'A'],
  ['\\Flagged', 'F'],
  ['\\Draft', 'T'],
  ['\\Deleted', 'D'],
] as const;

/**
 * What stands before the bytes of a message: the separator of RFC 4155, and its flags in the fields
 * that Dovecot, mutt and Thunderbird read (`Status`, `X-Status`, `X-Keywords`).
 */
export function mboxHead({ sender, arrivedAt, flags }: MboxHead): string {
  const has = (name: string): boolean =>
    flags.some((flag) => flag.toLowerCase() === name.toLowerCase());
  // An address is one word here; anything else would move the date.
  const from = /^[!-~]+$/.test(sender) ? sender : 'MAILER-DAEMON';
  const states = STATES.filter(([name]) => has(name)).map(([, letter]) => letter);
  const keywords = flags.filter((flag) => /^[!-~]+$/.test(flag) && !flag.startsWith('\\'));
  return [
    `From ${from} ${asctime(arrivedAt)}`,
    `Status: ${has('\\Seen') ? 'RO' : 'O'}`,
    ...(states.length > 0 ? [`X-Status: ${states.join('')}`] : []),
    ...(keywords.length > 0 ? [`X-Keywords: ${keywords.join(' ')}`] : []),
    '',
  ].join('\n');
}

const LF = 10;
const CR = 13;
const QUOTE = Buffer.from('>');
/** No line that could be a separator is looked at further than this; `>>>…From ` of more is as it is. */
const LOOKED = 200;

/**
 * Bytes of a message for an mbox file: lines end with LF, and those that would read as a separator get
 * one `>` more, however many they have (mboxrd), so that all of it can be read back.
 */
export async function* mboxBytes(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  let isStart = true;
  for await (const piece of source) {
    const bytes = rest.length > 0 ? Buffer.concat([rest, piece]) : piece;
    const out: Buffer[] = [];
    let at = 0;
    for (;;) {
      const end = bytes.indexOf(LF, at);
      if (end < 0) break;
      out.push(...line(bytes.subarray(at, end), isStart), Buffer.of(LF));
      at = end + 1;
      isStart = true;
    }
    // A line that does not end here: only as much is kept as says whether it is a separator.
    rest = bytes.subarray(at);
    if (rest.length > LOOKED) {
      // Its last byte may be the CR of a line end.
      out.push(...line(rest.subarray(0, -1), isStart, false));
      isStart = false;
      rest = rest.subarray(-1);
    }
    if (out.length > 0) yield Buffer.concat(out);
  }
  // A last line without its end gets one: what follows has to begin a line.
  if (rest.length > 0 || !isStart) yield Buffer.concat([...line(rest, isStart), Buffer.of(LF)]);
  yield Buffer.of(LF);
}

function line(bytes: Buffer, isStart: boolean, isWhole = true): readonly Buffer[] {
  const text = isWhole && bytes.at(-1) === CR ? bytes.subarray(0, -1) : bytes;
  const isSeparator = isStart && /^>*From /.test(text.toString('latin1', 0, LOOKED));
  return isSeparator ? [QUOTE, text] : [text];
}
