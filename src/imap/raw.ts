import type { ImapFlow } from 'imapflow';
import { AppError } from '../base/errors';
import { trimFetch } from './trim-fetch';

/**
 * What we use of imapflow beyond its types: `exec` (any command), `preCheck` (ends an IDLE under
 * way), `folders` (a LIST cache that SELECT consults first) and `handleResponse` (one parsed
 * line). All of it is reached here and nowhere else, checked at run time, and proved against a
 * real server by test/real/mail-imap.test.ts.
 */
export type Attribute =
  | { readonly type: 'ATOM' | 'STRING' | 'SEQUENCE' | 'NUMBER'; readonly value: string }
  | { readonly type: 'LITERAL'; readonly value: Buffer }
  | readonly Attribute[];

export interface ParsedNode {
  readonly type?: string;
  readonly value?: unknown;
  readonly section?: readonly (ParsedNode | null)[];
}
export interface ParsedResponse {
  readonly tag?: string;
  readonly command?: string;
  readonly attributes?: readonly (ParsedNode | readonly ParsedNode[] | null)[];
}
interface ExecResult {
  readonly response: ParsedResponse;
  next(): void;
}
type Handler = (untagged: ParsedResponse) => Promise<void> | void;
type Exec = (
  command: string,
  attributes: readonly Attribute[] | false,
  options?: { readonly untagged?: Readonly<Record<string, Handler>> },
) => Promise<ExecResult>;

function member(client: ImapFlow, name: string): unknown {
  return Reflect.get(client, name);
}

type Method = (this: ImapFlow, ...args: readonly unknown[]) => unknown;

/** A library that lost one must fail by name: without it a mailbox would look empty. */
function method(client: ImapFlow, name: string): Method {
  const found = member(client, name);
  if (typeof found !== 'function') throw new TypeError(`imapflow has no ${name}`);
  return found as Method;
}

/** Runs one command; the error carries `responseStatus` and `serverResponseCode`. */
export async function exec(
  client: ImapFlow,
  command: string,
  attributes: readonly Attribute[] = [],
  untagged: Readonly<Record<string, Handler>> = {},
): Promise<ParsedResponse> {
  await breakIdle(client);
  const run = method(client, 'exec') as Exec;
  try {
    const result = await run.call(client, command, attributes, { untagged });
    // The reader waits for this before it goes on to the next line.
    result.next();
    return result.response;
  } catch (error) {
    throw withResponseCode(error);
  }
}

/** Sends DONE when the connection idles, and waits until commands may follow. */
export async function breakIdle(client: ImapFlow): Promise<void> {
  // The library sets it while it idles and unsets it after.
  const isPromised = client.idling && member(client, 'preCheck') !== false;
  if (isPromised || member(client, 'preCheck')) await method(client, 'preCheck').call(client);
}

/** Spares SELECT the LIST that imapflow sends before the first one of each mailbox. */
export function rememberPath(client: ImapFlow, path: string): void {
  const folders = member(client, 'folders');
  if (folders instanceof Map && !folders.has(path)) folders.set(path, { path, listed: true });
}

const TOKEN_MECHANISMS = ['AUTH=OAUTHBEARER', 'AUTH=XOAUTH2', 'AUTH=XOAUTH'];

/**
 * Signs in by one SASL mechanism or not at all: the library takes what it prefers of what the server
 * announces, and falls back to others. Call once, before `connect()`.
 */
export function demandMechanism(client: ImapFlow, mechanism: string): void {
  const original = method(client, 'authenticate');
  Reflect.set(client, 'authenticate', async () => {
    const wanted = `AUTH=${mechanism}`;
    if (!client.capabilities.has(wanted)) {
      throw new AppError('session/mail-access', {
        details: { setting: 'mailAccess', reason: `imap-lacks-${mechanism.toLowerCase()}` },
      });
    }
    for (const other of TOKEN_MECHANISMS) if (other !== wanted) client.capabilities.delete(other);
    return original.call(client);
  });
}

/** The response code of a tagged answer (RFC 9051 7.1) with its arguments: `['COPYUID', …]`. */
export function responseCode(response: ParsedResponse | undefined): readonly string[] {
  const first = response?.attributes?.[0];
  if (!first || Array.isArray(first)) return [];
  const section = (first as ParsedNode).section ?? [];
  return section.map((node) => (typeof node?.value === 'string' ? node.value : ''));
}

function withResponseCode(error: unknown): unknown {
  if (typeof error !== 'object' || error === null || !('response' in error)) return error;
  const response = error.response;
  if (typeof response !== 'object' || response === null) return error;
  const code = responseCode(response)[0];
  if (code) Reflect.set(error, 'serverResponseCode', code.toUpperCase());
  return error;
}

/** Sees each raw line before imapflow's parser does; answers true to take it. */
export type LineTap = (line: Buffer) => boolean;

interface RawResponse {
  readonly payload?: unknown;
  readonly literals?: readonly Buffer[];
}

const taps = new WeakMap<ImapFlow, { tap: LineTap | undefined }>();

/**
 * Lets {@link withTap} read lines of `client` cheaply: a SORT answer of 100,000 uids costs
 * imapflow's parser 420 ms and a scan of its bytes 3 ms. Keeps from it what it would take long to
 * parse of one message. Call once, before `connect()`.
 */
export function installTap(client: ImapFlow): void {
  const original = method(client, 'handleResponse');
  const slot: { tap: LineTap | undefined } = { tap: undefined };
  taps.set(client, slot);
  Reflect.set(client, 'handleResponse', (data: RawResponse) => {
    const line = data.payload;
    if (!Buffer.isBuffer(line)) return original.call(client, data);
    if (slot.tap?.(line)) return Promise.resolve(true);
    return original.call(client, trimFetch({ ...data, payload: line }));
  });
}

/** Runs `fn` while `tap` sees every line of a client with {@link installTap}. */
export async function withTap<T>(client: ImapFlow, tap: LineTap, fn: () => Promise<T>): Promise<T> {
  const slot = taps.get(client);
  if (!slot) throw new TypeError('this connection has no tap');
  slot.tap = tap;
  try {
    return await fn();
  } finally {
    slot.tap = undefined;
  }
}
