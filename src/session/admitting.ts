import { AppError } from '../base/errors';
import type { HookEmitter, HookScope } from '../kernel/hook-types';
import type { Site } from '../sites/site';
import { isEligible } from './eligible';
import type { RefusedSignIn } from './hooks';
import type { Principal } from './types';

interface At {
  readonly site: Site;
  readonly scope: HookScope;
  readonly remote: string;
}

/** Tells `session:refused`; the code is what the audit log keeps. */
export async function tellRefused(
  { hooks }: { readonly hooks: HookEmitter },
  { site, scope, remote }: At,
  { login, ...refused }: Pick<RefusedSignIn, 'login' | 'code' | 'via' | 'reason'>,
): Promise<void> {
  const event = { site: site.id, login: login.trim().slice(0, 256), remote, ...refused };
  await hooks.action(scope, 'session:refused', event);
}

/**
 * Throws `session/not-eligible`, and tells it, for somebody whom the site's rule leaves out: their
 * password was right, or their provider vouches for them, and there is nothing for them here.
 */
export async function assertEligible(
  deps: { readonly hooks: HookEmitter },
  at: At,
  { principal, via }: { readonly principal: Principal; readonly via: string },
): Promise<void> {
  if (isEligible(at.site, principal)) return;
  const code = 'session/not-eligible';
  await tellRefused(deps, at, { login: principal.login, code, via });
  throw new AppError(code, { details: { site: at.site.id, via } });
}
