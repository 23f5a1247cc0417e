import type { AuditDetails } from '../../audit';
import { isAppError } from '../../base/errors';
import type { SessionId } from '../../base/types';
import { deviceText, MAX_APP_PASSWORDS, type SessionSummary } from '../../session';
import { supportFor } from '../../sites';
import { findAlert } from '../alerts';
import { field, formOf, numberOf } from '../body';
import { CONFIRM_MINUTES, requireConfirmed } from '../confirmed';
import { setFlash } from '../flash';
import { withQuery } from '../links';
import { plainShell } from '../mail-page';
import type { SecurityModel, SecuritySession } from '../pages/security';
import { renewOwn } from '../renew-own';
import { seeOther, sendPage } from '../reply';
import type { OpenCall, RouteSpec } from '../route';
import { noteOwn } from '../safety';
import { secureAccount, securedNote } from '../secure-account';
import { linkLines, removeLink } from '../security-links';
import { placeText, whenText } from '../security-words';
import { deniedLine, showHistory } from './security-history';

const PAGE = '/security';
/** As long as its field in the page lets a name be. */
const APP_NAME_CHARS = 80;

interface Shown {
  readonly made?: SecurityModel['made'];
  readonly error?: SecurityModel['error'];
  readonly name?: string;
  /** The person comes back from proving who they are: nothing is made before they ask again. */
  readonly isAsked?: boolean;
}

/** With the name of an application password that was asked for before a proof. */
const showSecurity = (call: OpenCall): Promise<void> => {
  const { app } = call.req.query;
  const name = typeof app === 'string' ? app.slice(0, APP_NAME_CHARS) : '';
  return securityPage(call, { name, isAsked: name !== '' });
};

async function securityPage(call: OpenCall, shown: Shown = {}): Promise<void> {
  const { deps, ctx, actor, req, res } = call;
  const sessions = await deps.sessions.list(actor.user.id);
  const appPasswords = await deps.safety.appPasswords.list(actor.user.id);
  const model: SecurityModel = {
    sessions: sessions.map((session) => sessionLine(call, session)),
    hasOthers: sessions.length > 1,
    appPasswords: appPasswords.map(({ id, name, start, createdAt, usedAt, usedFrom }) => ({
      id,
      name,
      start,
      created: whenText(deps, ctx, createdAt),
      used:
        usedAt === undefined
          ? ctx.t('security.neverUsed')
          : ctx.t('security.usedAt', {
              when: whenText(deps, ctx, usedAt),
              where: placeText(deps, ctx, usedFrom ?? ''),
            }),
    })),
    links: await linkLines(call),
    made: shown.made,
    error: shown.error,
    name: shown.name ?? '',
    isAsked: shown.isAsked ?? false,
    canAdd: appPasswords.length < MAX_APP_PASSWORDS,
    done: undefined,
    support: supportFor(ctx.site, ctx.locale),
  };
  await sendPage(deps, req, res, {
    view: 'security',
    status: shown.error ? 422 : 200,
    model,
    sealed: true,
    shell: plainShell(call, { title: ctx.t('security.title'), area: 'settings' }),
  });
}

function sessionLine({ deps, ctx, actor }: OpenCall, session: SessionSummary): SecuritySession {
  const { t } = ctx;
  const { id, device, remote, lastRemote, createdAt, seenAt, state } = session;
  const when = whenText(deps, ctx, seenAt);
  return {
    id,
    device: deviceText(t, device),
    place: placeText(deps, ctx, remote),
    since: whenText(deps, ctx, createdAt),
    seen:
      lastRemote === undefined
        ? when
        : t('security.usedAt', { when, where: placeText(deps, ctx, lastRemote) }),
    state: state === 'open' ? undefined : t('security.waiting'),
    isCurrent: id === actor.session.id,
  };
}

/** A session of the person's own by its id, which says nothing to anybody else. */
async function ownSession({ deps, actor }: OpenCall, id: string) {
  const own = await deps.sessions.list(actor.user.id);
  return own.find((session) => session.id === id && session.id !== actor.session.id);
}

async function endSessions(call: OpenCall): Promise<void> {
  const { deps, req, res } = call;
  const form = formOf(req.body);
  if (field(form, 'op') === 'all') return endOthers(call);
  const session = await ownSession(call, field(form, 'session'));
  // One that has ended meanwhile is what was asked for.
  if (session) {
    await deps.sessions.signOut(session.id as SessionId, 'revoked');
    // As the line of its opening calls it.
    await noteRevoked(call, { session: session.trail });
  }
  setFlash(deps, res, { level: 'ok', key: 'security.done.one', values: {} });
  seeOther(res, PAGE);
}

