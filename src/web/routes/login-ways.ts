import { AppError, toAppError } from '../../base/errors';
import { SIGN_IN_MS } from '../../host/sign-in';
import type { SignInRefusal, SignInReturn } from '../../host/sign-in-types';
import {
  type KeptState,
  type Leaving,
  landingPage,
  type SignedIn,
  type TakenState,
  type VouchedIdentity,
  viaOf,
  type Way,
} from '../../session';
import { field, formOf } from '../body';
import { chosenLanguage } from '../chosen-language';
import { hasFactor } from '../confirmed';
import { readCookie, writeCookie } from '../cookies';
import { keepSignedIn, readDevice } from '../device';
import { HOME, localPath, withQuery } from '../links';
import { isToldInPage, loginPage } from '../login-page';
import type { LoginGoModel, LoginReturnModel } from '../pages/other';
import { seeOther, sendPage } from '../reply';
import { type Call, param, type RouteSpec } from '../route';
import { forgetWay, hasWay, recallWay, rememberWay } from '../under-way';
import { wantedPage } from '../wanted-page';

/** The state shares a cookie of 4 kB with what the plugin keeps. */
const MAX_NEXT_CHARS = 600;
/** Of one network and minute: ministries of thousands share one address (NAT). */
const BEGINS = 1_200;
const RETURNS = 1_200;
const NOTICES = 1_200;
/** Says that a form comes from the page of ours between a provider's and this one. */
const AGAIN = '_again';
const MAX_FIELDS = 50;

/** Where somebody is within a sign-in: the site, the way in, and what was asked for. */
interface At extends Call {
  readonly way: Way;
}

/** 404 for what the site does not have, as for any unknown path. */
function wayOf(call: Call): At {
  const { deps, req, ctx } = call;
  const way = { plugin: param(req, 'plugin'), method: param(req, 'method') };
  if (!deps.signIn.find(scopeOf(call), ctx.locale, way)) throw new AppError('request/not-found');
  return { ...call, way };
}

const scopeOf = ({ ctx }: Call) => ({ site: ctx.site.id, requestId: ctx.id });
const visitOf = ({ deps, req, res }: Call) => ({
  req,
  res,
  keptStates: deps.keptStates,
  isSecure: deps.config.isSecure,
});
const callbackOf = ({ ctx, way }: At): string =>
  `${ctx.origin}/login/${way.plugin}/${way.method}/callback`;

/** `POST /login/:plugin/:method`: on to the provider. */
async function begin(call: Call): Promise<void> {
  const at = wayOf(call);
  const { deps, req, res, ctx, way } = at;
  deps.rateLimit(req, 'begin', BEGINS);
  const form = formOf(req.body);
  const next = wantedPage(call, field(form, 'next'), '');
  const purpose = field(form, 'purpose') === 'confirm' ? 'confirm' : 'sign-in';
  if (purpose === 'confirm' && ctx.session?.session.via !== viaOf(way)) {
    throw new AppError('request/forbidden');
  }
  // Who has a second factor proves by that one, as the page `/confirm` says.
  if (purpose === 'confirm' && (await hasFactor(deps, ctx))) {
    return seeOther(res, withQuery('/confirm', { next }));
  }
  const { site, locale } = ctx;
  const request = {
    site: site.id,
    locale,
    method: way.method,
    callback: callbackOf(at),
    purpose,
  } as const;
  const started = await deps.signIn.begin(scopeOf(at), way, request);
  if ('refused' in started) return refuse(at, refusalOf(started), { next, purpose });
  const cookie = deps.keptStates.seal({
    site: site.id,
    ...way,
    purpose,
    next: next.length > MAX_NEXT_CHARS ? '' : next,
    ...(purpose === 'confirm' && { session: ctx.session?.session.id }),
    keep: started.keep,
  });
  if (cookie === undefined) {
    throw new AppError('internal/unexpected', { details: { problem: 'state-too-long', ...way } });
  }
  rememberWay(visitOf(at), cookie);
  await goOn(at, started.redirect, {
    title: ctx.t('login.goingTitle'),
    text: ctx.t('login.going'),
    label: ctx.t('login.goingLink'),
  });
}

