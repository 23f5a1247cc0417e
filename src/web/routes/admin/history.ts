import type { ConfigChange, PastChange } from '../../../enabling';
import { numberOf } from '../../body';
import { withQuery } from '../../links';
import type { AdminCell, AdminListModel, AdminTable } from '../../pages/admin';
import { type AdminCall, type AdminRoute, query, siteOf } from './access';
import { cell, DASH, link, marked } from './cells';
import { explainHref } from './change-links';
import { sendAdmin } from './page';
import { timeText, valueCell, valueText } from './words';

const PAGE = 50;

async function showHistory(call: AdminCall): Promise<void> {
  const { req, ctx, deps, isPlatform } = call;
  const { t } = ctx;
  const asked = query(req, 'site');
  const site = asked === '' && isPlatform ? undefined : siteOf(call, asked || ctx.site.id);
  const plugin = query(req, 'plugin', 64);
  const before = numberOf(query(req, 'before'));
  const changes = await deps.admin.enabling.history({
    ...(site && { site: site.id }),
    ...(plugin !== '' && { plugin }),
    ...(before !== undefined && { before }),
    limit: PAGE,
  });
  const state = { site: site?.id, plugin };
  const last = changes.length === PAGE ? changes.at(-1) : undefined;
  const model: Omit<AdminListModel, 'frame'> = {
    filters: {
      action: '/admin/history',
      label: t('admin.filter'),
      selects: [
        {
          name: 'site',
          label: t('admin.column.site'),
          options: [
            ...(isPlatform
              ? [{ value: '', label: t('admin.everySite'), isSelected: site === undefined }]
              : []),
            ...call.sites.map(({ id, title }) => ({
              value: id,
              label: title,
              isSelected: id === site?.id,
            })),
          ],
        },
        {
          name: 'plugin',
          label: t('admin.column.plugin'),
          options: [
            { value: '', label: t('admin.everyPlugin'), isSelected: plugin === '' },
            ...deps.admin.installed.map(({ id }) => ({
              value: id,
              label: id,
              isSelected: id === plugin,
            })),
          ],
        },
      ],
      inputs: [],
      submit: t('admin.show'),
    },
    table: historyTable(call, changes, 'history'),
    older: last && withQuery('/admin/history', { ...state, before: last.id }),
    newest: before === undefined ? undefined : withQuery('/admin/history', state),
    download: undefined,
  };
  await sendAdmin(call, {
    place: 'history',
    view: 'admin/list',
    intro: t('admin.history.intro'),
    model: { ...model },
  });
}

/** Changes, newest first, each with the way back where there is one. */
export function historyTable(
  call: AdminCall,
  changes: readonly PastChange[],
  id: string,
): AdminTable {
  const { t } = call.ctx;
  return {
    id,
    caption: t('admin.history.caption'),
    columns: [
      { label: t('admin.column.when') },
      { label: t('admin.column.path') },
      { label: t('admin.column.who') },
      { label: t('admin.column.value') },
      { label: t('admin.column.administrator') },
      { label: t('admin.column.action') },
    ],
    rows: changes.map((change) => [
      cell(timeText(call, change.at)),
      change.site === '*'
        ? { text: change.path, isCode: true }
        : { text: change.path, isCode: true, href: explainHref(change.site, change.path) },
      whereCell(call, change),
      {
        ...valueCell(call, change.path, change.value),
        note: t('admin.history.before', { value: valueText(call, change.path, change.previous) }),
      },
      cell(change.author),
      actionCell(call, change),
    ]),
    empty: t('admin.history.none'),
  };
}

function whereCell(call: AdminCall, { site, group }: ConfigChange): AdminCell {
  if (site === '*') return cell(call.ctx.t('admin.everySite'));
  const found = call.deps.admin.sites.find(({ id }) => id === site);
  const title = found?.title ?? site;
  if (group === undefined) return cell(title);
  return cell(found?.groups.find(({ id }) => id === group)?.title ?? group, title);
}

function actionCell({ ctx, isPlatform }: AdminCall, change: PastChange): AdminCell {
  if (change.undoneBy !== undefined) return marked('off', ctx.t('admin.history.undone'));
  if (!change.isLast) return cell(ctx.t('admin.history.replaced'));
  if (change.site === '*' && !isPlatform) return DASH;
  return link(ctx.t('admin.history.rollback'), `/admin/history/${change.id}`);
}

export const historyRoutes: readonly AdminRoute[] = [
  { method: 'get', path: '/admin/history', handle: showHistory },
];
