import type { AuditEntry } from '../../../audit';
import { numberOf } from '../../body';
import { withQuery } from '../../links';
import type { AdminListModel, AdminTable } from '../../pages/admin';
import { type AdminCall, authorOf, query } from './access';
import { readerRoutes } from './audit-access';
import { detailsText, exportAudit } from './audit-export';
import { filterOf, notDays, queryOf, type Wanted, wantedOf } from './audit-query';
import { cell, code } from './cells';
import { sendAdmin } from './page';
import { timeText } from './words';

const PAGE = 50;

async function showAudit(call: AdminCall): Promise<void> {
  const { ctx, deps, req } = call;
  const { t } = ctx;
  const wanted = wantedOf((name) => query(req, name));
  const before = numberOf(query(req, 'before'));
  const asked = queryOf(call, wanted);
  const entries = await deps.admin.audit.list({
    ...asked,
    ...(before !== undefined && { before }),
    limit: PAGE,
  });
  await noteReading(call, wanted, { site: asked.site ?? '*', lines: entries.length, before });
  const last = entries.length === PAGE ? entries.at(-1) : undefined;
  const state = { ...wanted };
  const model: Omit<AdminListModel, 'frame'> = {
    filters: filtersOf(
      call,
      wanted,
      notDays((name) => query(req, name)),
    ),
    table: auditTable(call, entries),
    older: last && withQuery('/admin/audit', { ...state, before: last.id }),
    newest: before === undefined ? undefined : withQuery('/admin/audit', state),
    download: {
      action: '/admin/audit/export',
      label: t('admin.audit.export'),
      also: { name: 'format', value: 'jsonl', label: t('admin.audit.exportJson') },
      fields: Object.entries(wanted).map(([name, value]) => ({ name, value })),
    },
  };
  await sendAdmin(call, {
    place: 'audit',
    view: 'admin/list',
    intro: t('admin.audit.intro'),
    model: { ...model },
  });
}

interface Read {
  readonly site: AuditEntry['site'];
  readonly lines: number;
  readonly before: number | undefined;
}

/** Reading is written down as well: once for a page, after it was read. */
async function noteReading(call: AdminCall, wanted: Wanted, { site, lines, before }: Read) {
  const { login, remote } = authorOf(call, site);
  await call.deps.admin.audit.record({
    site,
    actor: login,
    remote,
    event: 'audit:read',
    details: { ...filterOf(wanted), ...(before !== undefined && { before }), lines },
  });
}

function filtersOf(
  call: AdminCall,
  wanted: Wanted,
  wrongDays: readonly string[],
): AdminListModel['filters'] {
  const { t } = call.ctx;
  const day = (name: 'from' | 'to', label: string) => ({
    name,
    label,
    value: wanted[name],
    type: 'date' as const,
    ...(wrongDays.includes(name) && { fault: t('admin.audit.notADay') }),
  });
  const { site, event, person, remote } = wanted;
  return {
    action: '/admin/audit',
    label: t('admin.filter'),
    selects: [
      {
        name: 'site',
        label: t('admin.column.site'),
        options: [
          ...(call.isPlatform
            ? [{ value: '', label: t('admin.everySite'), isSelected: site === '' }]
            : []),
          ...call.sites.map(({ id, title }) => ({
            value: id,
            label: title,
            isSelected: id === site,
          })),
        ],
      },
    ],
    inputs: [
      {
        name: 'event',
        label: t('admin.column.event'),
        value: event,
        help: t('admin.audit.eventHelp'),
      },
      {
        name: 'person',
        label: t('admin.audit.person'),
        value: person,
        help: t('admin.audit.personHelp'),
      },
      { name: 'remote', label: t('admin.column.address'), value: remote },
      day('from', t('admin.audit.from')),
      day('to', t('admin.audit.to')),
    ],
    submit: t('admin.show'),
  };
}

function auditTable(call: AdminCall, entries: readonly AuditEntry[]): AdminTable {
  const { t } = call.ctx;
  return {
    id: 'audit',
    caption: t('admin.audit.caption'),
    columns: [
      { label: t('admin.column.when') },
      { label: t('admin.column.event') },
      { label: t('admin.column.actor') },
      { label: t('admin.column.target') },
      { label: t('admin.column.site') },
      { label: t('admin.column.details') },
    ],
    rows: entries.map((entry) => [
      cell(timeText(call, entry.at)),
      code(entry.event),
      cell(actorText(call, entry), entry.remote),
      code(entry.target ?? ''),
      cell(siteTitle(call, entry.site)),
      code(detailsText(entry.details)),
    ]),
    empty: t('admin.audit.none'),
  };
}

/** From an address and without a name: somebody whom no session knew. */
const actorText = ({ ctx }: AdminCall, { actor, remote }: AuditEntry): string =>
  actor ?? ctx.t(remote === undefined ? 'admin.audit.program' : 'admin.audit.nobody');

const siteTitle = ({ ctx, deps }: AdminCall, site: string): string =>
  site === '*'
    ? ctx.t('admin.everySite')
    : (deps.admin.sites.find(({ id }) => id === site)?.title ?? site);

export const auditRoutes = readerRoutes([
  { method: 'get', path: '/admin/audit', handle: showAudit },
  { method: 'post', path: '/admin/audit/export', handle: exportAudit },
]);
