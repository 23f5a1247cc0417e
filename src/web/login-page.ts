import type { Request, Response } from 'express';
import { type AppError, type ErrorCode, isAppError } from '../base/errors';
import type { OfferedMethod } from '../host/sign-in';
import { viaOf, wantsFactorFrom } from '../session';
import { supportFor } from '../sites';
import { contextOf, type WebDeps } from './context';
import { readCookie } from './cookies';
import { withQuery } from './links';
import type { LoginModel, LoginWay } from './pages/other';
import { sendPage } from './reply';
import { formToken, PASSWORD_FAILURES, tellFailure } from './sign-in-form';

/** Failures that are shown in the page; anything else is an error page. */
const IN_PAGE: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  ...PASSWORD_FAILURES,
  'sign-in/unavailable',
  'sign-in/invalid',
  'sign-in/state',
  'sign-in/cancelled',
]);

/** Whether a failure is told in the sign-in page, where there is something to do about it. */
export const isToldInPage = (error: unknown): error is AppError =>
  isAppError(error) && IN_PAGE.has(error.code);

export interface LoginState {
  readonly login: string;
  readonly next: string;
  readonly error?: AppError;
  readonly frozen?: boolean;
  /** The session has just ended at the person's own wish. */
  readonly bye?: boolean;
  /** The form is asked for, or was filled: it is shown where it is folded away. */
  readonly unfolded?: boolean;
}

export async function loginPage(
  deps: WebDeps,
  req: Request,
  res: Response,
  state: LoginState,
): Promise<void> {
  const { site, t, locale } = contextOf(req);
  const { error } = state;
  const model: LoginModel = {
    action: '/login',
    next: state.next,
    login: state.login,
    error: tellFailure(req, res, error),
    notice: loginNotice(deps, req, state),
    ways: waysOf(deps, req, state),
    support: supportFor(site, locale),
    languages: [
      { code: 'fr', label: 'Français', href: inLanguage(state, 'fr'), isCurrent: locale === 'fr' },
      { code: 'en', label: 'English', href: inLanguage(state, 'en'), isCurrent: locale === 'en' },
    ],
  };
  await sendPage(deps, req, res, {
    view: 'login',
    layout: 'layout-bare',
    status: error?.status ?? 200,
    model,
    csrf: formToken(deps, req, res),
    shell: { title: t('login.title'), area: 'login' },
  });
}

/** The same page in another language, with all that it was asked for. */
const inLanguage = ({ next, unfolded }: LoginState, lang: string): string =>
  withQuery('/login', { lang, form: unfolded ? '1' : undefined, next });

/** A word to somebody whose session ended; a first visit has no cookie and needs none. */
function loginNotice(deps: WebDeps, req: Request, state: LoginState): string | undefined {
  const { t, session, site, remote } = contextOf(req);
  const isExternal = session?.session.via.includes('.') === true;
  if (state.frozen) return isExternal ? t('login.frozenWay') : t('login.frozen');
  if (state.error) return undefined;
  if (state.bye) return t('login.bye');
  const hadSession = (readCookie(req, 'session', deps.config.isSecure) ?? '') !== '';
  if (!hadSession || session) return undefined;
  return t(wantsFactorFrom(site, remote) ? 'login.outside' : 'login.expired');
}

/** What the page offers, in the order of the site: the form, or the way to it, and the buttons. */
function waysOf(deps: WebDeps, req: Request, state: LoginState): readonly LoginWay[] {
  const { site, locale, session, id } = contextOf(req);
  const methods = deps.signIn.methods({ site: site.id, requestId: id }, locale);
  const { order = [], form = 'shown' } = site.signIn;
  const named = new Map<string, LoginWay>(methods.map((one) => [viaOf(one), buttonOf(one)]));
  if (form === 'shown' || (form === 'folded' && (state.unfolded || methods.length === 0))) {
    named.set('form', { kind: 'form' });
  } else if (form === 'folded') {
    const href = withQuery('/login', { form: '1', next: state.next });
    named.set('form', { kind: 'unfold', href });
  }
  // Who has to sign in again does it as they did before.
  const first = state.frozen && session ? [session.session.via] : [];
  const names = new Set([...first, ...order, 'form', ...named.keys()]);
  return [...names].flatMap((name) => named.get(name) ?? []);
}

const buttonOf = ({ plugin, method, label, look, about }: OfferedMethod): LoginWay => ({
  kind: 'method',
  action: `/login/${plugin}/${method}`,
  name: `${plugin}-${method}`,
  label,
  look,
  about,
});
