import type { Request, Response } from 'express';
import { type AppError, type ErrorCode, isAppError } from '../../base/errors';
import { landingPage } from '../../session';
import { supportFor } from '../../sites';
import { field, formOf } from '../body';
import { contextOf, type WebDeps } from '../context';
import { readCookie, writeCookie } from '../cookies';
import { HOME, localPath } from '../links';
import type { ChallengeModel, LoginModel } from '../pages/other';
import { seeOther, sendPage } from '../reply';
import type { Call, RouteSpec } from '../route';

/** Failures that are shown in the form; anything else is an error page. */
const IN_FORM: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'session/credentials',
  'session/throttled',
  'session/refused',
  'directory/unreachable',
  'directory/timeout',
  'imap/unreachable',
  'imap/timeout',
]);

async function loginPage(
  deps: WebDeps,
  req: Request,
  res: Response,
  state: {
    readonly login: string;
    readonly next: string;
    readonly error?: AppError;
    readonly frozen?: boolean;
  },
): Promise<void> {
  const { site, t, locale, session } = contextOf(req);
  const { isSecure } = deps.config;
  let { csrf } = contextOf(req);
  if (!session) {
    const issued = deps.loginCsrf.issue(site.id, readCookie(req, 'pre', isSecure));
    writeCookie(res, 'pre', issued.cookie, { isSecure });
    csrf = issued.token;
  }
  const { error } = state;
  const model: LoginModel = {
    action: '/login',
    next: state.next,
    login: state.login,
    error: error && {
      text: t(error.textKey, {
        ...error.textValues,
        count: Math.ceil((error.retryAfterS ?? 0) / 60),
      }),
      field: error.code === 'session/credentials' ? 'password' : undefined,
    },
    notice: loginNotice(deps, req, state),
    support: supportFor(site, locale),
    languages: [
      { code: 'fr', label: 'Français', href: '/login?lang=fr', isCurrent: locale === 'fr' },
      { code: 'en', label: 'English', href: '/login?lang=en', isCurrent: locale === 'en' },
    ],
  };
  if (error?.retryAfterS !== undefined) res.setHeader('Retry-After', String(error.retryAfterS));
  await sendPage(deps, req, res, {
    view: 'login',
    layout: 'layout-bare',
    status: error?.status ?? 200,
    model,
    csrf,
    shell: { title: t('login.title'), area: 'login' },
  });
}

/** A word to somebody whose session ended; a first visit has no cookie and needs none. */
function loginNotice(
  deps: WebDeps,
  req: Request,
  state: { readonly error?: AppError; readonly frozen?: boolean },
): string | undefined {
  const { t, session } = contextOf(req);
  if (state.frozen) return t('login.frozen');
  const hadSession = (readCookie(req, 'session', deps.config.isSecure) ?? '') !== '';
  return hadSession && !session && !state.error ? t('login.expired') : undefined;
}

async function showLogin({ deps, req, res, ctx }: Call): Promise<void> {
  const state = ctx.session?.session.state;
  const next = localPath(req.query['next'], '');
  if (state === 'open') return seeOther(res, next === '' ? HOME : next);
  if (state === 'awaiting-challenge') return seeOther(res, '/challenge');
  const isFrozen = state === 'frozen';
  await loginPage(deps, req, res, {
    login: isFrozen ? (ctx.session?.session.user.login ?? '') : '',
    next,
    frozen: isFrozen,
  });
}

async function signIn({ deps, req, res, ctx }: Call): Promise<void> {
  const form = formOf(req.body);
  const login = field(form, 'username');
  const password = field(form, 'password');
  const next = localPath(field(form, 'next'), '');
  const scope = { site: ctx.site.id, requestId: ctx.id };
  const isSecure = deps.config.isSecure;
  try {
    const isFrozen = ctx.session?.session.state === 'frozen';
    const signedIn =
      ctx.session && isFrozen
        ? await deps.sessions.thaw(ctx.session, { password, remote: ctx.remote, scope })
        : await deps.sessions.signIn({
            site: ctx.site,
            also: deps.alsoSites?.(req.headers.host) ?? [],
            host: req.headers.host ?? '',
            login,
            password,
            remote: ctx.remote,
            scope,
            device: req.get('User-Agent') ?? '',
            previous: readCookie(req, 'session', isSecure),
          });
    writeCookie(res, 'session', signedIn.bearer, { isSecure });
    writeCookie(res, 'pre', undefined, { isSecure });
    if (signedIn.kind === 'challenge') return seeOther(res, '/challenge');
    const home = await landingPage(deps.hooks, scope, signedIn.session, {
      wanted: next,
      fallback: HOME,
    });
    seeOther(res, home);
  } catch (error) {
    if (!isAppError(error) || !IN_FORM.has(error.code)) throw error;
    deps.log.info(
      { code: error.code, requestId: ctx.id, site: ctx.site.id },
      'session/sign-in-failed',
    );
    await loginPage(deps, req, res, { login, next, error, frozen: false });
  }
}

async function signOut({ deps, res, ctx }: Call): Promise<void> {
  if (ctx.session) await deps.sessions.signOut(ctx.session.session.id);
  writeCookie(res, 'session', undefined, { isSecure: deps.config.isSecure });
  res.setHeader('Clear-Site-Data', '"cache"');
  seeOther(res, '/login');
}

/** Which second factors are left; the plugin's own route takes over from there. */
async function showChallenges({ deps, req, res, ctx }: Call): Promise<void> {
  if (ctx.session?.session.state !== 'awaiting-challenge') return seeOther(res, HOME);
  const pending = new Set(ctx.session.session.challenges);
  const model: ChallengeModel = {
    challenges: deps
      .host()
      .running(ctx.scope)
      .flatMap(({ id, definition }) =>
        (definition.contributes?.challenges ?? [])
          .filter((challenge) => pending.has(challenge.id))
          .map((challenge) => ({
            id: challenge.id,
            label: ctx.t(challenge.label),
            href: `/${id}${challenge.path}`,
          })),
      ),
  };
  await sendPage(deps, req, res, {
    view: 'challenge',
    layout: 'layout-bare',
    model,
    shell: { title: ctx.t('challenge.title'), area: 'login' },
  });
}

export const loginRoutes: readonly RouteSpec[] = [
  { method: 'get', path: '/login', access: 'public', handle: showLogin },
  { method: 'post', path: '/login', access: 'public', handle: signIn },
  { method: 'post', path: '/logout', access: 'public', handle: signOut },
  { method: 'get', path: '/challenge', access: 'session', handle: showChallenges },
  { method: 'get', path: '/', access: 'open', handle: async ({ res }) => seeOther(res, HOME) },
];
