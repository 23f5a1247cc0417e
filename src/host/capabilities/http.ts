import { AppError } from '../../base/errors';
import type { GuardedFetch, GuardedFetchDeps } from '../../kernel/fetch';
import type { PluginHttpOptions } from '../capability-types';
import type { PluginHttpResponse } from '../context-types';
import { originsOf } from '../needs';
import { outward } from './outward';

const MAX_BYTES = 5_000_000;
const TIMEOUT_MS = 8_000;
const BODY_BYTES = 1_000_000;

export type CreateFetch = (
  options: Pick<GuardedFetchDeps, 'allowHosts' | 'isAllowed'>,
) => GuardedFetch;

/** Outbound HTTP of one plugin: its declared origins, and every public host over HTTPS when it may. */
export function pluginHttp(plugin: string, needs: readonly string[], createFetch: CreateFetch) {
  const origins = originsOf(needs);
  const isDeclared = (url: URL): boolean => origins.some(({ origin }) => origin === url.origin);
  let declared: GuardedFetch | undefined;
  let open: GuardedFetch | undefined;

  /** Redirects are held against the same rule as the first address, one by one. */
  function fetchFor(url: string): GuardedFetch {
    const target = URL.canParse(url) ? new URL(url) : undefined;
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
    const { method = 'GET', headers, body } = options;
    if (body !== undefined && Buffer.byteLength(body) > BODY_BYTES) {
      throw new AppError('request/too-large', { details: { plugin } });
    }
    if (method !== 'GET' && method !== 'POST') {
      throw new AppError('fetch/refused', { details: { plugin, reason: 'method' } });
    }
    const request = {
      maxBytes: Math.min(options.maxBytes ?? MAX_BYTES, MAX_BYTES),
      timeoutMs: Math.min(options.timeoutMs ?? TIMEOUT_MS, TIMEOUT_MS),
      method,
      ...(headers && { headers }),
      ...(body !== undefined && { body }),
    };
    const answer = await outward(() => fetch(url, request));
    return { status: answer.status, contentType: answer.contentType, body: answer.body };
  };
}
