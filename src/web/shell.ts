import type { Request, Response } from 'express';
import { initialsOf, tintOf } from '../base/faces';
import { newToken } from '../base/ids';
import { siteText, supportFor } from '../sites';
import { keysOf, keyTable } from './commands/key-sets';
import type { WebDeps } from './context';
import { contextOf } from './context';
import { takeFlash } from './flash';
import { HOME } from './links';
import { accountName, offlineOf } from './offline/account';
import type { Banner, Flash, FolderPane, Shell, TaskbarItem } from './pages/shell';
import { adminReach } from './routes/admin/access';
import { auditReach } from './routes/admin/audit-access';

/** What a route says of its page's frame; the rest is the same for all. */
export interface ShellParts {
  readonly title: string;
  /** Area of assets and of the taskbar: `mail`, `compose`, `settings`, `login`, `error`, a plugin id. */
  readonly area: string;
  readonly folders?: FolderPane;
  readonly unseen?: number;
  readonly banners?: readonly Banner[];
  readonly search?: Shell['search'];
  readonly eventsHref?: string;
}

/** Areas whose scripts and styles go beyond the common ones. */
const OWN_ASSETS: Readonly<Record<string, readonly string[]>> = {
  admin: ['admin'],
  compose: ['compose'],
  login: [],
  'own-texts': ['compose'],
  preview: ['preview'],
};

/** The frame of a page: site, person, taskbar, banners, assets. */
export async function buildShell(deps: WebDeps, req: Request, parts: ShellParts): Promise<Shell> {
  const { site, locale, actor, core, id } = contextOf(req);
  const isSignedIn = actor !== undefined;
  const asset = (name: string): string | undefined => deps.renderer.asset(site.skin, name);
  const chain = deps.skins.chain(site.skin);
  const groups = [
    isSignedIn || parts.area !== 'login' ? 'app' : 'login',
    ...(OWN_ASSETS[parts.area] ?? []),
  ];
  const isAdministrator = (await adminReach(deps, contextOf(req))) !== undefined;
  const isReader = !isAdministrator && (await auditReach(deps, contextOf(req))) !== undefined;
  const isAwaited = awaitsPlugin(deps, req, parts.area);
  const isPublic = !isSignedIn && !isAwaited;
  const plugins = pluginAssets(deps, req, parts.area, isPublic);
  const isPresent = (url: string | undefined): url is string => url !== undefined;
  return {
    title: parts.title,
    area: parts.area,
    lang: locale,
    theme: core.display.theme,
    density: core.display.density,
    layout: core.display.layout,
    site: {
      title: site.title,
      tagline: siteText(site.tagline, locale),
      logo: asset(chain.find(({ logo }) => logo !== undefined)?.logo ?? 'logo.svg') ?? '',
      support: supportFor(site, locale),
      links: site.links.map(({ label, href }) => ({ label: siteText(label, locale), href })),
    },
    timeZone: site.timeZone,
    account: actor ? accountName(deps, site, actor.user.id) : '',
    offlineAccount: actor && offlineOf(site).allowed ? accountName(deps, site, actor.user.id) : '',
    user: actor && {
      name: actor.user.name,
      mail: actor.user.mail,
      initials: initialsOf(actor.user.name, actor.user.mail),
      tint: tintOf(actor.user.mail),
    },
    taskbar: isSignedIn ? taskbar(deps, req, parts, { isAdministrator, isReader }) : [],
    folders: parts.folders,
    banners: parts.banners ?? [],
    flash: undefined,
    search: parts.search,
    keys: keysOf(core.display.keys),
    keyTable: JSON.stringify(keyTable(core.display.keys)),
    hasKeys: isSignedIn && (parts.area === 'mail' || isOfPlugin(deps, req, parts.area)),
    styles: [
      ...groups.map((group) => asset(`${group}.css`)),
      asset('skin.css'),
      ...plugins.styles,
    ].filter(isPresent),
    scripts: [...groups.map((group) => asset(`${group}.js`)), ...plugins.scripts].filter(isPresent),
    bareScripts: isAwaited
      ? plugins.scripts
      : parts.area === 'preview'
        ? [asset('preview.js')].filter(isPresent)
        : [],
    requestId: id,
    reloadVisit: false,
    eventsHref: parts.eventsHref,
    themeColor: chain.find((skin) => skin.themeColor !== undefined)?.themeColor ?? '#12333a',
  };
}

/** Whether an area is that of a plugin which runs for who asks. */
const isOfPlugin = (deps: WebDeps, req: Request, area: string): boolean =>
  deps
    .host()
    .running(contextOf(req).scope)
    .some(({ id }) => id === area);

