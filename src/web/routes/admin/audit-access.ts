import { AppError } from '../../../base/errors';
import { requireConfirmed } from '../../confirmed';
import type { OpenCall, RouteSpec } from '../../route';
import { type AdminCall, adminReach, type Reach, reachBy, requireFactor } from './access';

/** Reads and exports the log of one's own site; an administrator's permission does not include it. */
export const AUDIT_READ = 'audit.read';
/** The same for every site. */
export const AUDIT_PLATFORM = 'audit.platform';
/** Who takes names out of the program has just said who they are. */
const EXPORT_MINUTES = 30;

/** Whose lines a person may read; `undefined`: nobody's. */
export const auditReach: Reach = reachBy(AUDIT_PLATFORM, AUDIT_READ);

/** The reader of a request; throws `request/forbidden` for everybody else, administrators included. */
async function readerCall(call: OpenCall): Promise<AdminCall> {
  const { deps, ctx } = call;
  const reach = await auditReach(deps, ctx);
  if (!reach) throw new AppError('request/forbidden', { textKey: 'error.notAuditReader' });
  await requireFactor(deps, ctx);
  const isPlatform = reach === 'platform';
  const sites = isPlatform
    ? deps.admin.sites
    : deps.admin.sites.filter(({ id }) => id === ctx.site.id);
  const isReaderOnly = (await adminReach(deps, ctx)) === undefined;
  return { ...call, isPlatform, sites, ...(isReaderOnly && { isReaderOnly }) };
}

export interface ReaderRoute {
  readonly method: 'get' | 'post';
  readonly path: string;
  handle(call: AdminCall): Promise<void>;
}

/** Rows of the core's routing table, for readers of the audit log. */
export const readerRoutes = (routes: readonly ReaderRoute[]): readonly RouteSpec[] =>
  routes.map(({ method, path, handle }) => ({
    method,
    path,
    access: 'open',
    async handle(call: OpenCall) {
      const reader = await readerCall(call);
      if (method === 'post') {
        await requireConfirmed(reader.deps, reader.ctx, EXPORT_MINUTES, '/admin/audit');
      }
      await handle(reader);
    },
  }));
