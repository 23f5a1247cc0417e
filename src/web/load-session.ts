import type { Request } from 'express';
import { isRefusedFrom, type LoadedSession, wantsFactorFrom } from '../session';
import type { Site } from '../sites';
import type { WebDeps } from './context';
import { isRepeated, readCookie } from './cookies';

/** Of which site a request is, and its session. */
export interface Arrival {
  readonly site: Site;
  readonly session: LoadedSession | undefined;
}

/**
 * The session of a request, of the site of its host or of one that shares it. Where a site refuses
 * the network, its session is neither loaded nor touched: the gate tells the rest.
 */
export async function loadSession(
  deps: WebDeps,
  req: Request,
  entrance: Site,
  remote: string,
): Promise<Arrival> {
  const { isSecure } = deps.config;
  const cookie = readCookie(req, 'session', isSecure);
  if (cookie === undefined || cookie === '') {
    if (isRepeated(req, 'session', isSecure)) noteCookie(deps, entrance, remote, 'repeated');
    return { site: entrance, session: undefined };
  }
  const sites = [entrance, ...(deps.alsoSites?.(req.headers.host) ?? [])];
  const touch = !req.path.startsWith('/events');
  const isLeaving = req.method === 'POST' && req.path === '/logout';
  for (const site of sites) {
    if (isRefusedFrom(site, remote)) continue;
    const session = await deps.sessions.load(cookie, site, { touch, remote, isLeaving });
    if (session) return { site, session };
  }
  const site = await siteOfRefused(deps, { cookie, sites, entrance, remote });
  return { site, session: undefined };
}

/**
 * What a cookie that opens nothing is worth: the rule of a site that refuses the network is the one
 * that is told; one that was planted, altered, or brought from another site is written down.
 */
async function siteOfRefused(
  deps: WebDeps,
  asked: {
    readonly cookie: string;
    readonly sites: readonly Site[];
    readonly entrance: Site;
    readonly remote: string;
  },
): Promise<Site> {
  const { cookie, sites, entrance, remote } = asked;
  const { isOurs, site, state } = await deps.sessions.trace(cookie);
  const own = sites.find(({ id }) => id === site);
  if (own) {
    if (state === 'open' && wantsFactorFrom(own, remote)) noteFactor(deps, own, remote);
    return isRefusedFrom(own, remote) ? own : entrance;
  }
  const reason = site !== undefined ? 'other-site' : isOurs ? undefined : 'forged';
  if (reason !== undefined) noteCookie(deps, entrance, remote, reason);
  return entrance;
}

/** A session without a second factor, at a site that wants one from there. */
function noteFactor({ safety }: WebDeps, { id: site }: Site, remote: string): void {
  void safety.noteRefused({ site, remote, code: 'session/network', reason: 'factor' });
}

/** Not awaited: who is refused does not wait for the disk. */
function noteCookie({ safety }: WebDeps, { id: site }: Site, remote: string, reason: string): void {
  void safety.noteRefused({ site, remote, code: 'session/cookie', reason });
}
