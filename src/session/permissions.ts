import type { HookEmitter, HookScope } from '../kernel/hook-types';
import type { Session } from './types';

// Operators are named by the site, never by default.
const RESERVED = /^(admin|operator)(\.|$)/;

export interface PermissionDeps {
  readonly hooks: HookEmitter;
  /** What the site grants; every permission but the administrators' unless told. */
  readonly granted?: (session: Session, permission: string) => boolean;
}

/**
 * Whether an open session may do something: what the site grants, less what a plugin refuses. A
 * guard that fails refuses.
 */
export async function can(
  { hooks, granted = (_session, permission) => !RESERVED.test(permission) }: PermissionDeps,
  scope: HookScope,
  session: Session,
  permission: string,
  resource?: string,
): Promise<boolean> {
  if (session.state !== 'open' || session.site !== scope.site) return false;
  if (!granted(session, permission)) return false;
  const query = { session, permission, ...(resource !== undefined && { resource }) };
  return (await hooks.guard(scope, 'access:granting', query)).length === 0;
}
