/** A message longer than this is somebody's data, not an explanation. */
const MESSAGE_MAX = 300;
const MAX_CAUSES = 5;

/** Members where protocol libraries put the server's words; their messages quote them. */
const SERVER_TEXTS = ['response', 'responseText', 'serverMessage', 'diagnosticMessage'] as const;

const ADDRESS = /[^\s<>"'(),;:]+@[^\s<>"'(),;:]+/g;
// RFC 4514: `uid=alice,ou=agents,dc=example`.
const DN =
  /\b(?:[a-z][a-z0-9-]*|[0-9.]+)=[^,+\s]+(?:\s*[,+]\s*[a-z][a-z0-9-]*=[^,+]*?)+(?=$|[\s'")\]])/gi;
/** RFC 5321 4.2 with RFC 3463: all of a reply that is not the server's prose. */
const SMTP_REPLY = /\b([245]\d\d)[ -]([245]\.\d{1,3}\.\d{1,3})\b.*/s;
/** RFC 3501 7.1, at the start of the text of an IMAP answer. */
const IMAP_CODE = /^\[([A-Z][A-Z0-9-]*)[^\]]*\]/;
const ATOM = /^[A-Z][A-Z0-9_-]{0,39}$/;

/**
 * Text from elsewhere as a log may hold it: codes stay, prose of an SMTP reply, addresses and names
 * of directory entries go, on one line of a bounded length.
 */
export function scrubText(text: string): string {
  const line = text
    .slice(0, MESSAGE_MAX * 4)
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replace(SMTP_REPLY, '$1 $2')
    .replace(ADDRESS, '<address>')
    .replace(DN, '<dn>')
    .trim();
  return line.length > MESSAGE_MAX ? `${line.slice(0, MESSAGE_MAX)}…` : line;
}

type Raw = Partial<Record<string, unknown>>;

/**
 * What a log may say of an error: kind, scrubbed message, codes, place, and its causes. Not the
 * other members that libraries attach: imapflow's carry the command as sent (folder names, words
 * searched for) and the server's answer, SMTP clients' the answer (addresses), a directory's its
 * diagnostic (names of entries).
 */
export function describeError(error: unknown, depth = 0): unknown {
  if (typeof error === 'string') return scrubText(error);
  if (typeof error !== 'object' || error === null) return error;
  const raw = error as Raw;
  const { name, code, details, cause } = raw;
  return {
    type: name,
    message: messageOf(raw),
    ...((typeof code === 'string' || typeof code === 'number') && { code }),
    ...serverCodes(raw),
    ...(details !== undefined && { details }),
    stack: frames(raw['stack']),
    ...(cause !== undefined && depth < MAX_CAUSES && { cause: describeError(cause, depth + 1) }),
  };
}

function messageOf(raw: Raw): unknown {
  const { message, code } = raw;
  if (typeof message !== 'string') return undefined;
  // ldapts: the server's diagnostic, then " Code: 0x31" (RFC 4511 4.1.9). The number says it all.
  if (typeof code === 'number' && /Code: 0x[0-9a-f]+/i.test(message)) {
    return `Code: 0x${code.toString(16)}`;
  }
  const said = SERVER_TEXTS.flatMap((key) => {
    const text = raw[key];
    return typeof text === 'string' && text.trim() !== '' ? [text.trim()] : [];
  });
  return scrubText(said.reduce((text, own) => text.split(own).join(codeIn(own)), message));
}

/** The machine's part of a server's answer: `535 5.7.8`, `[OVERQUOTA]`. */
function codeIn(answer: string): string {
  const reply = /^[245]\d\d(?:[ -][245]\.\d{1,3}\.\d{1,3}\b)?/.exec(answer);
  if (reply) return reply[0];
  const code = IMAP_CODE.exec(answer)?.[1];
  return code === undefined ? '…' : `[${code}]`;
}

/** Codes that protocol libraries attach; anything that is not one is text, and stays out. */
function serverCodes(raw: Raw): Readonly<Record<string, string | number>> {
  const codes: Record<string, string | number> = {};
  for (const key of ['responseStatus', 'serverResponseCode', 'responseCode']) {
    const value = raw[key];
    if (typeof value === 'number' || (typeof value === 'string' && ATOM.test(value))) {
      codes[key] = value;
    }
  }
  return codes;
}

/** A stack begins with the message: only its places are kept. */
function frames(stack: unknown): string | undefined {
  if (typeof stack !== 'string') return undefined;
  return stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .join('\n');
}
