import type { HealthCheck } from '../../health-status';
import type { AdminTable } from '../../pages/admin';
import type { AdminCall } from './access';
import { cell, code, marked } from './cells';
import { msText, pluginTitle } from './words';

/** What the administrator's sites depend on; the database is everybody's. */
export async function checksFor({ deps, sites }: AdminCall): Promise<readonly HealthCheck[]> {
  const ids = new Set<string>(sites.map(({ id }) => id));
  const checks = await deps.health();
  return checks.filter(({ id }) => !id.includes(':') || ids.has(id.split(':')[0] ?? ''));
}

/** `saisons:imap` → the site and « Courriel (IMAP) »; `saisons:agenda:caldav` names the plugin. */
export function dependencyOf(
  call: Pick<AdminCall, 'ctx' | 'deps'>,
  id: string,
): { readonly site: string; readonly name: string } {
  const { ctx, deps } = call;
  const [site = '', kind, check] = id.split(':');
  if (kind === undefined) return { site: '', name: nameOf(ctx.t, site) };
  const title = deps.admin.sites.find((candidate) => candidate.id === site)?.title ?? site;
  if (check !== undefined) return { site: title, name: `${pluginTitle(call, kind)} (${check})` };
  return { site: title, name: nameOf(ctx.t, kind) };
}

function nameOf(t: AdminCall['ctx']['t'], kind: string): string {
  switch (kind) {
    case 'database':
    case 'database-write':
    case 'audit':
    case 'audit-stream':
    case 'imap':
    case 'notices':
    case 'smtp':
    case 'ldap':
      return t(`admin.dependency.${kind}`);
    default:
      return kind;
  }
}

export function healthTable(call: AdminCall, checks: readonly HealthCheck[]): AdminTable {
  const { t } = call.ctx;
  return {
    id: 'health',
    caption: t('admin.health.caption'),
    columns: [
      { label: t('admin.health.dependency') },
      { label: t('admin.column.site') },
      { label: t('admin.column.state') },
      { label: t('admin.health.took'), isNumber: true },
      { label: t('admin.health.detail') },
    ],
    rows: checks.map((check) => {
      const { site, name } = dependencyOf(call, check.id);
      return [
        cell(name),
        cell(site === '' ? t('admin.everySite') : site),
        check.ok ? marked('ok', t('admin.health.up')) : marked('danger', t('admin.health.down')),
        cell(msText(call, check.ms)),
        code(check.ok ? '' : (check.detail ?? '')),
      ];
    }),
    empty: t('admin.health.none'),
    help: t('admin.health.help'),
  };
}
