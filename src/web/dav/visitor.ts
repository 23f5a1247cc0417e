import type { Request, Response } from 'express';
import { AppError } from '../../base/errors';
import { choicesFrom } from '../../enabling';
import type { RunningPlugin } from '../../host/host';
import { noteAsker } from '../../kernel/askers';
import {
  type Actor,
  canonicalLogin,
  createActor,
  isRefusedFrom,
  type LoadedSession,
  wantsFactorFrom,
} from '../../session';
import { CORE_SCOPE, coreSettingsFrom } from '../../settings';
import type { Site } from '../../sites';
import { onClosed } from '../closed';
import { requestIdOf, type WebDeps } from '../context';
import { basicOf, type Given } from './basic';

/** An IPv6 address with its zone; a proxy may hand on anything. */
const REMOTE_CHARS = 64;
const AUDITED_CHARS = 256;

/** Who asks by WebDAV, for the time of the request. */
export interface Visitor {
  readonly actor: Actor;
  readonly site: Site;
  readonly origin: string;
  /** Plugins that serve something to this person. */
  readonly plugins: readonly RunningPlugin[];
}

/**
 * The person of an application password. Throws `session/credentials` for anybody else: a cookie
 * counts for nothing, nor does the password of the account, which a second factor may stand behind.
 */
export async function visitorOf(deps: WebDeps, req: Request, res: Response): Promise<Visitor> {
  const entrance = await deps.resolveSite(req.headers.host);
  if (!entrance) throw new AppError('site/unknown');
  const remote = (req.ip ?? '').slice(0, REMOTE_CHARS);
  const sites = [entrance, ...(deps.alsoSites?.(req.headers.host) ?? [])];
  const near = sites.filter((site) => !isRefusedFrom(site, remote));
  if (near.length === 0) throw refused(deps, entrance, remote, 'session/network');
  const given = basicOf(req);
  if (!given) throw new AppError('session/credentials');
  const found = await admitted(deps, near, given, remote);
  if (!found) {
    const actor = canonicalLogin(given.login).slice(0, AUDITED_CHARS);
    // What was typed as a name may be anything: only that of somebody known is written down.
    const isKnown = (await deps.safety.users.findByName(entrance.id, actor)) !== undefined;
    throw refused(deps, entrance, remote, 'session/credentials', isKnown ? actor : undefined);
  }
  const { site, loaded } = found;
  if (await lacksFactor(deps, site, loaded, remote)) {
    throw refused(deps, site, remote, 'session/network', loaded.session.user.login);
  }
  return visitorFor(deps, req, res, site, loaded);
}

/** Writes a refusal down as those of pages are; nobody waits for the disk. */
function refused(
  { safety }: WebDeps,
  { id: site }: Site,
  remote: string,
  code: 'session/network' | 'session/credentials',
  actor?: string,
): AppError {
  void safety.noteRefused({ site, remote, code, reason: 'app-password', actor });
  return new AppError(code);
}

async function admitted(
  { safety }: WebDeps,
  sites: readonly Site[],
  { login, secret }: Given,
  remote: string,
) {
  for (const site of sites) {
    const loaded = await safety.appPasswords.admit(site.id, login, secret, { remote });
    if (loaded) return { site, loaded };
  }
  return undefined;
}

/**
 * Where a site wants a second factor from outside, a person has to have one: making an application
 * password then asked for it.
 */
async function lacksFactor(
  { factorsOf }: WebDeps,
  site: Site,
  { session: { user } }: LoadedSession,
  remote: string,
): Promise<boolean> {
  if (!wantsFactorFrom(site, remote)) return false;
  return (await factorsOf(site.id, user.id)).length === 0;
}

async function visitorFor(
  deps: WebDeps,
  req: Request,
  res: Response,
  site: Site,
  loaded: LoadedSession,
): Promise<Visitor> {
  const { user } = loaded.session;
  noteAsker(requestIdOf(res), `user ${user.id}`);
  const stored = await deps.settings.read(user.id, CORE_SCOPE);
  const { display } = coreSettingsFrom(stored, user, deps.settings);
  const plugins = deps.enabling.enabledFor({
    site: site.id,
    groups: user.groups,
    choices: choicesFrom(stored),
  });
  const { actor, leave } = deps.people.admit(
    createActor(loaded, site, {
      requestId: requestIdOf(res),
      locale: display.language,
      budget: { leftMs: deps.config.pluginBudgetMs },
      plugins,
    }),
  );
  onClosed(res, leave);
  return {
    actor,
    site,
    origin: `${deps.config.isSecure ? 'https' : 'http'}://${(req.headers.host ?? '').toLowerCase()}`,
    plugins: deps
      .host()
      .running(actor.scope)
      .filter(({ dav }) => dav !== undefined),
  };
}
