import { requireConfirmed } from '../../confirmed';
import type { OpenCall, RouteSpec } from '../../route';
import { type AdminCall, adminReach, type Reach, reachBy, reachedCall } from './access';

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
  const reader = await reachedCall(call, auditReach, 'error.notAuditReader');
  const isReaderOnly = (await adminReach(call.deps, call.ctx)) === undefined;
  return { ...reader, ...(isReaderOnly && { isReaderOnly }) };
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
