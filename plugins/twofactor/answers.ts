import type { PluginRequest, PluginResponse } from 'estafette/plugin';
import type { FactorConfig } from './config';
import type { Context, Owner } from './owner';

export const HOME = '/mail/me/INBOX';

/** A route's request with the person whom it is for. */
export interface Visit {
  readonly request: PluginRequest;
  readonly context: Context;
  readonly config: Readonly<FactorConfig>;
  readonly owner: Owner;
  readonly person: NonNullable<PluginRequest['user']>;
  /** The session is open; else it awaits this very challenge. */
  readonly isOpen: boolean;
  readonly t: ReturnType<Context['text']>;
}

type Handler = (visit: Visit) => PluginResponse | Promise<PluginResponse>;

/** A handler for somebody who is known; others have no page here. */
export const forPerson =
  (handler: Handler) =>
  (request: PluginRequest, context: Context): PluginResponse | Promise<PluginResponse> => {
    const { site, user: person, as, locale } = request;
    if (!person) return { status: 404 };
    return handler({
      request,
      context,
      config: context.config(request),
      owner: { site, user: person.id },
      person,
      isOpen: as !== undefined,
      t: context.text(locale),
    });
  };

const BASE = 'https://site.invalid';
// In UTF-16, as the core counts, and below its own limit.
const NEXT_CHARS = 2_000;

/**
 * A path of this site, else the inbox. As strict as the core, which takes any other redirect for a
 * failure of the plugin: what somebody wrote in an address is none.
 */
export function nextOf({ query, body }: Pick<PluginRequest, 'query' | 'body'>): string {
  const next = body['next'] ?? query['next'] ?? '';
  const isPath = next.length <= NEXT_CHARS && /^\/(?!\/)[^\s\p{Cc}\p{Cs}\\]*$/u.test(next);
  return isPath && URL.canParse(next, BASE) && new URL(next, BASE).origin === BASE ? next : HOME;
}

/**
 * A page of the plugin on the way in, which leads on to where the sign-in was going; `query` is what
 * its address says besides.
 */
export function withNext(
  { request, context, isOpen }: Visit,
  path: string,
  query: Readonly<Record<string, string>> = {},
): string {
  const next = isOpen ? HOME : nextOf(request);
  return leadTo(context.url(path), query, next);
}

/** An address with its query, and with the page that comes after it. */
export function leadTo(url: string, query: Readonly<Record<string, string>>, next: string): string {
  const alone = addressOf(url, query);
  if (next === HOME) return alone;
  const full = addressOf(url, { ...query, next });
  // Longer than a redirect may be: the inbox, then.
  return full.length <= NEXT_CHARS ? full : alone;
}

function addressOf(url: string, query: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(query).map(
    ([name, value]) => `${name}=${encodeURIComponent(value)}`,
  );
  return pairs.length === 0 ? url : `${url}?${pairs.join('&')}`;
}

/** How a page is answered that is not simply there; after a wait, when to come back. */
export interface Answered {
  readonly status?: number | undefined;
  readonly waitS?: number | undefined;
}

/** A page of the plugin with its title in the language of the person. */
export const page = (
  { t }: Pick<Visit, 't'>,
  view: string,
  title: string,
  model: Readonly<Record<string, unknown>>,
  { status = 200, waitS }: Answered = {},
): PluginResponse => ({
  view,
  title: t(title),
  model,
  status,
  ...(waitS !== undefined && { retryAfterS: waitS }),
});

const DEVICE_MAX = 200;

/** The browser of a request, as it is kept beside the recovery codes that are made in it. */
export const makerOf = (visit: Pick<Visit, 'request'>) => ({
  name: addedFrom(visit),
  id: visit.request.device?.id,
});

/** What the browser of a request says that it is, as it is kept beside what is added in it. */
export const addedFrom = ({ request }: Pick<Visit, 'request'>): string =>
  (request.device?.name ?? '').slice(0, DEVICE_MAX);
