import type { AdminSection, AdminTable } from '../../pages/admin';
import type { AdminCall, AdminRoute } from './access';
import { cell, code, codes, DASH, link } from './cells';
import type { ProcessFacts } from './deps';
import { checksFor, healthTable } from './health-rows';
import { sendAdmin } from './page';
import { pluginCell, reportsFor } from './plugin-rows';
import { formatsOf, msText, pluginTitle, stateCell, timeText } from './words';

async function showBoot(call: AdminCall): Promise<void> {
  const { t } = call.ctx;
  const { warnings, ms } = call.deps.admin.boot();
  const sections: readonly AdminSection[] = [
    {
      id: 'warnings',
      title: t('admin.boot.warnings'),
      table: {
        id: 'warning-table',
        caption: t('admin.boot.warningsCaption'),
        columns: [{ label: t('admin.boot.warning') }],
        rows: warnings.map((warning) => [code(warning)]),
        empty: t('admin.boot.noWarnings'),
      },
    },
    {
      id: 'started',
      title: t('admin.boot.plugins'),
      table: {
        id: 'boot-table',
        caption: t('admin.boot.caption', { duration: msText(call, ms) }),
        columns: [
          { label: t('admin.column.plugin') },
          { label: t('admin.column.state') },
          { label: t('admin.column.version') },
          { label: t('admin.column.took'), isNumber: true },
          { label: t('admin.boot.public') },
          { label: t('admin.column.why') },
        ],
        rows: reportsFor(call).map((report) => [
          pluginCell(call, report.id),
          stateCell(call, report),
          cell(report.version),
          cell(msText(call, report.ms)),
          report.publicRoutes.length === 0
            ? DASH
            : (codes([report.publicRoutes.join(' ')])[0] ?? DASH),
          code(report.reason ?? ''),
        ]),
        empty: t('admin.plugins.none'),
      },
    },
  ];
  await sendAdmin(call, {
    place: 'boot',
    view: 'admin/report',
    intro: t('admin.boot.intro'),
    model: { sections },
  });
}

async function showHealth(call: AdminCall): Promise<void> {
  const { t } = call.ctx;
  const checks = await checksFor(call);
  const sections: readonly AdminSection[] = [
    { id: 'checks', title: t('admin.overview.dependencies'), table: healthTable(call, checks) },
    ...(call.isPlatform ? incidentSections(call) : []),
  ];
  await sendAdmin(call, {
    place: 'health',
    view: 'admin/report',
    intro: t('admin.health.intro'),
    model: { sections },
  });
}

function incidentSections(call: AdminCall): readonly AdminSection[] {
  const { t } = call.ctx;
  const { number } = formatsOf(call);
  const facts = call.deps.admin.process();
  return [
    { id: 'restarts', title: t('admin.restarts.title'), table: restartTable(call, facts) },
    {
      id: 'incidents',
      title: t('admin.incidents.title'),
      table: {
        id: 'incident-table',
        caption: t('admin.incidents.caption'),
        columns: [
          { label: t('admin.column.when') },
          { label: t('admin.column.plugin') },
          { label: t('admin.column.hook') },
          { label: t('admin.column.took'), isNumber: true },
        ],
        rows: [...(facts?.incidents ?? [])]
          .reverse()
          .map(({ time, plugin, hook, ms }) => [
            cell(timeText(call, time)),
            plugin === undefined
              ? cell(t('admin.incidents.core'))
              : link(pluginTitle(call, plugin), `/admin/plugins/${plugin}`),
            code(hook ?? ''),
            cell(msText(call, ms)),
          ]),
        empty: t('admin.incidents.none'),
      },
    },
    {
      id: 'leaks',
      title: t('admin.leaks.title'),
      table: {
        id: 'leak-table',
        caption: t('admin.leaks.caption'),
        columns: [
          { label: t('admin.column.plugin') },
          { label: t('admin.leaks.held'), isNumber: true },
        ],
        rows: (facts?.leaks ?? []).map(({ plugin, mb }) => [
          link(pluginTitle(call, plugin), `/admin/plugins/${plugin}`),
          cell(t('admin.fact.megabytes', { mb: number(Math.round(mb)) })),
        ]),
        empty: t('admin.leaks.none'),
      },
    },
  ];
}

function restartTable(call: AdminCall, facts: ProcessFacts | undefined): AdminTable {
  const { t } = call.ctx;
  return {
    id: 'restart-table',
    caption: t('admin.restarts.caption'),
    columns: [
      { label: t('admin.column.when') },
      { label: t('admin.column.plugin') },
      { label: t('admin.column.why') },
      { label: t('admin.fact.process'), isNumber: true },
    ],
    rows: [...(facts?.restarts ?? [])]
      .reverse()
      .map(({ at, plugin, why, pid }) => [
        cell(timeText(call, at)),
        plugin === undefined ? DASH : pluginCell(call, plugin),
        code(why),
        cell(String(pid)),
      ]),
    empty: t('admin.restarts.none'),
  };
}

export const bootRoutes: readonly AdminRoute[] = [
  { method: 'get', path: '/admin/boot', needs: 'platform', handle: showBoot },
  { method: 'get', path: '/admin/health', handle: showHealth },
];
