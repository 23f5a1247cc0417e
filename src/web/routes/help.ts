import { AppError } from '../../base/errors';
import type { Translate } from '../../kernel/i18n-types';
import { supportFor } from '../../sites';
import { HOME } from '../links';
import type { HelpModel } from '../pages/other';
import { sendPage } from '../reply';
import { type Call, param, type RouteSpec } from '../route';

type Content = Pick<HelpModel, 'title' | 'intro' | 'sections'>;

/** What the program itself can say; a ministry that has its own statement links to that instead. */
const PAGES: Readonly<Record<string, (t: Translate) => Content>> = {
  accessibility: (t) => ({
    title: t('help.accessibility.title'),
    intro: t('help.accessibility.intro'),
    sections: [
      { title: t('help.accessibility.doneTitle'), text: t('help.accessibility.done') },
      { title: t('help.accessibility.limitsTitle'), text: t('help.accessibility.limits') },
      { title: t('help.accessibility.troubleTitle'), text: t('help.accessibility.trouble') },
    ],
  }),
  privacy: (t) => ({
    title: t('help.privacy.title'),
    intro: t('help.privacy.intro'),
    sections: [
      { title: t('help.privacy.mailTitle'), text: t('help.privacy.mail') },
      { title: t('help.privacy.keptTitle'), text: t('help.privacy.kept') },
      { title: t('help.privacy.deviceTitle'), text: t('help.privacy.device') },
      { title: t('help.privacy.cookiesTitle'), text: t('help.privacy.cookies') },
      { title: t('help.privacy.logsTitle'), text: t('help.privacy.logs') },
      { title: t('help.privacy.rightsTitle'), text: t('help.privacy.rights') },
    ],
  }),
};

async function showHelp({ deps, req, res, ctx }: Call): Promise<void> {
  const name = param(req, 'page');
  const content = Object.hasOwn(PAGES, name) ? PAGES[name]?.(ctx.t) : undefined;
  if (!content) throw new AppError('request/not-found');
  const { site, locale } = ctx;
  const back = ctx.actor
    ? { href: HOME, label: ctx.t('app.home') }
    : { href: '/login', label: ctx.t('login.title') };
  const model: HelpModel = { ...content, back, support: supportFor(site, locale) };
  await sendPage(deps, req, res, {
    view: 'help',
    layout: 'layout-bare',
    model,
    shell: { title: content.title, area: 'login' },
  });
}

export const helpRoutes: readonly RouteSpec[] = [
  { method: 'get', path: '/help/:page', access: 'public', handle: showHelp },
];
