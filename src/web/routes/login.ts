import { AppError, toAppError } from '../../base/errors';
import { type Leaving, type LoadedSession, landingPage } from '../../session';
import { field, formOf } from '../body';
import { chosenLanguage } from '../chosen-language';
import { setContext } from '../context';
import { readCookie, writeCookie } from '../cookies';
import { keepSignedIn, readDevice } from '../device';
import { HOME, withQuery } from '../links';
import { isToldInPage, loginPage } from '../login-page';
import type { ChallengeModel } from '../pages/other';
import { seeOther, sendPage } from '../reply';
import type { Call, RouteSpec } from '../route';
import { answersHalf } from '../session-gate';
import { challengeLinks } from '../sign-in-form';
import { wantedPage } from '../wanted-page';
import { leaveProvider, loginWayRoutes } from './login-ways';

async function showLogin(call: Call): Promise<void> {
  const { deps, req, res, ctx } = call;
  const state = ctx.session?.session.state;
  const next = wantedPage(call, req.query['next'], '');
  if (state === 'open') return seeOther(res, next === '' ? HOME : next);
  if (state === 'awaiting-challenge') return seeOther(res, withQuery('/challenge', { next }));
  const isFrozen = state === 'frozen';
  await loginPage(deps, req, res, {
    login: isFrozen ? (ctx.session?.session.user.login ?? '') : '',
    next,
    frozen: isFrozen,
    unfolded: req.query['form'] === '1',
  });
}

/** Where a provider sends the browser back after the sign-out. */
async function showBye({ deps, req, res, ctx }: Call): Promise<void> {
  if (ctx.session) return seeOther(res, '/login');
  await loginPage(deps, req, res, { login: '', next: '', bye: true });
}

async function signIn(call: Call): Promise<void> {
  const { deps, req, res, ctx } = call;
  // Not there for anybody: a form that is only not shown would still be guessed at.
  if (ctx.site.signIn.form === 'hidden') throw new AppError('request/not-found');
  const form = formOf(req.body);
  const login = field(form, 'username');
  const password = field(form, 'password');
  const next = wantedPage(call, field(form, 'next'), '');
  const scope = { site: ctx.site.id, requestId: ctx.id };
  const isSecure = deps.config.isSecure;
  try {
    const language = chosenLanguage(deps, req);
    const from = {
      remote: ctx.remote,
      device: req.get('User-Agent') ?? '',
      deviceTokens: readDevice(deps, req),
      language,
    };
    const signedIn =
      ctx.session?.session.state === 'frozen'
        ? await deps.sessions.thaw(ctx.session, { password, scope, ...from })
        : await deps.sessions.signIn({
            site: ctx.site,
            also: deps.alsoSites?.(req.headers.host) ?? [],
            host: req.headers.host ?? '',
            login,
            password,
            scope,
            previous: readCookie(req, 'session', isSecure),
            ...from,
          });
    keepSignedIn(deps, res, signedIn);
    writeCookie(res, 'pre', undefined, { isSecure });
    if (signedIn.kind === 'challenge') return seeOther(res, withQuery('/challenge', { next }));
    const home = await landingPage(deps.hooks, scope, signedIn.session, {
      wanted: next,
      fallback: HOME,
    });
    seeOther(res, home);
  } catch (error) {
    if (!isToldInPage(error)) throw error;
    deps.log.info(
      { code: error.code, requestId: ctx.id, site: ctx.site.id },
      'session/sign-in-failed',
    );
    await loginPage(deps, req, res, { login, next, error, frozen: false, unfolded: true });
  }
}

async function signOut({ deps, req, res, ctx }: Call): Promise<void> {
  const leaving = ctx.session && leavingOf(deps, ctx.session);
  // The computer may be everybody's: it forgets the session whatever becomes of it on the server.
  writeCookie(res, 'session', undefined, { isSecure: deps.config.isSecure });
  res.setHeader('Clear-Site-Data', '"cache"');
  // Ours first: whatever becomes of the provider's, this one is over.
  if (ctx.session) await endOnServer({ deps, req, res, ctx }, ctx.session);
  if (leaving) return leaveProvider({ deps, req, res, ctx }, leaving);
  seeOther(res, '/login');
}

/** What cannot be written down is told: a copy of the cookie would still open the session. */
async function endOnServer({ deps, req, ctx }: Call, { session }: LoadedSession): Promise<void> {
  try {
    await deps.sessions.signOut(session.id, 'signed-out', ctx.remote);
  } catch (cause) {
    const { code, retryAfterS } = toAppError(cause);
    if (code !== 'storage/busy' && code !== 'storage/full') throw cause;
    // The page that tells it is nobody's any more.
    setContext(req, { ...ctx, session: undefined, actor: undefined, csrf: '' });
    throw new AppError(code, {
      cause,
      textKey: 'error.signOutHalf',
      ...(retryAfterS !== undefined && { retryAfterS }),
    });
  }
}

/** A session whose secret cannot be opened any more ends here alone. */
function leavingOf(deps: Call['deps'], session: LoadedSession): Leaving | undefined {
  try {
    return deps.sessions.leavingOf(session);
  } catch {
    return undefined;
  }
}

/** Which second factors are left, where there is a choice; the plugin's own page takes over. */
async function showChallenges(call: Call): Promise<void> {
  const { deps, req, res, ctx } = call;
  if (ctx.session?.session.state !== 'awaiting-challenge') return seeOther(res, HOME);
  const pending = ctx.session.session.challenges;
  // Where the person was going: the plugin leads there.
  const next = wantedPage(call, req.query['next'], '');
  const challenges = challengeLinks(deps, ctx, next).filter(({ id }) => pending.includes(id));
  const [only, ...others] = challenges;
  // A page that does not answer half a session would lead back here, without end.
  if (only && others.length === 0 && answersHalf(deps, ctx.scope, only.href, pending)) {
    return res.redirect(302, only.href);
  }
  const model: ChallengeModel = { challenges };
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
  { method: 'get', path: '/login/bye', access: 'public', handle: showBye },
  ...loginWayRoutes,
  { method: 'post', path: '/logout', access: 'public', handle: signOut },
  { method: 'get', path: '/challenge', access: 'session', handle: showChallenges },
  { method: 'get', path: '/', access: 'open', handle: async ({ res }) => seeOther(res, HOME) },
];
