import { isAppError } from '../base/errors';
import type { SecurityEvent } from '../session';
import type { RequestContext } from './context';
import { readDevice } from './device';
import type { FlashNote } from './flash';
import { renewOwn } from './renew-own';
import type { OpenCall } from './route';
import { noteOwn } from './safety';

/** What an account is taken back by, as it is said where it failed. */
const PARTS = {
  sessions: 'security.part.sessions',
  devices: 'security.part.devices',
  appPasswords: 'security.part.appPasswords',
  plugins: 'security.part.plugins',
  support: 'security.part.support',
} as const;
export type SecuredPart = keyof typeof PARTS;

/** What was ended, and what could not be, to be told. */
export interface Secured {
  readonly sessions: number;
  readonly appPasswords: number;
  readonly failed: readonly SecuredPart[];
}

type Code = 'hacked' | 'not-me';

/**
 * Ends what somebody else may hold of the account: every session but this one, copies of the cookies
 * of this one, the browsers that are known, the passwords of applications, what plugins keep
 * (`account:secured`: trusted devices, redirects). Each is waited for, and tried whatever became of
 * the others. Then written down and told to the support.
 */
export async function secureAccount(
  asked: OpenCall,
  code: Code,
  evidence: SecurityEvent['evidence'],
): Promise<Secured> {
  const { deps } = asked;
  const { safety, sessions, hooks } = deps;
  const { user } = asked.actor;
  const failed = new Set<SecuredPart>();
  const part = async <T>(name: SecuredPart, work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (err) {
      // Another request of the person, or of whoever else is in, was first: its session stands.
      if (isAppError(err, 'session/required')) throw err;
      failed.add(name);
      deps.log.error({ err, part: name, user: user.id, site: user.site }, 'security/not-secured');
      return undefined;
    }
  };

  // First: a copy of this very cookie is not one of the others.
  const from = await part('devices', () => deviceOf(asked));
  const renewed = await part('sessions', () => renewOwn(asked, readDevice(deps, asked.req)));
  const call = renewed ?? asked;
  const { actor } = call;
  const { session } = actor;
  const to = await part('devices', () => deviceOf(call));
  const ended = await part('sessions', () => endOthers(call));
  await part('devices', () => sessions.forgetDevices(user.id, session.id));
  const revoked = await part('appPasswords', () => safety.appPasswords.revoke(user.id));
  const device = from !== undefined && to !== undefined ? { from, to } : undefined;
  await part('plugins', () =>
    hooks.action(actor.scope, 'account:secured', { user, reason: code, ...(device && { device }) }),
  );
  const counts = { sessions: ended ?? 0, appPasswords: revoked ?? 0 };
  await noteOwn(call, {
    event: `security:${code}`,
    details: { ...counts, ...(failed.size > 0 && { failed: [...failed].join(' ') }) },
  });
  const event = { site: user.site, login: user.login, user, code, evidence };
  await hooks.action(actor.scope, 'security:detected', event);
  await part('support', () => tell(call, code));
  return { ...counts, failed: [...failed] };
}

/** The browser that asks, by its name for the person. */
async function deviceOf({ deps: { sessions }, ctx: { session } }: OpenCall) {
  return session && (await sessions.deviceOf(session))?.id;
}

/** Every session of the person but this one; throws when one is left. */
async function endOthers({ deps: { sessions }, actor }: OpenCall): Promise<number> {
  const { user, session } = actor;
  const ended = await sessions.signOutUser(user.id, { except: session.id, reason: 'revoked' });
  const left = (await sessions.list(user.id)).filter(({ id }) => id !== session.id);
  if (left.length > 0) throw new Error(`${left.length} sessions are left`);
  return ended;
}

async function tell(
  { deps: { safety }, ctx: { remote }, actor }: OpenCall,
  code: Code,
): Promise<void> {
  const { site, login, name, mail } = actor.user;
  // « It was not me » is said of one thing: what else there is to see stays.
  if (code === 'hacked') await safety.alerts.dismiss(actor);
  // The support gets so many mails a day: one person must not use them up.
  const free = await safety.forms.take({ site, form: 'secured', login });
  if (free.login) {
    await safety.notifier.notifySupport(site, code, {
      subject: 'notice.support.subject',
      text: code === 'hacked' ? 'notice.support.hacked' : 'notice.support.notMe',
      values: { login, name, mail, remote },
    });
  }
  await safety.notifier.notify(actor.user, code, {
    subject: 'notice.secured.subject',
    text: 'notice.secured.text',
  });
}

/** What is said of it on the next page: that it is done, or what is left to do. */
export const securedNote = ({ sessions, failed }: Secured): FlashNote =>
  failed.length === 0
    ? { level: 'ok', key: 'security.done.secured', values: { count: sessions } }
    : { level: 'danger', key: 'security.done.securedPart', values: { parts: failed.join(' ') } };

/** The note as it is read: what is left, by its names. */
export function securedText({ t, locale }: Pick<RequestContext, 't' | 'locale'>, note: FlashNote) {
  const { parts } = note.values;
  if (typeof parts !== 'string') return t(note.key, note.values);
  const failed = parts.split(' ');
  const names = Object.entries(PARTS).filter(([name]) => failed.includes(name));
  const list = new Intl.ListFormat(locale).format(names.map(([, key]) => t(key)));
  return t(note.key, { ...note.values, parts: list });
}
