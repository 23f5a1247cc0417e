import { unavailable } from './refused';
import type { Sso } from './types';

/**
 * For everything that one step asks of a provider. A person waits, and is told within five seconds,
 * of which the directory and the page take the rest.
 */
export const STEP_MS = 3_500;
/** Discovery documents, key sets and token answers are a few kilobytes. */
const MAX_BYTES = 300_000;
const SENT: ReadonlySet<string> = new Set(['accept', 'authorization', 'content-type']);

/** What an OAuth library asks of a fetch. */
export interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** A fetch over the platform's outbound HTTP, within one budget of time for all of its calls. */
export type Outside = (url: string, asked?: Asked) => Promise<Response>;

/** Opens the way out for one step. Whatever hinders an answer is `unavailable`. */
export function openOutside({ http, clock, log }: Sso, budgetMs = STEP_MS): Outside {
  const endsAt = clock.now() + budgetMs;
  return async (url, { method = 'GET', headers = {}, body } = {}) => {
    const timeoutMs = endsAt - clock.now();
    if (timeoutMs <= 0) throw unavailable('timeout');
    try {
      const answer = await http(url, {
        method: method === 'POST' ? 'POST' : 'GET',
        headers: sendable(headers),
        ...(body !== undefined && body !== null && { body: textOf(body) }),
        maxBytes: MAX_BYTES,
        timeoutMs,
        // As the libraries ask: secrets and tickets go to the address that was checked, and nowhere else.
        redirect: 'error',
      });
      // A server that is overloaded or being restarted; what it says is nothing to read.
      if (answer.status >= 500 || answer.status === 429)
        throw unavailable(`status-${answer.status}`);
      return responseOf(answer);
    } catch (error) {
      log.warn({ err: error, host: new URL(url).host }, 'sso/unavailable');
      if (error instanceof Error && error.name === 'Refused') throw error;
      throw unavailable('unreachable', error);
    }
  };
}

/** Libraries name themselves in headers that the platform does not let out. */
const sendable = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => SENT.has(name.toLowerCase())));

function textOf(body: unknown): string {
  if (typeof body === 'string') return body;
  if (body instanceof URLSearchParams) return body.toString();
  throw new TypeError('a form or a text');
}

const NO_BODY: ReadonlySet<number> = new Set([204, 205, 304]);

function responseOf({ status, contentType, body }: Awaited<ReturnType<Sso['http']>>): Response {
  return new Response(NO_BODY.has(status) ? null : new Uint8Array(body), {
    status,
    headers: { 'content-type': contentType },
  });
}