/**
 * Sends a browser to a provider by a page of ours. A redirect would do but for Chromium, which holds
 * the redirects of a form against the `form-action` of the page where it stood: ours names no
 * provider, and cannot name those that a provider itself goes on to.
 */
async function goOn(
  { deps, req, res }: Call,
  to: string,
  texts: Omit<LoginGoModel, 'href'>,
): Promise<void> {
  const { href } = new URL(to);
  res.setHeader('Refresh', `0;url=${href}`);
  const model: LoginGoModel = { ...texts, href };
  await sendPage(deps, req, res, {
    view: 'login-go',
    layout: 'layout-bare',
    model,
    sealed: true,
    shell: { title: texts.title, area: 'login' },
  });
}

/** `GET /login/:plugin/:method/callback`. */
async function returnByLink(call: Call): Promise<void> {
  // A HEAD, which Express answers like a GET, would use the state up without a page.
  if (call.req.method !== 'GET') throw new AppError('request/method');
  await comeBack(wayOf(call), 'get');
}

/**
 * `POST …/callback` (SAML, `response_mode=form_post`). A form of another site brings none of our
 * cookies (SameSite=Lax), neither the kept state nor the session that is to end. Its fields go back
 * in a page of ours that sends them once more, by itself or by its button: nothing is stored for a
 * stranger, and no answer is too long for an address.
 */
async function returnByForm(call: Call): Promise<void> {
  const at = wayOf(call);
  const { deps, req, res } = at;
  const form = formOf(req.body);
  if (hasWay(visitOf(at)) || form.has(AGAIN)) return comeBack(at, 'post');
  deps.rateLimit(req, 'return', RETURNS);
  const fields = [...form].flatMap(([name, values]) => values.map((value) => ({ name, value })));
  if (fields.length > MAX_FIELDS) throw new AppError('request/invalid');
  const model: LoginReturnModel = {
    action: `/login/${at.way.plugin}/${at.way.method}/callback`,
    fields: [...fields, { name: AGAIN, value: '1' }],
  };
  await sendPage(deps, req, res, {
    view: 'login-return',
    layout: 'layout-bare',
    model,
    sealed: true,
    shell: { title: at.ctx.t('login.returnTitle'), area: 'login' },
  });
}

async function comeBack(at: At, via: SignInReturn['via']): Promise<void> {
  const { deps, req, ctx, way } = at;
  deps.rateLimit(req, 'return', RETURNS);
  const startedMs = deps.clock.now();
  const here = { site: ctx.site.id, ...way };
  const returned = statesIn([formOf(req.query), formOf(via === 'post' ? req.body : undefined)]);
  const sealed = recallWay(visitOf(at), here, returned);
  const taken = await deps.keptStates.take(sealed, here);
  // One of another way in waits for its own return.
  if (taken.ok || taken.error !== 'state-elsewhere') forgetWay(visitOf(at), sealed);
  if (!taken.ok) {
    const error = new AppError('sign-in/state', { details: { reason: taken.error } });
    return refuse(at, error, { next: '', purpose: 'sign-in' });
  }
  const kept = taken.value;
  const query = singleFields(formOf(req.query));
  const body = via === 'post' ? singleFields(formOf(req.body)) : {};
  if (!query || !body) return refuse(at, invalid('repeated-parameter'), kept);
  const answer = await deps.signIn.finish(scopeOf(at), way, {
    site: ctx.site.id,
    method: way.method,
    callback: callbackOf(at),
    purpose: kept.purpose,
    via,
    query,
    body,
    keep: kept.keep,
  });
  if ('refused' in answer) return refuse(at, refusalOf(answer), kept);
  try {
    await enter(at, kept, answer, startedMs + SIGN_IN_MS);
  } catch (error) {
    // The session folder has told it already.
    await showRefused(at, error, kept);
  }
}

