import type { Site } from '../../../sites';
import { siteText } from '../../../sites';
import type { AdminFact, AdminListModel, AdminSection, AdminTable } from '../../pages/admin';
import { param } from '../../route';
import { type AdminCall, type AdminRoute, siteOf } from './access';
import { cell, code, codes, DASH, fact, link, marked } from './cells';
import { explainHref } from './change-links';
import { checksFor, healthTable } from './health-rows';
import { sendAdmin } from './page';
import { pluginCell, reportsFor } from './plugin-rows';
import { signInFacts } from './sign-in-facts';
import { formatsOf, stateCell } from './words';

async function showSites(call: AdminCall): Promise<void> {
  const { t } = call.ctx;
  const model: Omit<AdminListModel, 'frame'> = {
    filters: undefined,
    table: await siteTable(call),
    older: undefined,
    newest: undefined,
    download: undefined,
  };
  await sendAdmin(call, {
    place: 'sites',
    view: 'admin/list',
    intro: t('admin.sites.intro'),
    model: { ...model },
  });
}

async function siteTable(call: AdminCall): Promise<AdminTable> {
  const { deps, ctx, sites } = call;
  const { t } = ctx;
  const { number } = formatsOf(call);
  const [users, checks] = await Promise.all([deps.admin.countUsers(), checksFor(call)]);
  const rows = sites.map(async (site) => {
    const own = checks.filter(({ id }) => id.startsWith(`${site.id}:`));
    const down = own.filter(({ ok }) => !ok);
    const open = await sessionsOf(call, site);
    return [
      link(site.title, `/admin/sites/${site.id}`, site.id),
      codes(site.hosts)[0] ?? DASH,
      down.length === 0
        ? marked('ok', t('admin.health.allUp'))
        : marked('danger', t('admin.health.someDown', { count: down.length })),
      cell(number(open.sessions), t('admin.figure.signedIn', { count: open.signedIn })),
      cell(number(users.get(site.id) ?? 0)),
      cell(number(onCount(call, site))),
      cell(number(site.groups.length)),
    ];
  });
  return {
    id: 'sites',
    caption: t('admin.sites.caption'),
    columns: [
      { label: t('admin.column.site') },
      { label: t('admin.column.host') },
      { label: t('admin.column.servers') },
      { label: t('admin.column.sessions'), isNumber: true },
      { label: t('admin.column.users'), isNumber: true },
      { label: t('admin.column.pluginsOn'), isNumber: true },
      { label: t('admin.column.groups'), isNumber: true },
    ],
    rows: await Promise.all(rows),
    empty: t('admin.sites.none'),
  };
}

async function sessionsOf({ deps }: AdminCall, site: Site) {
  const open = await deps.admin.openSessions(site.id);
  return {
    signedIn: open.size,
    sessions: [...open.values()].reduce((sum, count) => sum + count, 0),
  };
}

const onCount = ({ deps }: AdminCall, site: Site): number => {
  const set = deps.admin.enabling.enabledFor({ site: site.id });
  return deps.admin.installed.filter(({ id }) => set.has(id)).length;
};

async function showSite(call: AdminCall): Promise<void> {
  const { ctx, req } = call;
  const { t } = ctx;
  const site = siteOf(call, param(req, 'site'));
  const checks = (await checksFor(call)).filter(({ id }) => id.startsWith(`${site.id}:`));
  const sections: readonly AdminSection[] = [
    { id: 'about', title: t('admin.site.about'), facts: await aboutSite(call, site) },
    { id: 'servers', title: t('admin.column.servers'), facts: serverFacts(call, site) },
    { id: 'sign-in', title: t('admin.waysIn.title'), facts: signInFacts(call, site) },
    { id: 'state', title: t('admin.place.health'), table: healthTable(call, checks) },
    { id: 'on', title: t('admin.place.plugins'), table: pluginsOf(call, site) },
    { id: 'groups', title: t('admin.site.groups'), table: groupTable(call, site) },
  ];
  await sendAdmin(call, {
    place: 'sites',
    view: 'admin/report',
    heading: site.title,
    model: { sections },
  });
}

/** Id of the skin, and its title where it has another. */
function skinCells({ deps }: AdminCall, { skin }: Site): AdminFact['cells'] {
  const title = deps.skins.chain(skin)[0]?.title;
  return title === undefined ? [code(skin)] : [code(skin), cell(title)];
}

