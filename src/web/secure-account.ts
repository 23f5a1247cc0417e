import type { SecurityEvent, User } from '../session';
import type { OpenCall } from './route';

/** What was ended, to be told. */
export interface Secured {
  readonly sessions: number;
  readonly appPasswords: number;
}

/**
 * Ends what somebody else may hold of the account: every session but this one, the browsers that are
 * known, the passwords of applications, what plugins keep (`security:detected`: trusted devices,
 * redirects). Then written down and told to the support: what cannot be written is closed all the same.
 */
export async function secureAccount(
  { deps, ctx, actor }: OpenCall,
  code: 'hacked' | 'not-me',
  evidence: SecurityEvent['evidence'],
): Promise<Secured> {
  const { safety, sessions, hooks } = deps;
  const { user, session } = actor;
  const ended = await sessions.signOutUser(user.id, { except: session.id, reason: 'revoked' });
  await sessions.forgetDevices(user.id, session.id);
  const revoked = await safety.appPasswords.revoke(user.id);
  const event = { site: user.site, login: user.login, user, code, evidence };
  await hooks.action(actor.scope, 'security:detected', event);
  await safety.audit.record({
    site: user.site,
    actor: user.login,
    event: `security:${code}`,
    remote: ctx.remote.slice(0, 64),
    details: { sessions: ended, appPasswords: revoked },
  });
  // « It was not me » is said of one thing: what else there is to see stays.
  if (code === 'hacked') await safety.alerts.dismiss(actor);
  await tellSupport(deps, user, code, ctx.remote);
  await safety.notifier.notify(user, code, {
    subject: 'notice.secured.subject',
    text: 'notice.secured.text',
  });
  return { sessions: ended, appPasswords: revoked };
}

async function tellSupport(
  { safety }: OpenCall['deps'],
  { site, login, name, mail }: User,
  code: 'hacked' | 'not-me',
  remote: string,
): Promise<void> {
  await safety.notifier.notifySupport(site, code, {
    subject: 'notice.support.subject',
    text: code === 'hacked' ? 'notice.support.hacked' : 'notice.support.notMe',
    values: { login, name, mail, remote },
  });
}