/** All but this one, of which a copy of its cookie is another one. */
async function endOthers(call: OpenCall): Promise<void> {
  const { deps, res } = call;
  const own = await renewOwn(call);
  const { user, session } = own.actor;
  const count = await deps.sessions.signOutUser(user.id, { except: session.id });
  if (count > 0) await noteRevoked(own, { count });
  setFlash(deps, res, { level: 'ok', key: 'security.done.others', values: { count } });
  seeOther(res, PAGE);
}

/** `session:closed` says which one ended; this says who ended it, and from where. */
const noteRevoked = (call: OpenCall, details: AuditDetails): Promise<void> =>
  noteOwn(call, { event: 'session:revoked', target: call.actor.user.login, details });

async function addAppPassword(call: OpenCall): Promise<void> {
  const { deps, ctx, actor, req } = call;
  // What it makes outlives the session.
  const name = field(formOf(req.body), 'name').trim();
  const back = withQuery(PAGE, { app: name.slice(0, APP_NAME_CHARS) });
  await requireConfirmed(deps, ctx, CONFIRM_MINUTES, back);
  const known = await deps.safety.appPasswords.list(actor.user.id);
  const wrong = (text: string) => securityPage(call, { error: { field: 'name', text }, name });
  // A page that is sent again must not make a second one.
  if (known.some((one) => one.name === name)) return wrong(ctx.t('security.app.taken'));
  try {
    const made = await deps.safety.appPasswords.create(actor.user.id, name);
    const target = `app-password/${made.id}`;
    await noteOwn(call, { event: 'app-password:created', target });
    await deps.safety.notifier.notify(actor.user, 'app-password', {
      subject: 'notice.appPassword.subject',
      text: 'notice.appPassword.text',
      values: { name: made.name },
    });
    await securityPage(call, { made });
  } catch (error) {
    if (!isAppError(error, 'request/invalid')) throw error;
    await wrong(
      ctx.t(known.length >= MAX_APP_PASSWORDS ? 'security.app.full' : 'security.app.name'),
    );
  }
}

async function revokeAppPassword(call: OpenCall): Promise<void> {
  const { deps, actor, req, res } = call;
  const id = numberOf(field(formOf(req.body), 'id'));
  const count = id === undefined ? 0 : await deps.safety.appPasswords.revoke(actor.user.id, id);
  if (count > 0) {
    await noteOwn(call, { event: 'app-password:revoked', target: `app-password/${id}` });
  }
  setFlash(deps, res, { level: 'ok', key: 'security.done.app', values: {} });
  seeOther(res, PAGE);
}

const textOf = (alert: Awaited<ReturnType<typeof findAlert>>, name: string): string | undefined => {
  const value = alert?.evidence[name];
  return typeof value === 'string' ? value : undefined;
};

async function deny(call: OpenCall): Promise<void> {
  const { deps, actor, res, req } = call;
  const form = formOf(req.body);
  const session = await ownSession(call, field(form, 'session'));
  const line = await deniedLine(call, field(form, 'line'));
  const alert = await findAlert(deps, actor, numberOf(field(form, 'alert')));
  const { remote, device } = session ?? { remote: line?.remote, device: textOf(alert, 'device') };
  const secured = await secureAccount(call, 'not-me', {
    ...(remote !== undefined && { remote }),
    ...(device !== undefined && { device }),
  });
  for (const id of alert?.ids ?? []) await deps.safety.alerts.dismiss(actor, id);
  setFlash(deps, res, securedNote(secured));
  seeOther(res, '/help/hacked');
}

async function dismissAlert({ deps, actor, req, res }: OpenCall): Promise<void> {
  const alert = await findAlert(deps, actor, numberOf(field(formOf(req.body), 'id')));
  for (const one of alert?.ids ?? []) await deps.safety.alerts.dismiss(actor, one);
  seeOther(res, PAGE);
}

export const securityRoutes: readonly RouteSpec[] = [
  { method: 'get', path: PAGE, access: 'open', handle: showSecurity },
  { method: 'get', path: `${PAGE}/history`, access: 'open', handle: showHistory },
  { method: 'post', path: `${PAGE}/sessions`, access: 'open', handle: endSessions },
  { method: 'post', path: `${PAGE}/app-passwords`, access: 'open', handle: addAppPassword },
  {
    method: 'post',
    path: `${PAGE}/app-passwords/revoke`,
    access: 'open',
    handle: revokeAppPassword,
  },
  { method: 'post', path: `${PAGE}/links`, access: 'open', handle: removeLink },
  { method: 'post', path: `${PAGE}/not-me`, access: 'open', handle: deny },
  { method: 'post', path: `${PAGE}/alerts`, access: 'open', handle: dismissAlert },
];
