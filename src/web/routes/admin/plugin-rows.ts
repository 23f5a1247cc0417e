import type { PluginReport } from '../../../host/report';
import type { PluginStats } from '../../../kernel/meter';
import type { AdminCell, AdminTable } from '../../pages/admin';
import type { AdminCall } from './access';
import { cell, DASH, link, marked } from './cells';
import { formatsOf, msText, pluginTitle, stateCell } from './words';

/** Installed plugins; an administrator of one site sees those that it may have. */
export function reportsFor({ deps, sites, isPlatform }: AdminCall): readonly PluginReport[] {
  const reports = [...deps.host().state()].sort((a, b) => (a.id < b.id ? -1 : 1));
  if (isPlatform) return reports;
  const reach = new Set(sites.flatMap(({ id }) => [...deps.admin.enabling.reach(id)]));
  return reports.filter(({ id }) => reach.has(id));
}

/** Titles of the sites, of those that the administrator sees, where a plugin is on by default. */
export const sitesOf = ({ sites, deps }: AdminCall, plugin: string): readonly string[] =>
  sites
    .filter(({ id }) => deps.admin.enabling.enabledFor({ site: id }).has(plugin))
    .map(({ title }) => title);

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
  const titles = sitesOf(call, report.id);
  return [
    pluginCell(call, report.id),
    stateCell(call, report),
    cell(report.version),
    titles.length === 0 ? DASH : cell(titles.join(', ')),
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
