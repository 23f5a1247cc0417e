import { AppError } from '../base/errors';
import { isConfirmedSince } from '../session';
import type { RequestContext, WebDeps } from './context';

/** How long a proof counts for what follows it. */
export const CONFIRM_MINUTES = 15;

type Deps = Pick<WebDeps, 'clock' | 'factorsOf' | 'isFactor'>;
type Asked = Pick<RequestContext, 'site' | 'session'>;

/**
 * Throws `session/unconfirmed` unless the person has proved in the last minutes that it is they: by
 * signing in, or on the page `/confirm`, where a browser is led. Who has a second factor proves it by
 * that one: a sign-in that a remembered device let through is none. `back`: the page to come back to,
 * the one asked for otherwise.
 */
export async function requireConfirmed(
  deps: Deps,
  ctx: Asked,
  maxAgeMinutes: number = CONFIRM_MINUTES,
  back?: string,
): Promise<void> {
  if (await isConfirmed(deps, ctx, maxAgeMinutes)) return;
  throw new AppError('session/unconfirmed', { details: back === undefined ? {} : { back } });
}

/** Whether {@link requireConfirmed} would let the person through. */
export async function isConfirmed(
  deps: Deps,
  ctx: Asked,
  maxAgeMinutes: number = CONFIRM_MINUTES,
): Promise<boolean> {
  const session = ctx.session?.session;
  if (session?.state !== 'open') return false;
  if (!isConfirmedSince(session, maxAgeMinutes, deps.clock.now())) return false;
  return hasGivenFactor(deps, ctx) || !(await hasFactor(deps, ctx));
}

/** Whether a second factor was given in this very session: by no other challenge, nor by a device. */
export const hasGivenFactor = (
  { isFactor }: Pick<Deps, 'isFactor'>,
  { session }: Pick<Asked, 'session'>,
): boolean => (session?.session.satisfied ?? []).some(isFactor);

/** Whether one was given, or something was taken for one at sign-in: a provider's strength. */
export const hasFactorNow = (deps: Pick<Deps, 'isFactor'>, ctx: Pick<Asked, 'session'>): boolean =>
  ctx.session?.session.state === 'open' &&
  (hasGivenFactor(deps, ctx) ||
    ctx.session.session.isFactorTaken === true ||
    ctx.session.session.assurance?.isStrong === true);

/** Whether the person of a session has set up a second factor; a plugin that cannot say throws. */
export async function hasFactor(
  { factorsOf }: Pick<Deps, 'factorsOf'>,
  ctx: Asked,
): Promise<boolean> {
  const user = ctx.session?.session.user;
  return user !== undefined && (await factorsOf(ctx.site.id, user.id)).length > 0;
}
