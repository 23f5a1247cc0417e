import { AppError } from '../../base/errors';
import { FETCH_METHODS, type GuardedFetch, type GuardedFetchDeps } from '../../kernel/fetch';
import type { PluginHttpOptions } from '../capability-types';
import type { PluginHttpResponse } from '../context-types';
import { originProblem, originsOf } from '../needs';
import { outward } from './outward';

const MAX_BYTES = 5_000_000;
const TIMEOUT_MS = 8_000;
const BODY_BYTES = 1_000_000;

export type CreateFetch = (
  options: Pick<GuardedFetchDeps, 'allowHosts' | 'allowPrivate' | 'isAllowed'>,
) => GuardedFetch;

/** What a plugin sees of an answer's header: nothing that would tell of other people's requests. */
const SHOWN_HEADERS = [
  'allow',
  'cache-control',
  'content-language',
  'content-type',
  'date',
  'dav',
  'etag',
  'expires',
  'last-modified',
  'retry-after',
  'www-authenticate',
];

export interface PluginHttpDeps {
  readonly needs: readonly string[];
  readonly createFetch: CreateFetch;
  /** What the operator lists for the plugin. */
  readonly configured?: readonly string[];
}

/**
 * Outbound HTTP of one plugin: its declared origins, those that the operator lists for it (which may
 * be private: it is the operator who names them), and every public host over HTTPS when it may.
 */
export function pluginHttp(
  plugin: string,
  { needs, createFetch, configured: listed = [] }: PluginHttpDeps,
) {
  const origins = originsOf(needs);
  const isDeclared = (url: URL): boolean => origins.some(({ origin }) => origin === url.origin);
  // Told apart at boot: what is wrong in the list opens nothing.
  const named = needs.includes('http:configured')
    ? listed
        .filter((origin) => originProblem(origin) === undefined)
        .map((origin) => new URL(origin))
    : [];
  const isNamed = (url: URL): boolean => named.some(({ origin }) => origin === url.origin);
  let configured: GuardedFetch | undefined;
  let declared: GuardedFetch | undefined;
  let open: GuardedFetch | undefined;

  /** Redirects are held against the same rule as the first address, one by one. */
  function fetchFor(url: string): GuardedFetch {
    const target = URL.canParse(url) ? new URL(url) : undefined;
    if (target && isNamed(target)) {
      const hosts = named.map((one) => `${one.hostname}:${portOf(one)}`);
      configured ??= createFetch({ allowHosts: hosts, allowPrivate: hosts, isAllowed: isNamed });
      return configured;
    }
    if (target && isDeclared(target)) {
      declared ??= createFetch({
        allowHosts: origins.map(({ host }) => host),
        isAllowed: isDeclared,
      });
      return declared;
    }
    if (target?.protocol === 'https:' && needs.includes('http:public')) {
      open ??= createFetch({ isAllowed: ({ protocol }) => protocol === 'https:' });
      return open;
    }
    const need = target ? `http:${target.origin}` : 'http:';
    throw new AppError('fetch/refused', { details: { plugin, need } });
  }

  return async (url: string, options: PluginHttpOptions = {}): Promise<PluginHttpResponse> => {
    const fetch = fetchFor(url);
    const { method = 'GET', headers, body, redirect = 'follow' } = options;
    if (body !== undefined && Buffer.byteLength(body) > BODY_BYTES) {
      throw new AppError('request/too-large', { details: { plugin } });
    }
    if (!FETCH_METHODS.includes(method)) {
      throw new AppError('fetch/refused', { details: { plugin, reason: 'method' } });
    }
    const request = {
      maxBytes: Math.min(options.maxBytes ?? MAX_BYTES, MAX_BYTES),
      timeoutMs: Math.min(options.timeoutMs ?? TIMEOUT_MS, TIMEOUT_MS),
      method,
      ...(headers && { headers }),
      ...(body !== undefined && { body }),
      ...(redirect === 'error' && { maxRedirects: 0 }),
    };
    const answer = await outward(() => fetch(url, request));
    return {
      status: answer.status,
      contentType: answer.contentType,
      headers: shownHeaders(answer.headers),
      body: answer.body,
    };
  };
}

const portOf = ({ port, protocol }: URL): string => port || (protocol === 'https:' ? '443' : '80');

const shownHeaders = (
  headers: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> =>
  Object.fromEntries(
    SHOWN_HEADERS.flatMap((name) => {
      const value = headers[name];
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
