import { AppError, isAppError } from '../../../base/errors';
import type { ChangeRefusal, ChangeRequest } from '../../../enabling';
import { field, formOf, numberOf } from '../../body';
import { setFlash } from '../../flash';
import { seeOther } from '../../reply';
import { type AdminCall, type AdminRoute, authorOf, query, siteOf } from './access';
import { explainHref, pluginOf } from './change-links';
import { type Preview, previewPage } from './change-page';
import { factorOff, tellFactorOff } from './factor-off';
import { parseValue } from './values';

/** A change as a form or a link asks for it. */
interface Wanted {
  readonly request: ChangeRequest;
  /** Its value as typed; absent when something is taken back. */
  readonly typed?: string;
  /** Why its text is no value. */
  readonly refusal: ChangeRefusal | undefined;
}

/** No change has it: without the number that the page gave, nothing was seen. */
const NEVER_SEEN = -1;

type Fields = (name: string) => string;

function wantedOf(call: AdminCall, fields: Fields): Wanted {
  const site = fields('site');
  const path = fields('path').slice(0, 128);
  const group = fields('group') === '' ? undefined : fields('group');
  requireReach(call, site);
  const request = { site, group, path };
  if (fields('remove') === '1')
    return { request: { ...request, value: undefined }, refusal: undefined };
  const typed = fields('value');
  const parsed = parseValue(call, path, typed);
  if (parsed.ok) return { request: { ...request, value: parsed.value }, typed, refusal: undefined };
  return {
    typed,
    request: { ...request, value: undefined },
    refusal: { reason: 'wrong-value', field: 'value', path, ...parsed.error },
  };
}

/** Whom a change may concern: the administrator's sites; all of them at once, the platform's only. */
export function requireReach(call: AdminCall, site: string): void {
  if (site !== '*') {
    siteOf(call, site);
    return;
  }
  if (!call.isPlatform) {
    throw new AppError('request/forbidden', { textKey: 'error.notPlatformAdministrator' });
  }
}

async function showChange(call: AdminCall): Promise<void> {
  const wanted = wantedOf(call, (name) => query(call.req, name));
  await changePage(call, wanted);
}

async function changePage(call: AdminCall, { request, typed, refusal }: Wanted, isLate = false) {
  const preview: Preview = {
    request,
    isLate,
    ...(refusal && { refusal }),
    ...(typed !== undefined && { typed }),
    back: backFrom(request),
    confirm: { action: '/admin/configuration/change', fields: fieldsOf(request, typed) },
  };
  await previewPage(call, preview);
}

const fieldsOf = ({ site, group, path }: ChangeRequest, typed: string | undefined) => [
  { name: 'site', value: site },
  { name: 'path', value: path },
  ...(group === undefined ? [] : [{ name: 'group', value: group }]),
  typed === undefined ? { name: 'remove', value: '1' } : { name: 'value', value: typed },
];

const backFrom = ({ site, path }: ChangeRequest): string =>
  site === '*' ? `/admin/plugins/${pluginOf(path)}` : explainHref(site, path);

async function postChange(call: AdminCall): Promise<void> {
  const { deps, req, res } = call;
  const form = formOf(req.body);
  const wanted = wantedOf(call, (name) => field(form, name).trim());
  const { request, refusal } = wanted;
  if (refusal) return changePage(call, wanted);
  try {
    const author = authorOf(call, request.site);
    const seen = numberOf(field(form, 'seen')) ?? NEVER_SEEN;
    const off = await factorOff(call, request);
    const change = await deps.admin.enabling.set(request, author, seen);
    if (change && off) await tellFactorOff(call, off);
    setFlash(deps, res, {
      level: change ? 'ok' : 'info',
      key: change ? 'admin.change.done' : 'admin.change.same',
      values: { path: request.path },
    });
  } catch (error) {
    if (!isAppError(error, 'request/invalid')) throw error;
    // Confirmed after somebody else changed the same thing: what was shown is no longer true.
    return changePage(call, wanted, error.details['reason'] === 'late');
  }
  seeOther(res, backFrom(request));
}

export const changeRoutes: readonly AdminRoute[] = [
  { method: 'get', path: '/admin/configuration/change', handle: showChange },
  { method: 'post', path: '/admin/configuration/change', handle: postChange },
];
