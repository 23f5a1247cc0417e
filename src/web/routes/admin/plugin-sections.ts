import type { PluginReport } from '../../../host/report';
import type { AdminSection } from '../../pages/admin';
import type { AdminCall } from './access';
import { cell, code, codes, DASH, fact, link, marked } from './cells';
import { explainHref } from './change-links';
import type { InstalledPlugin } from './deps';
import { contributionSections, hookTable } from './plugin-contributions';
import { costTable } from './plugin-costs';
import { siteSwitches } from './plugin-switches';
import { formatsOf } from './words';

/** Everything of one plugin, what is acted on first. */
export async function pluginSections(
  call: AdminCall,
  report: PluginReport,
): Promise<readonly AdminSection[]> {
  const { t } = call.ctx;
  const plugin = call.deps.admin.installed.find(({ id }) => id === report.id);
  const where: AdminSection = {
    id: 'where',
    title: t('admin.plugin.where'),
    table: siteSwitches(call, report.id),
    help: t('admin.plugin.whereHelp'),
  };
  const costs: AdminSection = {
    id: 'costs',
    title: t('admin.plugin.costs'),
    table: costTable(call, report.id),
    help: t('admin.plugin.costsAll'),
  };
  if (!plugin) return [where, costs];
  const manifest: AdminSection = {
    id: 'manifest',
    title: t('admin.plugin.manifest'),
    facts: await manifestFacts(call, report, plugin),
  };
  const hooks: AdminSection = {
    id: 'hooks',
    title: t('admin.plugin.hooks'),
    table: hookTable(call, report.id),
  };
  return [
    where,
    manifest,
    costs,
    hooks,
    ...contributionSections(call, report, plugin),
    { id: 'weight', title: t('admin.plugin.weight'), table: weightTable(call, plugin) },
  ];
}

async function manifestFacts(call: AdminCall, report: PluginReport, plugin: InstalledPlugin) {
  const { deps, ctx, isPlatform } = call;
  const { t } = ctx;
  const { definition, source } = plugin;
  const migrations = await deps.admin.migrations(plugin.id);
  const needs = (definition.needs ?? []).map((need) =>
    plugin.granted.includes(need)
      ? code(need)
      : marked('danger', need, t('admin.needs.notGranted')),
  );
  const first = call.sites[0]?.id ?? '';
  return [
    fact(t('admin.fact.id'), code(plugin.id)),
    fact(t('admin.fact.version'), cell(report.version)),
    fact(t('admin.fact.api'), code(definition.api)),
    fact(
      t('admin.fact.source'),
      cell(t(source.kind === 'package' ? 'admin.source.package' : 'admin.source.folder')),
      ...(isPlatform ? [code(source.path)] : []),
    ),
    ...(source.integrity === undefined
      ? []
      : [fact(t('admin.fact.integrity'), code(source.integrity))]),
    fact(t('admin.fact.requires'), ...codes(definition.requires ?? [])),
    fact(t('admin.column.needs'), ...(needs.length === 0 ? [cell(t('admin.needs.none'))] : needs)),
    fact(t('admin.fact.csp'), ...codes(cspWords(definition.csp))),
    fact(
      t('admin.fact.migrations'),
      ...(migrations.length === 0
        ? [DASH]
        : migrations.map(({ name, isPending }) =>
            isPending ? marked('warn', name, t('admin.migration.pending')) : code(name),
          )),
    ),
    fact(
      t('admin.fact.configuration'),
      ...(definition.config === undefined
        ? [cell(t('admin.fact.noConfiguration'))]
        : [link(t('admin.fact.seeConfiguration'), explainHref(first, `${plugin.id}.enabled`))]),
    ),
    fact(t('admin.fact.boot'), cell(t('admin.fact.milliseconds', { ms: report.ms }))),
  ];
}

const cspWords = (csp: Readonly<Record<string, readonly string[]>> | undefined) =>
  Object.entries(csp ?? {}).map(([directive, origins]) => `${directive} ${origins.join(' ')}`);

/** Bytes of the plugin in a page, as a browser receives them. */
function weightTable(call: AdminCall, { definition, assets, id }: InstalledPlugin) {
  const { t } = call.ctx;
  const { size } = formatsOf(call);
  const shipped = new Map<string, readonly string[]>();
  for (const { styles = [], scripts = [], on } of [definition.contributes?.assets ?? []].flat())
    for (const file of [...styles, ...scripts])
      shipped.set(`${id}/${file}`, [...(shipped.get(`${id}/${file}`) ?? []), ...on]);
  const rows = assets.filter(({ name }) => shipped.has(name));
  const total = rows.reduce((sum, { sent }) => sum + sent, 0);
  return {
    id: 'weight-table',
    caption: t('admin.plugin.weightCaption', { size: size(total) }),
    columns: [
      { label: t('admin.column.file') },
      { label: t('admin.column.pages') },
      { label: t('admin.column.bytes'), isNumber: true },
      { label: t('admin.column.sent'), isNumber: true },
    ],
    rows: rows.map(({ name, bytes, sent }) => [
      code(name.slice(id.length + 1)),
      cell((shipped.get(name) ?? []).join(', ')),
      cell(size(bytes)),
      cell(size(sent)),
    ]),
    empty: t('admin.plugin.weightNone'),
  };
}
