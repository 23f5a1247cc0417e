import { type PluginReport, withinSites } from '../../../host/report';
import type { PluginStats } from '../../../kernel/meter';
import type { AdminCell, AdminTable } from '../../pages/admin';
import type { AdminCall } from './access';
import { cell, DASH, link, marked } from './cells';
import { formatsOf, msText, pluginTitle, stateCell } from './words';

/**
 * Installed plugins, as far as the administrator's sites know them: those that they may have, and
 * those that only a fault of theirs keeps off.
 */
export function reportsFor({ deps, sites, isPlatform }: AdminCall): readonly PluginReport[] {
  const seen = new Set<string>(sites.map(({ id }) => id));
  const reports = deps
    .host()
    .state()
    .map((report) => withinSites(report, (site) => seen.has(site)))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  if (isPlatform) return reports;
  const reach = new Set(sites.flatMap(({ id }) => [...deps.admin.enabling.reach(id)]));
  return reports.filter(
    ({ id, problems }) => reach.has(id) || problems.some(({ site }) => site !== undefined),
  );
}

/** Where a plugin is on, of the sites that the administrator sees: for all, or for some groups. */
function placesOf({ sites, deps, ctx }: AdminCall, plugin: string): readonly string[] {
  const { enabledFor, reach } = deps.admin.enabling;
  return sites.flatMap(({ id, title, groups }) => {
    if (enabledFor({ site: id }).has(plugin)) return [title];
    if (!reach(id).has(plugin)) return [];
    const some = groups.filter((group) => enabledFor({ site: id, groups: [group.id] }).has(plugin));
    return [
      some.length > 0
        ? ctx.t('admin.plugins.someGroups', { site: title, count: some.length })
        : ctx.t('admin.plugins.byChoice', { site: title }),
    ];
  });
}

export function pluginTable(call: AdminCall): AdminTable {
  const { t } = call.ctx;
  const costs = new Map(call.deps.admin.costs().map((stats) => [stats.plugin, stats]));
  return {
    id: 'plugins',
    caption: t('admin.plugins.caption'),
    columns: [
      { label: t('admin.column.plugin') },
      { label: t('admin.column.state') },
      { label: t('admin.column.version') },
      { label: t('admin.column.sites') },
      { label: t('admin.column.needs') },
      { label: t('admin.column.calls'), isNumber: true },
      { label: t('admin.column.worstHook') },
      { label: t('admin.column.errors'), isNumber: true },
    ],
    rows: reportsFor(call).map((report) => rowOf(call, report, costs.get(report.id))),
    empty: t('admin.plugins.none'),
    help: t('admin.plugins.help'),
  };
}

function rowOf(call: AdminCall, report: PluginReport, costs: PluginStats | undefined) {
  const { t } = call.ctx;
  const formats = formatsOf(call);
  const places = placesOf(call, report.id);
  return [
    pluginCell(call, report.id),
    stateCell(call, report),
    cell(report.version),
    places.length === 0 ? DASH : cell(places.join(', ')),
    needsCell(call, report.id),
    cell(formats.number(costs?.calls ?? 0)),
    worstCell(call, costs),
    (costs?.errors ?? 0) + (costs?.timeouts ?? 0) === 0
      ? cell('0')
      : marked(
          'warn',
          formats.number((costs?.errors ?? 0) + (costs?.timeouts ?? 0)),
          t('admin.plugins.late', { count: costs?.timeouts ?? 0 }),
        ),
  ];
}

/** A plugin by its name, with its id when that is another word. */
export function pluginCell(call: AdminCall, id: string): AdminCell {
  const title = pluginTitle(call, id);
  return link(title, `/admin/plugins/${id}`, title === id ? undefined : id);
}

/** Needs, and those that nobody granted. */
function needsCell({ deps, ctx }: AdminCall, id: string) {
  const plugin = deps.admin.installed.find((candidate) => candidate.id === id);
  if (!plugin) return DASH;
  const needs = plugin.definition.needs ?? [];
  if (needs.length === 0) return cell(ctx.t('admin.needs.none'));
  const missing = needs.filter((need) => !plugin.granted.includes(need));
  if (missing.length === 0) return cell(needs.join(', '));
  return marked(
    'danger',
    needs.join(', '),
    ctx.t('admin.needs.missing', { needs: missing.join(', ') }),
  );
}

/** The hook whose slowest twentieth takes longest. */
function worstCell(call: AdminCall, costs: PluginStats | undefined) {
  const called = (costs?.hooks ?? []).filter(({ calls }) => calls > 0);
  const [worst] = [...called].sort((a, b) => b.p95Ms - a.p95Ms);
  if (!worst) return DASH;
  return cell(`${msText(call, worst.p50Ms)} / ${msText(call, worst.p95Ms)}`, worst.hook);
}
