import { AppError } from '../../base/errors';
import { cannotSend } from '../../notify';
import { siteText, supportFor } from '../../sites';
import { field, formOf } from '../body';
import { setFlash, takeFlash } from '../flash';
import type { JourneyModel } from '../pages/security';
import { seeOther, sendPage } from '../reply';
import type { Call, RouteSpec } from '../route';
import { secureAccount, securedNote, securedText } from '../secure-account';
import { linkLines } from '../security-links';
import { formToken } from '../sign-in-form';

const HACKED = '/help/hacked';
const LOGIN_CHARS = 256;
const CONTACT_CHARS = 120;

type Content = Pick<JourneyModel, 'title' | 'intro' | 'sections' | 'steps' | 'link' | 'form'> &
  Partial<Pick<JourneyModel, 'links'>>;

interface Said {
  readonly error?: JourneyModel['error'];
  readonly values?: JourneyModel['values'];
}

async function journeyPage(call: Call, content: Content, said: Said = {}): Promise<void> {
  const { deps, req, res, ctx } = call;
  const { site, locale, t, actor } = ctx;
  const note = takeFlash(deps, req, res);
  const model: JourneyModel = {
    ...content,
    done: note?.level === 'ok' ? securedText(ctx, note) : undefined,
    notDone: note && note.level !== 'ok' ? securedText(ctx, note) : undefined,
    links: content.links,
    error: said.error,
    action: HACKED,
    values: said.values ?? { login: '', contact: '' },
    back: actor
      ? { href: '/security', label: t('security.title') }
      : { href: '/login', label: t('login.title') },
    support: supportFor(site, locale),
  };
  await sendPage(deps, req, res, {
    view: 'help-journey',
    layout: 'layout-bare',
    status: said.error ? 422 : 200,
    model,
    csrf: formToken(deps, req, res),
    shell: { title: content.title, area: 'login' },
  });
}

/** What the ministry says of lost passwords; the same in two journeys. */
function lostOf({ ctx }: Call): { readonly text: string; readonly link: JourneyModel['link'] } {
  const { site, locale, t } = ctx;
  const { text, url } = site.help?.lost ?? {};
  return {
    text: text === undefined ? t('help.lost.procedure') : siteText(text, locale),
    link: url === undefined ? undefined : { href: url, label: t('help.lost.link') },
  };
}

function lost(call: Call): Promise<void> {
  const { t } = call.ctx;
  const { text, link } = lostOf(call);
  return journeyPage(call, {
    title: t('help.lost.title'),
    intro: t('help.lost.intro'),
    sections: [
      { title: t('help.lost.procedureTitle'), text },
      { title: t('help.lost.neverTitle'), text: t('help.lost.never') },
    ],
    steps: [],
    link,
    form: undefined,
  });
}

function locked(call: Call): Promise<void> {
  const { t, site } = call.ctx;
  const { lockAfter = 0, lockMinutes = 0 } = site.protection ?? {};
  return journeyPage(call, {
    title: t('help.locked.title'),
    intro: t('help.locked.intro'),
    sections: [
      {
        title: t('help.locked.whyTitle'),
        text:
          lockAfter === 0 ? t('help.locked.whyWaits') : t('help.locked.why', { count: lockAfter }),
      },
      {
        title: t('help.locked.longTitle'),
        text:
          lockAfter === 0
            ? t('help.locked.longWaits')
            : t('help.locked.long', { count: lockMinutes }),
      },
      { title: t('help.locked.doTitle'), text: t('help.locked.do') },
    ],
    steps: [],
    link: { href: '/help/lost', label: t('help.lost.title') },
    form: undefined,
  });
}

function hackedContent(call: Call): Content {
  const { t, actor } = call.ctx;
  const { text, link } = lostOf(call);
  return {
    title: t('help.hacked.title'),
    intro: t('help.hacked.intro'),
    sections: [{ title: t('help.hacked.passwordTitle'), text }],
    steps: [
      actor ? secureStep(call) : t('help.hacked.stepReport'),
      t('help.hacked.stepPassword'),
      t('help.hacked.stepCheck'),
      t('help.hacked.stepOther'),
    ],
    link,
    form: actor ? 'secure' : tellsSupport(call.ctx.site) ? 'report' : undefined,
  };
}

