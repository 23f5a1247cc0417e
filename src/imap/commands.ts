import type { ImapFlow } from 'imapflow';
import { encodePath, normalizePath } from 'imapflow/lib/tools.js';
import { AppError } from '../base/errors';
import type { Uid, UidValidity } from '../base/types';
import { isServerAnswer } from './errors';
import { type Attribute, exec, responseCode, withTap } from './raw';
import { formatSet, scanNumbers, scanSet, UidList } from './uid-set';

/** RFC 5256 sort keys, in order; `REVERSE` before the key it reverses. */
export type SortProgram = readonly ('REVERSE' | 'ARRIVAL' | 'DATE' | 'FROM' | 'SUBJECT' | 'SIZE')[];

const ATOM = (value: string): Attribute => ({ type: 'ATOM', value });
const SET = (uids: Iterable<number>): Attribute => ({ type: 'SEQUENCE', value: formatSet(uids) });

/**
 * User text as one IMAP string. ASCII is quoted by the library; anything else travels as a
 * literal, whose length the server counts: no character can end it. NUL fits neither.
 */
export function textArgument(text: string): Attribute {
  const plain = text.replace(/\p{Cc}+/gu, ' ').trim();
  if (/^[ -~]*$/.test(plain)) return { type: 'STRING', value: plain };
  return { type: 'LITERAL', value: Buffer.from(plain, 'utf8') };
}

const needsCharset = (keys: readonly Attribute[]): boolean =>
  keys.some((key) =>
    Array.isArray(key) ? needsCharset(key) : 'type' in key && key.type === 'LITERAL',
  );

/** Uids that match `keys` (RFC 9051 6.4.4), ascending; in ranges where the server can (ESEARCH). */
export async function searchUids(
  client: ImapFlow,
  keys: readonly Attribute[],
): Promise<Uint32Array> {
  const result = client.capabilities.has('ESEARCH') ? [ATOM('RETURN'), [ATOM('ALL')]] : [];
  const charset = needsCharset(keys) ? [ATOM('CHARSET'), ATOM('UTF-8')] : [];
  try {
    return (await collectUids(client, 'UID SEARCH', [...result, ...charset, ...keys])).sort();
  } catch (error) {
    // RFC 3501 6.4.4: a server need not know another charset than US-ASCII.
    if (charset.length === 0 || !isBadCharset(error)) throw error;
    return (await collectUids(client, 'UID SEARCH', [...result, ...asciiKeys(keys)])).sort();
  }
}

const isBadCharset = (error: unknown): boolean =>
  typeof error === 'object' &&
  error !== null &&
  'serverResponseCode' in error &&
  error.serverResponseCode === 'BADCHARSET';

/**
 * The same keys with what ASCII can say of each text, its longest run: more messages match, and
 * none is missed.
 */
const asciiKeys = (keys: readonly Attribute[]): readonly Attribute[] =>
  keys.map((key): Attribute => {
    if (!('type' in key)) return asciiKeys(key);
    if (key.type !== 'LITERAL') return key;
    const runs = key.value.toString('utf8').match(/[ -~]+/g) ?? [];
    const longest = runs.reduce((best, run) => (run.length > best.length ? run : best), '');
    return { type: 'STRING', value: longest.trim() };
  });

/** Uids that match `keys` in the order of `program` (RFC 5256); needs the capability SORT. */
export function sortUids(
  client: ImapFlow,
  program: SortProgram,
  keys: readonly Attribute[],
): Promise<Uint32Array> {
  return collectUids(client, 'UID SORT', [program.map(ATOM), ATOM('UTF-8'), ...keys]);
}

/** A search key for a set of uids. */
export const uidKey = (uids: Iterable<number>): readonly Attribute[] => [ATOM('UID'), SET(uids)];

/** A search key for every uid from `first` on; the last message matches even when lower. */
export const uidsFrom = (first: number): readonly Attribute[] => [
  ATOM('UID'),
  { type: 'SEQUENCE', value: `${first}:*` },
];

async function collectUids(
  client: ImapFlow,
  command: string,
  attributes: readonly Attribute[],
): Promise<Uint32Array> {
  const list = new UidList();
  let failure: unknown;
  const tap = (line: Buffer): boolean => {
    try {
      return takeUids(line, list);
    } catch (error) {
      failure ??= error;
      return true;
    }
  };
  await withTap(client, tap, () => exec(client, command, attributes));
  if (failure) throw failure instanceof Error ? failure : new AppError('imap/protocol');
  return list.finish();
}

/** Reads `* SORT …`, `* SEARCH …` and `* ESEARCH … ALL set`; false for any other line. */
function takeUids(line: Buffer, list: UidList): boolean {
  const head = line.toString('latin1', 0, 10).toUpperCase();
  if (head.startsWith('* SORT')) scanNumbers(line, 6, list);
  else if (head.startsWith('* SEARCH')) scanNumbers(line, 8, list);
  else if (head.startsWith('* ESEARCH')) {
    const match = /\sALL\s+([0-9:,]+)/i.exec(line.toString('latin1'));
    if (match?.[1]) scanSet(match[1], list);
  } else return false;
  return true;
}

