import { createActor } from '../session';
import { onClosed } from './closed';
import { keepSignedIn } from './device';
import { presenceOf } from './presence';
import type { OpenCall } from './route';

/**
 * Goes on with a request under the new id of its own session: the answer gives it to the browser, and
 * who acts is somebody of that session, since what the former one's handle stood for is over. With
 * `deviceTokens` the browser gets another token as well.
 */
export async function renewOwn(
  call: OpenCall,
  deviceTokens?: readonly string[],
): Promise<OpenCall> {
  const { deps, ctx, actor, res } = call;
  if (!ctx.session) return call;
  const renewed = await deps.sessions.renew(ctx.session, deviceTokens);
  keepSignedIn(deps, res, renewed);
  const session = await deps.sessions.load(renewed.bearer, actor.site, { touch: false });
  // Ended in the same moment, by another request of the person.
  if (!session) return call;
  const { site, locale, scope } = actor;
  const { budget, plugins } = scope;
  const options = {
    requestId: ctx.id,
    locale,
    ...(budget && { budget }),
    ...(plugins && { plugins }),
    presence: presenceOf(deps, { site, remote: ctx.remote, session }),
  };
  const { leave, actor: own } = deps.people.admit(createActor(session, site, options));
  onClosed(res, leave);
  return { ...call, actor: own, ctx: { ...ctx, session, actor: own, scope: own.scope } };
}