const secureStep = ({ ctx: { site, t } }: Call): string =>
  t(tellsSupport(site) ? 'help.hacked.stepSecure' : 'help.hacked.stepSecureAlone');

/** Only where the support reads it: a form that nobody reads is worse than a telephone number. */
const tellsSupport = (site: Call['ctx']['site']): boolean =>
  site.support.mail !== undefined && cannotSend(site) === undefined;

async function hacked(call: Call): Promise<void> {
  const { actor } = call.ctx;
  // What a thief may have added outlives every session: only its owner can tell it from their own.
  const links = actor && (await linkLines({ ...call, actor }));
  await journeyPage(call, { ...hackedContent(call), links });
}

async function postHacked(call: Call): Promise<void> {
  const { deps, req, res, ctx } = call;
  const { actor } = ctx;
  const form = formOf(req.body);
  if (actor && field(form, 'op') === 'secure') {
    const secured = await secureAccount({ ...call, actor }, 'hacked', { remote: ctx.remote });
    setFlash(deps, res, securedNote(secured));
    return seeOther(res, HACKED);
  }
  await report(call, {
    login: field(form, 'login').trim(),
    contact: field(form, 'contact').trim(),
  });
}

/** Somebody who is not signed in: the support hears of it, and the answer says nothing of accounts. */
async function report(call: Call, values: JourneyModel['values']): Promise<void> {
  const { deps, res, ctx } = call;
  const { t, site } = ctx;
  const missing = values.login === '' ? 'login' : values.contact === '' ? 'contact' : undefined;
  const isLong = values.login.length > LOGIN_CHARS || values.contact.length > CONTACT_CHARS;
  if (missing !== undefined || isLong) {
    const text = t(isLong ? 'help.hacked.long' : 'help.hacked.missing');
    const error = { field: missing, text } as const;
    return journeyPage(call, hackedContent(call), { error, values });
  }
  const { login } = values;
  const free = await deps.safety.forms.take({
    site: site.id,
    form: 'hacked',
    login,
    remote: ctx.remote,
  });
  if (!free.address) throw new AppError('request/rate', { textKey: 'error.reportRate' });
  // After the answer, so that its time says nothing of what was found.
  void tellReported(call, values, free.login);
  const { phone } = site.support;
  // Of reports about one name the first are sent: who sends them in vain must not silence the others.
  if (free.login) setFlash(deps, res, { level: 'ok', key: 'help.hacked.sent', values: {} });
  else if (phone === undefined)
    setFlash(deps, res, { level: 'warn', key: 'help.hacked.notSent', values: {} });
  else setFlash(deps, res, { level: 'warn', key: 'help.hacked.notSentPhone', values: { phone } });
  seeOther(res, HACKED);
}

/** Always written down; told to the support while it is not too many about one name. */
async function tellReported(
  { deps, ctx }: Call,
  values: JourneyModel['values'],
  isSent: boolean,
): Promise<void> {
  const { safety, log } = deps;
  const { site, remote, id: requestId } = ctx;
  const { login, contact } = values;
  try {
    const user = await safety.users.findByName(site.id, login);
    await safety.audit.record({
      site: site.id,
      event: 'security:reported',
      ...(user && { target: user.login }),
      remote,
      details: { isKnown: user !== undefined, isSent },
    });
    if (!isSent) return;
    await safety.notifier.notifySupport(site.id, 'reported', {
      subject: 'notice.support.subject',
      text: user ? 'notice.support.reported' : 'notice.support.reportedUnknown',
      values: { login, contact, remote, name: user?.name ?? '', mail: user?.mail ?? '' },
    });
    const event = { site: site.id, login, ...(user && { user }), code: 'reported' as const };
    await deps.hooks.action({ site: site.id, requestId }, 'security:detected', {
      ...event,
      evidence: { remote },
    });
  } catch (err) {
    log.error({ err, requestId }, 'security/report-not-told');
  }
}

export const journeyRoutes: readonly RouteSpec[] = [
  { method: 'get', path: '/help/lost', access: 'public', handle: lost },
  { method: 'get', path: '/help/locked', access: 'public', handle: locked },
  { method: 'get', path: HACKED, access: 'public', handle: hacked },
  { method: 'post', path: HACKED, access: 'public', handle: postHacked },
];