/** Adds or removes flags without an answer for each message (RFC 9051 6.4.6 .SILENT). */
export async function storeFlags(
  client: ImapFlow,
  uids: Iterable<number>,
  sign: '+' | '-',
  flags: readonly string[],
): Promise<void> {
  await exec(client, 'UID STORE', [SET(uids), ATOM(`${sign}FLAGS.SILENT`), flags.map(ATOM)]);
}

/** Where copied messages went (RFC 4315 COPYUID); nothing when the server does not say. */
export interface Copied {
  readonly uidValidity: UidValidity | undefined;
  readonly uids: readonly Uid[];
}

/** COPY to the mailbox `path`, as people write it. */
export async function copyUids(
  client: ImapFlow,
  uids: Iterable<number>,
  path: string,
): Promise<Copied> {
  const response = await exec(client, 'UID COPY', [SET(uids), mailboxArgument(client, path)]);
  return readCopied(responseCode(response));
}

/**
 * MOVE (RFC 6851), or COPY, STORE and EXPUNGE of just these uids where it is missing. COPYUID
 * comes in an untagged OK (RFC 6851 4.3) or, from some servers, in the tagged one.
 */
export async function moveUids(
  client: ImapFlow,
  uids: readonly number[],
  path: string,
): Promise<Copied> {
  if (!client.capabilities.has('MOVE')) {
    const copied = await copyUids(client, uids, path);
    await expungeUids(client, uids);
    return copied;
  }
  let code: readonly string[] = [];
  const response = await exec(client, 'UID MOVE', [SET(uids), mailboxArgument(client, path)], {
    OK: (untagged) => {
      const found = responseCode(untagged);
      if (found[0]?.toUpperCase() === 'COPYUID') code = found;
    },
  });
  return readCopied(code.length > 0 ? code : responseCode(response));
}

function readCopied(code: readonly string[]): Copied {
  if (code[0]?.toUpperCase() !== 'COPYUID') return { uidValidity: undefined, uids: [] };
  const list = new UidList();
  try {
    scanSet(code[3] ?? '', list);
  } catch {
    // The copy is done; only undo is lost to a malformed code.
    return { uidValidity: undefined, uids: [] };
  }
  return {
    uidValidity: Number(code[1]) as UidValidity,
    uids: [...list.finish()].map((uid) => uid as Uid),
  };
}

/**
 * Removes exactly these messages. Without UIDPLUS a plain EXPUNGE would also remove what another
 * client marked: their marks are taken off for its duration and put back.
 */
export async function expungeUids(client: ImapFlow, uids: readonly number[]): Promise<void> {
  await storeFlags(client, uids, '+', ['\\Deleted']);
  if (client.capabilities.has('UIDPLUS')) {
    await exec(client, 'UID EXPUNGE', [SET(uids)]);
    return;
  }
  const ours = new Set(uids);
  const marked = await searchUids(client, [ATOM('DELETED')]);
  const others = [...marked].filter((uid) => !ours.has(uid));
  if (others.length > 0) await storeFlags(client, others, '-', ['\\Deleted']);
  try {
    await exec(client, 'EXPUNGE');
  } finally {
    if (others.length > 0) await storeFlags(client, others, '+', ['\\Deleted']);
  }
}

/** CREATE with a special use where the server can set one (RFC 6154 5.3), and SUBSCRIBE. */
export async function createMailbox(
  client: ImapFlow,
  path: string,
  use: string | undefined,
): Promise<void> {
  const withUse = use !== undefined && client.capabilities.has('CREATE-SPECIAL-USE');
  if (withUse && (await tryCreate(client, path, [[ATOM('USE'), [ATOM(use)]]]))) return;
  await exec(client, 'CREATE', [mailboxArgument(client, path)]);
  await subscribe(client, path);
}

async function tryCreate(
  client: ImapFlow,
  path: string,
  options: readonly Attribute[],
): Promise<boolean> {
  try {
    await exec(client, 'CREATE', [mailboxArgument(client, path), ...options]);
  } catch (error) {
    // [USEATTR] or a plain refusal of the attribute: the mailbox itself may still be possible.
    if (!isServerAnswer(error)) throw error;
    return false;
  }
  await subscribe(client, path);
  return true;
}

async function subscribe(client: ImapFlow, path: string): Promise<void> {
  try {
    await exec(client, 'SUBSCRIBE', [mailboxArgument(client, path)]);
  } catch (error) {
    // The mailbox exists; other clients may not list it. Not a reason to fail.
    if (!isServerAnswer(error)) throw error;
  }
}

/** A mailbox name as an argument: modified UTF-7 unless UTF8=ACCEPT, quoted where needed. */
export function mailboxArgument(client: ImapFlow, path: string): Attribute {
  const encoded = encodePath(client, normalizePath(client, path));
  return { type: /^[A-Za-z0-9/._-]+$/.test(encoded) ? 'ATOM' : 'STRING', value: encoded };
}
