import { AppError } from '../../../base/errors';
import type { PluginReport } from '../../../host/report';
import type { AdminListModel, AdminPluginModel } from '../../pages/admin';
import { param } from '../../route';
import type { AdminCall, AdminRoute } from './access';
import { changeHref } from './change-links';
import { sendAdmin } from './page';
import { pluginTable, reportsFor } from './plugin-rows';
import { pluginSections } from './plugin-sections';
import { adviceFor, isStopped, pluginTitle, reasonOf, stateCell } from './words';

async function showPlugins(call: AdminCall): Promise<void> {
  const model: Omit<AdminListModel, 'frame'> = {
    filters: undefined,
    table: pluginTable(call),
    older: undefined,
    newest: undefined,
    download: undefined,
  };
  await sendAdmin(call, {
    place: 'plugins',
    view: 'admin/list',
    intro: call.ctx.t('admin.plugins.intro'),
    model: { ...model },
  });
}

/** A plugin that the administrator sees; another one does not exist for them. */
function reportOf(call: AdminCall, id: string): PluginReport {
  const found = reportsFor(call).find((report) => report.id === id);
  if (found) return found;
  throw new AppError('request/not-found');
}

async function showPlugin(call: AdminCall): Promise<void> {
  const report = reportOf(call, param(call.req, 'plugin'));
  const model: Omit<AdminPluginModel, 'frame'> = {
    state: stateCell(call, report),
    ...reasonOf(call, report.reason),
    advice: adviceFor(call, report),
    stop: stopOf(call, report.id),
    sections: await pluginSections(call, report),
  };
  await sendAdmin(call, {
    place: 'plugins',
    view: 'admin/plugin',
    heading: pluginTitle(call, report.id),
    model: { ...model },
    facts: { plugin: { id: report.id } },
  });
}

/** The way to the kill switch; its page tells whom it touches before anything happens. */
function stopOf(call: AdminCall, id: string): AdminPluginModel['stop'] {
  if (!call.isPlatform) return undefined;
  const { t } = call.ctx;
  const stopped = isStopped(call, id);
  return {
    href: changeHref({ site: '*', path: `${id}.enabled`, ...(!stopped && { value: 'false' }) }),
    label: t(stopped ? 'admin.plugin.release' : 'admin.plugin.stop'),
    isStopped: stopped,
  };
}

export const pluginRoutes: readonly AdminRoute[] = [
  { method: 'get', path: '/admin/plugins', handle: showPlugins },
  { method: 'get', path: '/admin/plugins/:plugin', handle: showPlugin },
];
