import type { Request, RequestHandler, Response } from 'express';
import { AppError } from '../base/errors';
import type { Locale } from '../kernel/i18n-types';
import { createActor, type LoadedSession } from '../session';
import {
  type CoreSettings,
  DISPLAY_SECTION,
  READING_SECTION,
  readCoreSettings,
  resolveSettings,
  WRITING_SECTION,
} from '../settings';
import type { Site } from '../sites';
import { requestIdOf, setContext, type WebDeps } from './context';
import { readCookie, writeCookie } from './cookies';

/** What a guest sees: every setting at its default. */
const GUEST_SETTINGS: CoreSettings = {
  display: resolveSettings(DISPLAY_SECTION, {}),
  reading: resolveSettings(READING_SECTION, {}),
  writing: resolveSettings(WRITING_SECTION, {}),
};
const LANG_COOKIE_S = 31_536_000;

/** Host → site (closed list), session, person, language: everything that later steps rely on. */
export function requestContext(deps: WebDeps): RequestHandler {
  return async (req, res, next) => {
    const id = requestIdOf(res);
    const site = await deps.resolveSite(req.headers.host);
    if (!site) throw new AppError('site/unknown');
    const session = await loadSession(deps, req, site);
    const isOpen = session?.session.state === 'open';
    const core = isOpen
      ? await readCoreSettings(deps.settings, session.session.user)
      : GUEST_SETTINGS;
    const locale = isOpen ? core.display.language : guestLocale(deps, req, res, site);
    const budget = { leftMs: deps.config.pluginBudgetMs };
    const actor = isOpen ? createActor(session, site, id, locale, budget) : undefined;
    setContext(req, {
      id,
      site,
      locale,
      t: deps.texts.for(locale),
      origin: originOf(deps, req),
      remote: req.ip ?? '',
      budget,
      session,
      actor,
      core,
      csrf: session?.csrfToken ?? '',
    });
    next();
  };
}

async function loadSession(
  deps: WebDeps,
  req: Request,
  site: Site,
): Promise<LoadedSession | undefined> {
  const cookie = readCookie(req, 'session', deps.config.isSecure);
  if (cookie === undefined || cookie === '') return undefined;
  return deps.sessions.load(cookie, site, { touch: !req.path.startsWith('/events') });
}

/** The host was checked against the closed list; the scheme is ours by configuration. */
function originOf(deps: WebDeps, req: Request): string {
  const scheme = deps.config.isSecure ? 'https' : 'http';
  return `${scheme}://${(req.headers.host ?? '').toLowerCase()}`;
}

/** Language of somebody who has not signed in: asked by link, remembered, else the site's. */
function guestLocale(deps: WebDeps, req: Request, res: Response, site: Site): Locale {
  const asked = req.query['lang'];
  if (asked === 'fr' || asked === 'en') {
    writeCookie(res, 'lang', asked, { isSecure: deps.config.isSecure, maxAgeS: LANG_COOKIE_S });
    return asked;
  }
  const known = readCookie(req, 'lang', deps.config.isSecure);
  return known === 'fr' || known === 'en' ? known : site.locale;
}
