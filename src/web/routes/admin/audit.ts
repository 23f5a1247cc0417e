import type { AuditEntry, AuditQuery } from '../../../audit';
import { field, formOf } from '../../body';
import { contentDisposition } from '../../content-disposition';
import { withQuery } from '../../links';
import type { AdminListModel, AdminTable } from '../../pages/admin';
import { type AdminCall, type AdminRoute, authorOf, query, siteOf } from './access';
import { cell, code } from './cells';
import { csv } from './csv';
import { numberOf } from './history';
import { sendAdmin } from './page';
import { timeText } from './words';

const PAGE = 50;
const PAGES_OF = 500;
/** Lines of one file: a year of a large installation; beyond, its database is asked. */
const EXPORT_MAX = 20_000;
const EVENT_CHARS = 128;
const ACTOR_CHARS = 256;

interface Wanted {
  readonly site: string;
  readonly event: string;
  readonly actor: string;
}

const wantedOf = (read: (name: string) => string): Wanted => ({
  site: read('site'),
  event: read('event').slice(0, EVENT_CHARS),
  actor: read('actor').slice(0, ACTOR_CHARS),
});

/** The administrator's own site always; the platform's see all unless they choose one. */
function queryOf(call: AdminCall, { site, event, actor }: Wanted): AuditQuery {
  const only = site === '' && call.isPlatform ? undefined : siteOf(call, site || call.ctx.site.id);
  return {
    ...(only && { site: only.id }),
    ...(event !== '' && { event }),
    ...(actor !== '' && { actor: actor.toLowerCase() }),
  };
}

async function showAudit(call: AdminCall): Promise<void> {
  const { ctx, deps, req } = call;
  const { t } = ctx;
  const wanted = wantedOf((name) => query(req, name));
  const before = numberOf(query(req, 'before'));
  const entries = await deps.admin.audit.list({
    ...queryOf(call, wanted),
    ...(before !== undefined && { before }),
    limit: PAGE,
  });
  const last = entries.length === PAGE ? entries.at(-1) : undefined;
  const state = { ...wanted };
  const model: Omit<AdminListModel, 'frame'> = {
    filters: filtersOf(call, wanted),
    table: auditTable(call, entries),
    older: last && withQuery('/admin/audit', { ...state, before: last.id }),
    newest: before === undefined ? undefined : withQuery('/admin/audit', state),
    download: {
      action: '/admin/audit/export',
      label: t('admin.audit.export'),
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

function filtersOf(call: AdminCall, { site, event, actor }: Wanted): AdminListModel['filters'] {
  const { t } = call.ctx;
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
      { name: 'actor', label: t('admin.column.actor'), value: actor },
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
      cell(entry.actor ?? t('admin.audit.program'), entry.remote),
      code(entry.target ?? ''),
      cell(siteTitle(call, entry.site)),
      code(detailsText(entry.details)),
    ]),
    empty: t('admin.audit.none'),
  };
}

const siteTitle = ({ ctx, deps }: AdminCall, site: string): string =>
  site === '*'
    ? ctx.t('admin.everySite')
    : (deps.admin.sites.find(({ id }) => id === site)?.title ?? site);

const detailsText = (details: AuditEntry['details']): string =>
  Object.entries(details)
    .map(([name, value]) => `${name}=${String(value)}`)
    .join(' ');

/** The same lines as a file; written down, since it takes names out of the program. */
async function exportAudit(call: AdminCall): Promise<void> {
  const { deps, req, res, ctx } = call;
  const form = formOf(req.body);
  const asked = queryOf(
    call,
    wantedOf((name) => field(form, name).trim()),
  );
  const entries = await readAll(call, asked);
  const site = asked.site ?? '*';
  const { login, remote } = authorOf(call, site);
  await deps.admin.audit.record({
    site,
    actor: login,
    remote,
    event: 'admin:audit-exported',
    details: { lines: entries.length },
  });
  const name = `audit-${new Date(deps.clock.now()).toISOString().slice(0, 10)}.csv`;
  res
    .status(200)
    .set('Content-Disposition', contentDisposition('attachment', name))
    .type('text/csv; charset=utf-8')
    .send(csv(columnsOf(ctx.t), entries.map(fieldsOf)));
}

async function readAll({ deps }: AdminCall, asked: AuditQuery): Promise<readonly AuditEntry[]> {
  const lines: AuditEntry[] = [];
  for (;;) {
    const before = lines.at(-1)?.id;
    const page = await deps.admin.audit.list({
      ...asked,
      ...(before !== undefined && { before }),
      limit: PAGES_OF,
    });
    lines.push(...page);
    if (page.length < PAGES_OF || lines.length >= EXPORT_MAX) return lines;
  }
}

const columnsOf = (t: AdminCall['ctx']['t']): readonly string[] => [
  t('admin.column.number'),
  t('admin.column.when'),
  t('admin.column.site'),
  t('admin.column.actor'),
  t('admin.column.address'),
  t('admin.column.event'),
  t('admin.column.target'),
  t('admin.column.details'),
];

const fieldsOf = (entry: AuditEntry): readonly string[] => [
  String(entry.id),
  entry.at,
  entry.site,
  entry.actor ?? '',
  entry.remote ?? '',
  entry.event,
  entry.target ?? '',
  detailsText(entry.details),
];

export const auditRoutes: readonly AdminRoute[] = [
  { method: 'get', path: '/admin/audit', handle: showAudit },
  { method: 'post', path: '/admin/audit/export', handle: exportAudit },
];
