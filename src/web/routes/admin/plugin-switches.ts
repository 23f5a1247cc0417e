import type { Site } from '../../../sites';
import type { AdminCell, AdminTable } from '../../pages/admin';
import type { AdminCall } from './access';
import { cell, link, marked } from './cells';
import { changeHref, explainHref } from './change-links';

/** Where a plugin is on, who says so, and the way to the page that would change it. */
export function siteSwitches(call: AdminCall, plugin: string): AdminTable {
  const { t } = call.ctx;
  return {
    id: 'switches',
    caption: t('admin.plugin.whereCaption'),
    columns: [
      { label: t('admin.column.who') },
      { label: t('admin.column.here') },
      { label: t('admin.column.why') },
      { label: t('admin.column.action') },
    ],
    rows: call.sites.flatMap((site) => [
      rowOf(call, plugin, site),
      ...site.groups.map((group) => rowOf(call, plugin, site, group)),
    ]),
    empty: t('admin.sites.none'),
  };
}

function rowOf(
  { deps, ctx }: AdminCall,
  plugin: string,
  site: Site,
  group?: Site['groups'][number],
): readonly AdminCell[] {
  const { t } = ctx;
  const path = `${plugin}.enabled`;
  const groups = group ? [group.id] : [];
  const explained = deps.admin.enabling.explainFor({ site: site.id, groups, path });
  const isOn = explained.value === true;
  const last = explained.layers.filter(({ ignored }) => !ignored).at(-1);
  const isLocked = explained.locked !== undefined;
  const value = isOn ? 'false' : 'true';
  return [
    group ? cell(group.title, site.title) : cell(site.title),
    isOn ? marked('ok', t('admin.on')) : marked('off', t('admin.off')),
    link(t(`admin.layer.${last?.layer ?? 'default'}`), explainHref(site.id, path)),
    isLocked
      ? cell(t('admin.locked'))
      : link(
          t(isOn ? 'admin.plugin.turnOff' : 'admin.plugin.turnOn'),
          changeHref({ site: site.id, group: group?.id, path, value }),
        ),
  ];
}