/** Whether the page is a plugin's own, for the challenge that the session awaits. */
function awaitsPlugin(deps: WebDeps, req: Request, area: string): boolean {
  const { session, scope } = contextOf(req);
  const { state, challenges = [] } = session?.session ?? {};
  if (state !== 'awaiting-challenge') return false;
  const plugin = deps
    .host()
    .running(scope)
    .find(({ id }) => id === area);
  return (plugin?.definition.contributes?.challenges ?? []).some(({ id }) =>
    challenges.includes(id),
  );
}

/** Of a page without a session, the plugin's own styles alone: nothing runs there but the skin. */
function pluginAssets(
  deps: WebDeps,
  req: Request,
  area: string,
  isPublic: boolean,
): { styles: string[]; scripts: string[] } {
  const { site, scope } = contextOf(req);
  const styles: string[] = [];
  const scripts: string[] = [];
  for (const { id, definition } of deps.host().running(scope)) {
    if (isPublic && id !== area) continue;
    const lots = [definition.contributes?.assets ?? []]
      .flat()
      .filter(({ on }) => on.includes(area));
    if (lots.length === 0) continue;
    const url = (file: string): string[] => {
      const found = deps.renderer.asset(site.skin, `${id}/${file}`);
      return found === undefined ? [] : [found];
    };
    styles.push(...lots.flatMap((lot) => lot.styles ?? []).flatMap(url));
    if (!isPublic) scripts.push(...lots.flatMap((lot) => lot.scripts ?? []).flatMap(url));
  }
  return { styles, scripts };
}

function taskbar(
  deps: WebDeps,
  req: Request,
  parts: ShellParts,
  { isAdministrator, isReader }: Readonly<Record<'isAdministrator' | 'isReader', boolean>>,
): TaskbarItem[] {
  const { site, scope, t } = contextOf(req);
  const mailUnseen = parts.unseen ?? 0;
  const own: (TaskbarItem & { order: number })[] = [
    ...(hasWidgets(deps, req)
      ? [
          {
            id: 'home',
            label: t('nav.home'),
            href: '/home',
            icon: 'home',
            isCurrent: parts.area === 'home',
            badge: 0,
            badgeText: '',
            order: 5,
          },
        ]
      : []),
    {
      id: 'mail',
      label: t('nav.mail'),
      href: HOME,
      icon: 'mail',
      isCurrent: parts.area === 'mail' || parts.area === 'compose',
      badge: mailUnseen,
      badgeText: mailUnseen > 0 ? t('mail.unreadCount', { count: mailUnseen }) : '',
      order: 10,
    },
    {
      id: 'settings',
      label: t('nav.settings'),
      href: '/settings/display',
      icon: 'settings',
      isCurrent: parts.area === 'settings',
      badge: 0,
      badgeText: '',
      order: 1_000,
    },
  ];
  if (isAdministrator || isReader) {
    own.push({
      id: 'admin',
      label: t(isReader ? 'nav.audit' : 'nav.admin'),
      href: isReader ? '/admin/audit' : '/admin',
      icon: 'shield',
      isCurrent: parts.area === 'admin',
      badge: 0,
      badgeText: '',
      order: 2_000,
    });
  }
  const plugins = deps
    .host()
    .running(scope)
    .flatMap(({ id, definition }) => {
      const item = definition.contributes?.taskbar;
      if (!item) return [];
      return [
        {
          id: item.id,
          label: t(item.label),
          href: item.href,
          icon: item.icon,
          isCurrent: parts.area === id,
          badge: 0,
          badgeText: '',
          order: item.order ?? 100,
        },
      ];
    });
  const wanted = (id: string): number => {
    const index = site.taskbar.indexOf(id);
    return index < 0 ? Number.MAX_SAFE_INTEGER : index;
  };
  return [...own, ...plugins]
    .sort((a, b) => wanted(a.id) - wanted(b.id) || a.order - b.order)
    .map(({ order: _order, ...item }) => item);
}

/** Whether a plugin of the person has something to show on the home page. */
const hasWidgets = (deps: WebDeps, req: Request): boolean =>
  deps
    .host()
    .running(contextOf(req).scope)
    .some(({ definition }) =>
      definition.contributes?.slots?.some(({ slot }) => slot === 'dashboard.widgets@1'),
    );

/** What the last action left to say, once: taken by the page that shows it. */
export function flashModel(deps: WebDeps, req: Request, res: Response): Flash | undefined {
  const note = takeFlash(deps, req, res);
  if (!note) return undefined;
  const { t, site } = contextOf(req);
  return {
    id: `notice-${newToken(6)}`,
    seconds: note.seconds ?? site.limits.undoSeconds,
    level: note.level,
    text: t(note.key, note.values),
    undo: note.undo && { label: t('app.undo'), action: note.undo.action, fields: note.undo.fields },
  };
}