async function aboutSite(call: AdminCall, site: Site): Promise<readonly AdminFact[]> {
  const { ctx, deps } = call;
  const { t } = ctx;
  const { number } = formatsOf(call);
  const [open, users] = await Promise.all([sessionsOf(call, site), deps.admin.countUsers()]);
  const { support, session } = site;
  return [
    fact(t('admin.fact.id'), code(site.id)),
    fact(t('admin.fact.hosts'), ...codes(site.hosts)),
    fact(t('admin.fact.domains'), ...codes(site.mailDomains)),
    fact(t('admin.fact.skin'), ...skinCells(call, site)),
    fact(t('admin.fact.language'), cell(`${site.locale}, ${site.timeZone}`)),
    fact(t('admin.figure.users'), cell(number(users.get(site.id) ?? 0))),
    fact(
      t('admin.figure.sessions'),
      cell(number(open.sessions), t('admin.figure.signedIn', { count: open.signedIn })),
    ),
    fact(
      t('admin.fact.sessionLimits'),
      cell(
        t('admin.fact.sessionLimitsText', {
          minutes: session.idleMinutes,
          hours: session.absoluteHours,
        }),
      ),
    ),
    fact(
      t('nav.support'),
      cell(
        siteText(support.name, ctx.locale),
        [support.phone, support.mail, support.url].filter(Boolean).join(', ') || undefined,
      ),
    ),
    fact(
      t('admin.fact.factor'),
      deps.admin.hasSecondFactor(site.id)
        ? marked('ok', t('admin.fact.factorYes'))
        : marked('off', t('admin.fact.factorNo')),
    ),
    fact(t('admin.fact.choices'), ...codes(site.choices)),
    fact(t('admin.fact.locked'), ...codes(site.locked)),
  ];
}

function serverFacts({ ctx }: AdminCall, { imap, smtp, signIn }: Site): readonly AdminFact[] {
  const { t } = ctx;
  const address = ({ host, port, security }: Site['imap']) => code(`${host}:${port} (${security})`);
  return [
    fact(t('admin.dependency.imap'), address(imap)),
    fact(t('admin.dependency.smtp'), address(smtp)),
    signIn.kind === 'ldap'
      ? fact(t('admin.dependency.ldap'), ...codes(signIn.ldap.urls))
      : fact(t('admin.dependency.ldap'), cell(t('admin.fact.signInImap'))),
  ];
}

function pluginsOf(call: AdminCall, site: Site): AdminTable {
  const { deps, ctx } = call;
  const { t } = ctx;
  const reach = deps.admin.enabling.reach(site.id);
  const set = deps.admin.enabling.enabledFor({ site: site.id });
  return {
    id: 'site-plugins',
    caption: t('admin.site.pluginsCaption'),
    columns: [
      { label: t('admin.column.plugin') },
      { label: t('admin.column.state') },
      { label: t('admin.column.here') },
      { label: t('admin.column.why') },
    ],
    rows: reportsFor(call)
      .filter(({ id }) => reach.has(id) || call.isPlatform)
      .map((report) => {
        const path = `${report.id}.enabled`;
        const explained = deps.admin.enabling.explainFor({ site: site.id, path });
        const href = explainHref(site.id, path);
        const last = explained.layers.filter(({ ignored }) => !ignored).at(-1);
        return [
          pluginCell(call, report.id),
          stateCell(call, report),
          set.has(report.id) ? marked('ok', t('admin.on')) : marked('off', t('admin.off')),
          link(t(`admin.layer.${last?.layer ?? 'default'}`), href),
        ];
      }),
    empty: t('admin.plugins.none'),
  };
}

function groupTable({ ctx }: AdminCall, site: Site): AdminTable {
  const { t } = ctx;
  return {
    id: 'groups',
    caption: t('admin.site.groupsCaption'),
    columns: [
      { label: t('admin.column.group') },
      { label: t('admin.column.match') },
      { label: t('admin.place.plugins') },
      { label: t('admin.column.locked') },
      { label: t('admin.column.permissions') },
    ],
    rows: site.groups.map((group) => [
      cell(group.title, group.id),
      code(matchText(group.match)),
      cell(Object.keys(group.plugins).join(', ')),
      cell(group.locked.join(', ')),
      cell(group.permissions.join(', ')),
    ]),
    empty: t('admin.site.noGroups'),
  };
}

/** The condition, as the file says it; logins are counted, not listed. */
function matchText({ dn, memberOf, attribute, logins }: Site['groups'][number]['match']): string {
  return [
    dn && `dn ${dn}`,
    memberOf && `memberOf ${memberOf}`,
    ...Object.entries(attribute ?? {}).map(([name, values]) => `${name} ${values.join('|')}`),
    logins && `logins (${logins.length})`,
  ]
    .filter(Boolean)
    .join(' & ');
}

export const siteRoutes: readonly AdminRoute[] = [
  { method: 'get', path: '/admin/sites', handle: showSites },
  { method: 'get', path: '/admin/sites/:site', handle: showSite },
];
