import type { HookEmitter, HookScope } from '../kernel/hook-types';
import { grantsPermission } from '../sites';
import type { Site } from '../sites/site';
import type { Session } from './types';

export interface PermissionDeps {
  readonly hooks: HookEmitter;
  /** Its groups grant. */
  readonly site: Pick<Site, 'id' | 'groups'>;
}

/**
 * Whether an open session may do something: what the site grants, less what a plugin refuses. A
 * guard that fails refuses.
 */
export async function can(
  { hooks, site }: PermissionDeps,
  scope: HookScope,
  session: Session,
  permission: string,
  resource?: string,
): Promise<boolean> {
  if (session.state !== 'open' || session.site !== scope.site || site.id !== scope.site) {
    return false;
  }
  if (!grantsPermission(site.groups, session.user.groups, permission)) return false;
  const query = { session, permission, ...(resource !== undefined && { resource }) };
  return (await hooks.guard(scope, 'access:granting', query)).length === 0;
}
