import { lookup as dnsLookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { Agent, request } from 'undici';
import { withDeadline } from '../base/async';
import { AppError } from '../base/errors';
import type { Log } from '../base/log';
import { isPublicAddress } from './address-check';
import { toError } from './thrown';

const MAX_REDIRECTS = 3;
const MAX_URL_CHARS = 4_096;
const MAX_HEADER_BYTES = 32 * 1024;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const DEFAULT_PORTS: ReadonlySet<string> = new Set(['80', '443']);

export interface ResolvedAddress {
  readonly address: string;
  readonly family: number;
}

export interface GuardedFetchDeps {
  readonly log: Log;
  /**
   * Hosts that may be contacted: `host`, `*.domain`, or either with `:port` (which also opens a
   * port other than 80 and 443). Absent: every public host, on 80 and 443.
   */
  readonly allowHosts?: readonly string[];
  /** Refuses more than hosts do, at the first request and at each redirect: schemes, origins. */
  readonly isAllowed?: (url: URL) => boolean;
  /** `host:port` pairs that may be private and on any port: those that an operator names, and tests. */
  readonly allowPrivate?: readonly string[];
  /** For tests: name resolution. */
  readonly lookup?: (host: string) => Promise<readonly ResolvedAddress[]>;
}

/** What may be asked: pages and answers, and the resources of WebDAV (RFC 4918, RFC 3253). */
export const FETCH_METHODS = [
  'GET',
  'POST',
  'OPTIONS',
  'PROPFIND',
  'REPORT',
  'PUT',
  'DELETE',
] as const;
export type FetchMethod = (typeof FETCH_METHODS)[number];

/** They read, so that asking again where the same server says changes nothing. */
const READING: ReadonlySet<FetchMethod> = new Set(['GET', 'OPTIONS', 'PROPFIND', 'REPORT']);
const BODILESS: ReadonlySet<FetchMethod> = new Set(['GET', 'OPTIONS', 'DELETE']);

export interface GuardedFetchOptions {
  /** Of the body, compressed or not. */
  readonly maxBytes: number;
  /** For everything: names, connections, redirects and the last byte. */
  readonly timeoutMs: number;
  readonly maxRedirects?: number;
  readonly method?: FetchMethod;
  /**
   * Beside our own. `Host`, `Cookie`, framing and hop-by-hop ones are refused; `Authorization` and
   * whatever is not a GET stay with the origin that they were meant for.
   */
  readonly headers?: Readonly<Record<string, string>>;
  /** Of a POST, PUT, PROPFIND or REPORT. */
  readonly body?: string | Buffer;
  /** Media types (`image/*`, `text/calendar`): asked for, and any other 2xx answer is refused. */
  readonly accept?: readonly string[];
  readonly signal?: AbortSignal;
}

export interface FetchedResource {
  readonly status: number;
  /** Lower-case names; repeated ones joined with a comma; no cookies. */
  readonly headers: Readonly<Record<string, string>>;
  /** Media type without parameters, lower case; `''` when absent. */
  readonly contentType: string;
  readonly body: Buffer;
  /** After redirects. */
  readonly url: string;
}

export type GuardedFetch = (
  url: string | URL,
  options: GuardedFetchOptions,
) => Promise<FetchedResource>;

interface Hop {
  readonly url: URL;
  readonly options: GuardedFetchOptions;
  readonly signal: AbortSignal;
  /** On the scale of `performance.now()`. */
  readonly deadlineMs: number;
}
type HopResult = FetchedResource | { readonly location: string; readonly status: number };

/**
 * The only way out over HTTP: public addresses (checked after resolution, and connected to as
 * checked), ports 80 and 443, no cookies, credentials or referrer, caps on bytes and time. Errors
 * are `fetch/refused` (policy, unknown host) and `fetch/failed` (everything of the network), so
 * that an answer never tells which internal hosts and ports exist. The detail `isConnected` of a
 * `fetch/failed` says whether the server may have read the request.
 */
export function createGuardedFetch(deps: GuardedFetchDeps): GuardedFetch {
  return async (target, options) => {
    const deadlineMs = performance.now() + options.timeoutMs;
    const timeout = AbortSignal.timeout(options.timeoutMs);
    const signal = options.signal ? AbortSignal.any([timeout, options.signal]) : timeout;
    let url = parseUrl(target);
    const request = { ...options, headers: sendableHeaders(options.headers ?? {}) };
    for (let left = options.maxRedirects ?? MAX_REDIRECTS; ; left -= 1) {
      const result = await fetchOnce(deps, { url, options: request, signal, deadlineMs });
      if (!('location' in result)) return result;
      if (left <= 0) throw failed('too many redirects');
      const next = parseUrl(result.location, url);
      checkFollowing(options.method ?? 'GET', { status: result.status, from: url, to: next });
      if (next.origin !== url.origin) request.headers = {};
      url = next;
    }
  };
}

/**
 * What was written is not for whoever is named in the answer, and what is asked with a body only for
 * the server that was meant; 303 would turn the question into another one.
 */
function checkFollowing(
  method: FetchMethod,
  { status, from, to }: { readonly status: number; readonly from: URL; readonly to: URL },
): void {
  if (method === 'GET') return;
  const isSame = to.origin === from.origin && status !== 303;
  if (!READING.has(method) || !isSame) throw failed(`redirect of a ${method}`);
}

async function fetchOnce(deps: GuardedFetchDeps, hop: Hop): Promise<HopResult> {
  let isConnected = false;
  try {
    const dispatcher = pinnedAgent(await checkedAddresses(deps, hop));
    dispatcher.once('connect', () => {
      isConnected = true;
    });
    // One agent per hop: no connection outlives the check that allowed it.
    return await exchange(hop, dispatcher).finally(() => void dispatcher.destroy());
  } catch (error) {
    const reason = error instanceof AppError ? error : failed('network', error, isConnected);
    deps.log.info({ host: hop.url.host, err: reason }, reason.code);
    throw reason;
  }
}

async function exchange({ url, signal, options }: Hop, dispatcher: Agent): Promise<HopResult> {
  const method = options.method ?? 'GET';
  const { statusCode, headers, body } = await request(url, {
    dispatcher,
    signal,
    method,
    ...(options.body !== undefined && !BODILESS.has(method) && { body: options.body }),
    headers: {
      accept: options.accept?.join(', ') ?? '*/*',
      ...options.headers,
      'user-agent': 'Estafette',
      'accept-encoding': 'gzip, deflate, br',
    },
  });
  body.on('error', ignoreLateError);
  const fields = plainHeaders(headers);
  const { location } = fields;
  if (REDIRECTS.has(statusCode) && location !== undefined) {
    return { location, status: statusCode };
  }
  const contentType = mediaType(fields['content-type']);
  if (statusCode < 300 && !isAccepted(contentType, options.accept)) {
    throw failed('content type not accepted');
  }
  const bytes = await readBody(body, fields, options.maxBytes);
  return { status: statusCode, headers: fields, contentType, body: bytes, url: url.href };
}

/** Destroying an unread body (a redirect's, a refused one's) emits an error that nobody reads. */
function ignoreLateError(): void {}

/** What a caller may say for itself; nothing that names a host, a person's browser or the framing. */
const SENDABLE =
  /^(?:accept|accept-language|authorization|content-encoding|content-type|depth|if-match|if-none-match|if-modified-since|prefer|ttl|urgency|x-(?!forwarded|real-ip)[a-z0-9-]{1,60})$/;
const MAX_SENT_HEADERS = 20;
const MAX_HEADER_CHARS = 8_192;

/** Lower-case names; throws `fetch/refused` for a name or a value that has no place there. */
function sendableHeaders(
  headers: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const pairs = Object.entries(headers).map(
    ([name, value]) => [name.toLowerCase(), value] as const,
  );
  const isFine = pairs.every(
    ([name, value]) =>
      SENDABLE.test(name) && value.length <= MAX_HEADER_CHARS && !/[\r\n\0]/.test(value),
  );
  if (!isFine || pairs.length > MAX_SENT_HEADERS) throw refused('header');
  return Object.fromEntries(pairs);
}

function parseUrl(target: string | URL, base?: URL): URL {
  const text = String(target);
  if (text.length > MAX_URL_CHARS || !URL.canParse(text, base?.href))
    throw refused('malformed url');
  const url = new URL(text, base);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw refused('scheme');
  if (url.username !== '' || url.password !== '') throw refused('credentials in url');
  url.hash = '';
  return url;
}

/** The addresses of a host, all of them allowed: one private among public ones refuses the host. */
async function checkedAddresses(
  deps: GuardedFetchDeps,
  { url, signal, deadlineMs }: Hop,
): Promise<readonly ResolvedAddress[]> {
  const host = url.hostname.replace(/^\[|\]$/g, ''); // the URL parser has undone odd spellings
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  const isPrivateAllowed = deps.allowPrivate?.includes(`${url.hostname}:${port}`) === true;
  // Named hosts stay the only ones where an exception opens a private address.
  const isOpen = isPrivateAllowed && deps.allowHosts === undefined;
  if (!isOpen && !isHostAllowed(url.hostname, port, deps.allowHosts)) {
    throw refused('host or port not allowed');
  }
  if (deps.isAllowed?.(url) === false) throw refused('origin not allowed');
  signal.throwIfAborted();
  const addresses = await resolve(deps, host, Math.max(1, deadlineMs - performance.now()));
  const areAllowed = isPrivateAllowed || addresses.every(({ address }) => isPublicAddress(address));
  if (addresses.length === 0 || !areAllowed) throw refused('address not public');
  return addresses;
}

async function resolve(
  { lookup }: GuardedFetchDeps,
  host: string,
  timeoutMs: number,
): Promise<readonly ResolvedAddress[]> {
  const family = isIP(host);
  if (family !== 0) return [{ address: host, family }];
  const work = lookup?.(host) ?? dnsLookup(host, { all: true, verbatim: true });
  try {
    return await withDeadline(work, timeoutMs, () => new Error('name resolution timed out'));
  } catch (error) {
    // The same as for a private address: internal names must not be told from missing ones.
    throw refused('address not public', error);
  }
}

function isHostAllowed(host: string, port: string, allowed: readonly string[] | undefined) {
  if (!allowed) return DEFAULT_PORTS.has(port);
  return allowed.some((entry) => {
    const [, name = '', ownPort] = /^(.+?)(?::(\d+))?$/.exec(entry.toLowerCase()) ?? [];
    if (ownPort === undefined ? !DEFAULT_PORTS.has(port) : ownPort !== port) return false;
    return name.startsWith('*.') ? host.endsWith(name.slice(1)) : host === name;
  });
}

/** An agent that connects to the addresses that were checked, whatever the name says by now. */
function pinnedAgent(addresses: readonly ResolvedAddress[]): Agent {
  const [first = { address: '', family: 0 }] = addresses;
  return new Agent({
    connections: 1,
    pipelining: 0,
    maxHeaderSize: MAX_HEADER_BYTES,
    connect: {
      lookup: (_host, { all }, callback) => {
        if (all) callback(null, [...addresses]);
        else callback(null, first.address, first.family);
      },
    },
  });
}

function plainHeaders(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Readonly<Record<string, string>> {
  const pairs = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined || name.startsWith('set-cookie')
      ? []
      : [[name.toLowerCase(), Array.isArray(value) ? value.join(', ') : value] as const],
  );
  return Object.fromEntries(pairs);
}

const mediaType = (value = ''): string => (value.split(';')[0] ?? '').trim().toLowerCase();

function isAccepted(type: string, accept: readonly string[] | undefined): boolean {
  if (!accept) return true;
  return accept.some((entry) =>
    entry.endsWith('/*') ? type.startsWith(entry.slice(0, -1)) : type === entry,
  );
}

/** Reads to the end, counting both the bytes received and those that come out of decompression. */
async function readBody(
  body: Readable,
  headers: Readonly<Record<string, string>>,
  maxBytes: number,
): Promise<Buffer> {
  if (Number(headers['content-length'] ?? 0) > maxBytes) throw failed('too large');
  const decoder = decoderFor(headers['content-encoding']);
  const source = decoder ? body.pipe(decoder) : body;
  let received = 0;
  if (decoder) {
    body.on('data', (chunk: Buffer) => {
      received += chunk.length;
      if (received > maxBytes) body.destroy(failed('too large'));
    });
    body.on('error', (error) => decoder.destroy(error));
  }
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of source as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > maxBytes) throw failed('too large');
      chunks.push(chunk);
    }
  } finally {
    decoder?.destroy();
  }
  return Buffer.concat(chunks, size);
}

function decoderFor(encoding: string | undefined) {
  switch (encoding?.trim().toLowerCase() ?? '') {
    case '':
    case 'identity':
      return undefined;
    case 'gzip':
    case 'x-gzip':
      return createGunzip();
    case 'deflate':
      return createInflate();
    case 'br':
      return createBrotliDecompress();
    default:
      throw failed('content encoding'); // also stacked ones: nobody needs gzip in gzip
  }
}

const refused = (reason: string, cause?: unknown): AppError =>
  new AppError('fetch/refused', { details: { reason }, ...(cause !== undefined && { cause }) });

/** Only an answer can be wrong in itself, so without a word there was a connection. */
function failed(reason: string, cause?: unknown, isConnected = true): AppError {
  const details = { reason, isConnected };
  if (cause === undefined) return new AppError('fetch/failed', { details });
  return new AppError('fetch/failed', { details, cause: toError(cause) });
}
