import type { PluginReport } from '../../../host/report';
import type { AdminSection, AdminTable } from '../../pages/admin';
import type { AdminCall } from './access';
import { cell, code, codes, DASH, fact, marked } from './cells';
import type { InstalledPlugin } from './deps';

/** Hooks that a plugin handles, with its place among the handlers of each. */
export function hookTable(call: AdminCall, plugin: string): AdminTable {
  const { deps, ctx, sites } = call;
  const { t } = ctx;
  const rows = [...deps.hooks.definitions()].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    id: 'hook-table',
    caption: t('admin.plugin.hooksCaption'),
    columns: [
      { label: t('admin.column.hook') },
      { label: t('admin.column.kind') },
      { label: t('admin.column.order') },
      { label: t('admin.column.priority'), isNumber: true },
    ],
    rows: rows.flatMap(([name, { kind }]) => {
      // The order is the same on every site where the plugin is on.
      const lists = sites.map(({ id }) => deps.hooks.handlers(id, name));
      const handlers = lists.find((list) => list.some((one) => one.plugin === plugin)) ?? [];
      const at = handlers.findIndex((one) => one.plugin === plugin);
      const own = handlers[at];
      if (!own) return [];
      const order = [...new Set(handlers.map((one) => one.plugin))];
      const place = t('admin.plugin.orderText', { at: at + 1, count: handlers.length });
      return [
        [
          code(name),
          cell(t(`admin.kind.${kind}`)),
          order.length === 1 ? cell(place) : cell(place, order.join(' → ')),
          cell(String(own.priority)),
        ],
      ];
    }),
    empty: t('admin.plugin.noHooks'),
  };
}

/** What a plugin declares: slots, routes, the rest in a few lines. */
export function contributionSections(
  call: AdminCall,
  report: PluginReport,
  plugin: InstalledPlugin,
): readonly AdminSection[] {
  const { t } = call.ctx;
  const own = plugin.definition.contributes;
  return [
    { id: 'slots', title: t('admin.plugin.slots'), table: slotTable(call, plugin) },
    { id: 'routes', title: t('admin.plugin.routes'), table: routeTable(call, report) },
    {
      id: 'others',
      title: t('admin.plugin.others'),
      facts: [
        fact(t('admin.column.permissions'), ...codes(Object.keys(own?.permissions ?? {}))),
        fact(t('admin.plugin.settings'), ...codes((own?.settings ?? []).map(({ id }) => id))),
        fact(
          t('admin.place.jobs'),
          ...codes((own?.jobs ?? []).map(({ id, every }) => `${id} (${every})`)),
        ),
        fact(t('admin.plugin.commands'), ...codes((own?.commands ?? []).map(({ name }) => name))),
        fact(t('admin.plugin.challenges'), ...codes((own?.challenges ?? []).map(({ id }) => id))),
      ],
    },
  ];
}

function slotTable({ ctx }: AdminCall, { definition }: InstalledPlugin): AdminTable {
  const { t } = ctx;
  return {
    id: 'slot-table',
    caption: t('admin.plugin.slotsCaption'),
    columns: [
      { label: t('admin.column.slot') },
      { label: t('admin.column.view') },
      { label: t('admin.column.order'), isNumber: true },
    ],
    rows: (definition.contributes?.slots ?? []).map(({ slot, view, order }) => [
      code(slot),
      code(view),
      cell(String(order ?? 0)),
    ]),
    empty: t('admin.plugin.noSlots'),
  };
}

function routeTable({ deps, ctx }: AdminCall, { id }: PluginReport): AdminTable {
  const { t } = ctx;
  const routes =
    deps
      .host()
      .all()
      .find((plugin) => plugin.id === id)?.routes ?? [];
  return {
    id: 'route-table',
    caption: t('admin.plugin.routesCaption'),
    columns: [
      { label: t('admin.column.route') },
      { label: t('admin.column.access') },
      { label: t('admin.column.permissions') },
    ],
    rows: routes.map(({ method, path, options }) => [
      code(`${method.toUpperCase()} /${id}${path === '/' ? '' : path}`),
      options.public
        ? marked('warn', t('admin.access.public'))
        : cell(
            t(options.challenge === undefined ? 'admin.access.session' : 'admin.access.challenge'),
          ),
      options.permission === undefined ? DASH : code(options.permission),
    ]),
    empty: t('admin.plugin.noRoutes'),
  };
}
