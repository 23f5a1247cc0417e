import { AppError, isAppError } from '../../../base/errors';
import type { ChangeRequest } from '../../../enabling';
import { numberOf } from '../../body';
import { setFlash } from '../../flash';
import { seeOther } from '../../reply';
import { param } from '../../route';
import { type AdminCall, type AdminRoute, authorOf } from './access';
import { requireReach } from './change';
import { previewPage, type Refusal } from './change-page';
import { factorOff, tellFactorOff } from './factor-off';
import { lastChange } from './last-change';

/** What taking a change back would say; one of another site does not exist for the administrator. */
async function rollbackOf(call: AdminCall): Promise<{ id: number; request: ChangeRequest }> {
  const id = numberOf(param(call.req, 'change'));
  if (id === undefined) throw new AppError('request/not-found');
  const request = await call.deps.admin.enabling.rollbackRequest(id);
  requireReach(call, request.site);
  return { id, request };
}

async function rollbackPage(
  call: AdminCall,
  { id, request }: { readonly id: number; readonly request: ChangeRequest },
): Promise<void> {
  const isReplaced = (await lastChange(call, request)) !== String(id);
  await previewPage(call, {
    request,
    isRollback: true,
    back: '/admin/history',
    confirm: { action: `/admin/history/${id}`, fields: [] },
    ...(isReplaced && { refusal: superseded(id, request) }),
  });
}

/** Only what is in force can be taken back: an older value was replaced on purpose. */
const superseded = (id: number, { path }: ChangeRequest): Refusal => ({
  reason: 'superseded',
  field: 'path',
  path,
  expected: 'the last change',
  found: `#${id}`,
});

async function showRollback(call: AdminCall): Promise<void> {
  await rollbackPage(call, await rollbackOf(call));
}

async function postRollback(call: AdminCall): Promise<void> {
  const { deps, res } = call;
  const { id, request } = await rollbackOf(call);
  try {
    const off = await factorOff(call, request);
    await deps.admin.enabling.rollback(id, authorOf(call, request.site));
    if (off) await tellFactorOff(call, off);
  } catch (error) {
    if (!isAppError(error, 'request/invalid')) throw error;
    return rollbackPage(call, { id, request });
  }
  setFlash(deps, res, {
    level: 'ok',
    key: 'admin.change.rolledBack',
    values: { path: request.path },
  });
  seeOther(res, '/admin/history');
}

export const rollbackRoutes: readonly AdminRoute[] = [
  { method: 'get', path: '/admin/history/:change', handle: showRollback },
  { method: 'post', path: '/admin/history/:change', handle: postRollback },
];
