import type { Request, RequestHandler, Response } from 'express';
import { AppError } from '../base/errors';
import { choicesFrom } from '../enabling';
import { noteAsker } from '../kernel/askers';
import type { Locale } from '../kernel/i18n-types';
import { createActor, type LoadedSession, networkOf } from '../session';
import {
  CORE_SCOPE,
  type CoreSettings,
  coreSettingsFrom,
  DISPLAY_SECTION,
  NOTICES_SECTION,
  READING_SECTION,
  resolveSettings,
  WRITING_SECTION,
} from '../settings';
import type { Site } from '../sites';
import { chosenLanguage } from './chosen-language';
import { onClosed } from './closed';
import { type RequestContext, requestIdOf, setContext, type WebDeps } from './context';
import { writeCookie } from './cookies';
import { loadSession } from './load-session';
import { tellAccount } from './offline/account';
import { presenceOf } from './presence';

/** What a guest sees: every setting at its default. */
const GUEST_SETTINGS: CoreSettings = {
  display: resolveSettings(DISPLAY_SECTION, {}),
  reading: resolveSettings(READING_SECTION, {}),
  writing: resolveSettings(WRITING_SECTION, {}),
  notices: resolveSettings(NOTICES_SECTION, {}),
  conversations: new Map(),
  marks: new Map(),
  muted: [],
};
const LANG_COOKIE_S = 31_536_000;
/** An IPv6 address with its zone; a proxy may hand on anything, and columns take no more. */
const REMOTE_CHARS = 64;

/** Host → site (closed list), session, person, language: everything that later steps rely on. */
export function requestContext(deps: WebDeps): RequestHandler {
  return async (req, res, next) => {
    const id = requestIdOf(res);
    const entrance = await deps.resolveSite(req.headers.host);
    if (!entrance) throw new AppError('site/unknown');
    const remote = (req.ip ?? '').slice(0, REMOTE_CHARS);
    noteAsker(id, `from ${networkOf(remote)}`);
    const arriving: Arriving = { id, req, res, remote, entrance };
    try {
      setContext(req, await contextFor(deps, arriving));
    } catch (error) {
      // Who asks cannot be read; whose service it is and who helps are known all the same.
      setContext(req, strangerTo(deps, arriving));
      throw error;
    }
    next();
  };
}

interface Arriving {
  readonly id: string;
  readonly req: Request;
  readonly res: Response;
  readonly remote: string;
  readonly entrance: Site;
}

async function contextFor(deps: WebDeps, arriving: Arriving): Promise<RequestContext> {
  const { id, req, res, remote, entrance } = arriving;
  const { site, session } = await loadSession(deps, req, entrance, remote);
  if (session) noteAsker(id, `user ${session.session.user.id}`);
  const isOpen = session?.session.state === 'open' && !session.isKeptOut;
  const user = isOpen ? session.session.user : undefined;
  tellAccount(deps, res, site, user?.id);
  const stored = user ? await deps.settings.read(user.id, CORE_SCOPE) : {};
  const core = user ? coreSettingsFrom(stored, user, deps.settings) : GUEST_SETTINGS;
  const choices = choicesFrom(stored);
  const locale = isOpen ? core.display.language : guestLocale(deps, req, res, site);
  const asked = askedOf(deps, arriving, { site, locale });
  const { budget } = asked;
  const plugins = pluginsOf(deps, session, choices);
  const admitted = isOpen
    ? deps.people.admit(
        createActor(session, site, {
          requestId: id,
          locale,
          budget,
          ...(plugins && { plugins }),
          presence: presenceOf(deps, { site, remote, session }),
        }),
      )
    : undefined;
  const actor = admitted?.actor;
  if (admitted) onClosed(res, admitted.leave);
  return {
    ...asked,
    session,
    actor,
    scope: actor?.scope ?? { site: site.id, requestId: id, budget, ...(plugins && { plugins }) },
    choices,
    get choosable() {
      return user ? deps.enabling.choosable({ site: site.id, groups: user.groups }) : [];
    },
    core,
    csrf: session?.csrfToken ?? '',
  };
}

/** What a request is, whoever makes it. */
function askedOf(
  deps: WebDeps,
  { id, req, remote }: Arriving,
  { site, locale }: Pick<RequestContext, 'site' | 'locale'>,
) {
  return {
    id,
    site,
    locale,
    t: deps.texts.for(locale, site.skin),
    origin: originOf(deps, req),
    remote,
    budget: { leftMs: deps.config.pluginBudgetMs },
  };
}

/** What a page about a failure needs, of the configuration alone. */
function strangerTo(deps: WebDeps, arriving: Arriving): RequestContext {
  const { id, req, res, entrance: site } = arriving;
  const asked = askedOf(deps, arriving, { site, locale: guestLocale(deps, req, res, site) });
  return {
    ...asked,
    session: undefined,
    actor: undefined,
    scope: { site: site.id, requestId: id, budget: asked.budget },
    choices: choicesFrom({}),
    choosable: [],
    core: GUEST_SETTINGS,
    csrf: '',
  };
}

/**
 * The plugins of who is there, also while they wait for a challenge: the one that asks it may be on
 * for their group alone. What they chose themselves counts once the session is open.
 */
function pluginsOf(
  { enabling }: Pick<WebDeps, 'enabling'>,
  loaded: LoadedSession | undefined,
  choices: ReturnType<typeof choicesFrom>,
) {
  const session = loaded?.session;
  if (session?.state !== 'open' && session?.state !== 'awaiting-challenge') return undefined;
  const { site, user } = session;
  return enabling.enabledFor({ site, groups: user.groups, choices });
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
  return chosenLanguage(deps, req) ?? site.locale;
}