/** The session of whom the provider vouches for, under a new id, and the page that was asked for. */
async function enter(
  at: At,
  kept: TakenState,
  identity: VouchedIdentity,
  endsAt: number,
): Promise<void> {
  const { deps, req, res, ctx, way } = at;
  const { isSecure } = deps.config;
  const scope = scopeOf(at);
  const request = {
    ...way,
    identity,
    begunAt: kept.begunAt,
    endsAt,
    site: ctx.site,
    also: deps.alsoSites?.(req.headers.host) ?? [],
    host: req.headers.host ?? '',
    remote: ctx.remote,
    scope,
    device: req.get('User-Agent') ?? '',
    deviceTokens: readDevice(deps, req),
    language: chosenLanguage(deps, req),
    previous: readCookie(req, 'session', isSecure),
    frozen: ctx.session,
  };
  const signedIn = await (kept.purpose === 'confirm'
    ? deps.sessions.confirmVouched(sameSession(at, kept), request)
    : deps.sessions.signInVouched(request));
  keepSignedIn(deps, res, signedIn);
  writeCookie(res, 'pre', undefined, { isSecure });
  await land(at, kept, signedIn);
}

async function land({ deps, res }: At, kept: KeptState, signedIn: SignedIn): Promise<void> {
  const next = localPath(kept.next, '');
  if (signedIn.kind === 'challenge') return seeOther(res, withQuery('/challenge', { next }));
  if (kept.purpose === 'confirm') return seeOther(res, next === '' ? HOME : next);
  const { session } = signedIn;
  const scope = { site: session.site };
  seeOther(res, await landingPage(deps.hooks, scope, session, { wanted: next, fallback: HOME }));
}

/** The session that asked to be confirmed, and no other that the browser has had since. */
function sameSession({ ctx }: At, { session }: KeptState) {
  if (ctx.session?.session.state !== 'open' || ctx.session.session.id !== session) {
    throw new AppError('session/required');
  }
  return ctx.session;
}

/**
 * Each name once; `undefined` when one is given twice: of two values the provider may have meant the
 * other (RFC 6749 3.1).
 */
function singleFields(
  form: ReadonlyMap<string, readonly string[]>,
): Readonly<Record<string, string>> | undefined {
  const fields = [...form].filter(([name]) => name !== AGAIN);
  if (fields.some(([, values]) => values.length !== 1)) return undefined;
  return Object.fromEntries(fields.map(([name, [value = '']]) => [name, value]));
}

/** The word that a provider hands back: `state` (OpenID Connect, CAS service), `RelayState` (SAML). */
const statesIn = (forms: readonly ReadonlyMap<string, readonly string[]>[]): readonly string[] =>
  forms.flatMap((form) => [...(form.get('state') ?? []), ...(form.get('RelayState') ?? [])]);

const invalid = (reason: string): AppError =>
  new AppError('sign-in/invalid', { details: { reason } });

function refusalOf({ refused, code }: SignInRefusal): AppError {
  const details = { reason: code };
  switch (refused) {
    case 'cancelled':
      return new AppError('sign-in/cancelled', { details });
    case 'unavailable':
      return new AppError('sign-in/unavailable', { details });
    case 'not-eligible':
      return new AppError('session/not-eligible', { details });
    case 'invalid':
      return new AppError('sign-in/invalid', { details });
  }
}

/** Tells `session:refused` what was wrong, and the person that they may start again. */
async function refuse(
  at: At,
  error: AppError,
  asked: Pick<KeptState, 'next' | 'purpose'>,
): Promise<void> {
  const { deps, ctx, way } = at;
  const reason = String(error.details['reason']);
  const login = asked.purpose === 'confirm' ? (ctx.session?.session.user.login ?? '') : '';
  await deps.sessions.refused(
    { site: ctx.site.id, login, remote: ctx.remote, code: error.code, via: viaOf(way), reason },
    scopeOf(at),
  );
  await showRefused(at, error, asked);
}

