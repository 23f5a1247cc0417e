import { AppError, toAppError } from '../base/errors';
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

/** Runs a part of a sign-in; what refuses it is told, as of whom it was. */
export async function told<T>(
  deps: { readonly hooks: HookEmitter },
  at: At,
  who: Pick<RefusedSignIn, 'login' | 'via'>,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    const error = toAppError(thrown);
    const { reason } = error.details;
    const refused = { ...who, code: error.code, ...(typeof reason === 'string' && { reason }) };
    await tellRefused(deps, at, refused);
    throw error;
  }
}

/**
 * Throws `session/not-eligible` for somebody whom the site's rule leaves out: their password was
 * right, or their provider vouches for them, and there is nothing for them here.
 */
export function assertEligible(
  site: Site,
  { principal, via }: { readonly principal: Principal; readonly via: string },
): void {
  if (isEligible(site, principal)) return;
  throw new AppError('session/not-eligible', { details: { site: site.id, via } });
}