async function showRefused(
  at: At,
  thrown: unknown,
  { next, purpose }: Pick<KeptState, 'next' | 'purpose'>,
): Promise<void> {
  const { deps, req, res, ctx, way } = at;
  const error = toAppError(thrown);
  // Who is signed in keeps their frame; who may not enter at all reads a page of its own.
  if (purpose === 'confirm' || !isToldInPage(error)) throw error;
  const { code, details } = error;
  deps.log.info(
    { code, reason: details['reason'], via: viaOf(way), requestId: ctx.id, site: ctx.site.id },
    'session/sign-in-failed',
  );
  await loginPage(deps, req, res, { login: '', next, error });
}

/** `GET|POST …/notice`: a provider's own server says that a session is over. */
async function hearNotice(call: Call): Promise<void> {
  if (call.req.method === 'HEAD') throw new AppError('request/method');
  const at = wayOf(call);
  const { deps, req, res, ctx, way } = at;
  deps.rateLimit(req, 'notice', NOTICES);
  const text = typeof req.body === 'string' ? req.body : '';
  const isForm = /^application\/x-www-form-urlencoded\b/i.test(req.get('Content-Type') ?? '');
  const ended = await deps.signIn.notice(scopeOf(at), way, {
    site: ctx.site.id,
    method: way.method,
    address: `${ctx.origin}/login/${way.plugin}/${way.method}/notice`,
    query: singleFields(formOf(req.query)) ?? {},
    body: isForm ? firstFields(text) : {},
    text,
  });
  if ('refused' in ended) {
    const reason = ended.code;
    const refused = { login: '', code: 'sign-in/invalid', via: viaOf(way), reason };
    const event = { site: ctx.site.id, remote: ctx.remote, ...refused };
    await deps.sessions.refused(event, scopeOf(at));
    res.status(400).type('text/plain').send('');
    return;
  }
  const { issuer, session, subject } = ended;
  for (const site of [ctx.site, ...(deps.alsoSites?.(req.headers.host) ?? [])]) {
    const notice = { site: site.id, plugin: way.plugin, issuer, session, subject };
    const count = await deps.sessions.endByProvider(notice);
    deps.log.info({ site: site.id, via: viaOf(way), count }, 'session/ended-by-provider');
  }
  // The same whether a session was found: who may ask learns nothing of who is there.
  // A redirect, which works in a frame of the provider too: it is the form-action of the provider's
  // own page that browsers hold it against.
  if (ended.goOn !== undefined) return seeOther(res, ended.goOn);
  res.status(200).type('text/plain').send('');
}

/** Of a name that stands there twice, neither: the plugin misses it, and refuses. */
function firstFields(text: string): Readonly<Record<string, string>> {
  const fields = new URLSearchParams(text);
  return Object.fromEntries([...fields].filter(([name]) => fields.getAll(name).length === 1));
}

/** After the end of our own session: on to the provider's, or to our page that says good-bye. */
export async function leaveProvider(call: Call, left: Leaving): Promise<void> {
  const { deps, res, ctx } = call;
  const { leaving, ...way } = left;
  const back = `${ctx.origin}/login/bye`;
  const to = await deps.signIn.leave(scopeOf(call), way, { leaving, back });
  if (to === undefined) return seeOther(res, '/login/bye');
  await goOn(call, to, {
    title: ctx.t('login.leavingTitle'),
    text: ctx.t('login.leaving'),
    label: ctx.t('login.leavingLink'),
  });
}

const WAY = '/login/:plugin/:method';

/** Ways in that plugins answer for, hosted by the core. */
export const loginWayRoutes: readonly RouteSpec[] = [
  { method: 'post', path: WAY, access: 'public', handle: begin },
  { method: 'get', path: `${WAY}/callback`, access: 'public', handle: returnByLink },
  { method: 'post', path: `${WAY}/callback`, access: 'public', handle: returnByForm },
  { method: 'get', path: `${WAY}/notice`, access: 'public', handle: hearNotice },
  { method: 'post', path: `${WAY}/notice`, access: 'public', handle: hearNotice },
];
