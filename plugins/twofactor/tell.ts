import type { PluginRequest, TextKey } from 'estafette/plugin';
import type { Context, Owner } from './owner';
import { findPerson } from './people';

/** Lines of the audit log, `twofactor:<word>`, and what they are called in a person's history. */
export const EVENTS = {
  enrolled: 'twofactor:audit.enrolled',
  removed: 'twofactor:audit.removed',
  used: 'twofactor:audit.used',
  refused: 'twofactor:audit.refused',
  replayed: 'twofactor:audit.replayed',
  unreadable: 'twofactor:audit.unreadable',
  'recovery-used': 'twofactor:audit.recovery-used',
  'recovery-made': 'twofactor:audit.recovery-made',
  'recovery-ended': 'twofactor:audit.recovery-ended',
  trusted: 'twofactor:audit.trusted',
  untrusted: 'twofactor:audit.untrusted',
  'reset-asked': 'twofactor:audit.reset-asked',
  'reset-refused': 'twofactor:audit.reset-refused',
  reset: 'twofactor:audit.reset',
} as const satisfies Readonly<Record<string, TextKey>>;

export type Event = keyof typeof EVENTS;

type Details = Readonly<Record<string, string | number | boolean>>;

/** What people are told by mail. */
const NEWS = {
  enrolled: 'twofactor:mail.enrolled',
  removed: 'twofactor:mail.removed',
  'recovery-used': 'twofactor:mail.recoveryUsed',
  'recovery-made': 'twofactor:mail.recoveryMade',
  'recovery-ended': 'twofactor:mail.recoveryEnded',
  blocked: 'twofactor:mail.blocked',
  'reset-asked': 'twofactor:mail.resetAsked',
  reset: 'twofactor:mail.reset',
} as const satisfies Readonly<Record<string, TextKey>>;

export type News = keyof typeof NEWS;

/** What the mail is about, where it is no change of what the person has. */
const SUBJECTS: Readonly<Partial<Record<News, TextKey>>> = {
  enrolled: 'twofactor:mail.subjectEnrolled',
  blocked: 'twofactor:mail.subjectBlocked',
  'reset-asked': 'twofactor:mail.subjectAsked',
  reset: 'twofactor:mail.subjectReset',
};

/** Who acts, where it is a person of an open session; and where. */
export type Actor = Pick<PluginRequest, 'site'> & Partial<Pick<PluginRequest, 'as'>>;

/**
 * Writes a line of the audit log: who acts is the person of an open session, or named as its target
 * while theirs is not open yet.
 */
export async function audit(
  context: Context,
  { as, site }: Actor,
  event: Event,
  { user, details = {} }: { readonly user: number; readonly details?: Details },
): Promise<void> {
  // Whose name cannot be read is written by their number: the line is what counts.
  const person = await findPerson(context.db, { site, user }).catch(() => undefined);
  const target = person?.login ?? `user-${user}`;
  await context.audit({ event, ...(as ? { as } : { site }), target, details });
}

/**
 * Writes to the owner of an account what was done to it. The mail is on its way or it is not: what
 * was done is done, so a failure is logged and changes nothing.
 */
export async function tellOwner(
  context: Context,
  { site, user }: Owner,
  news: News,
  values: Readonly<Record<string, string | number>> = {},
): Promise<void> {
  try {
    const subject = SUBJECTS[news] ?? 'twofactor:mail.subject';
    const isOnItsWay = await context.notice(user, { subject, text: NEWS[news], values });
    context.log.info({ site, user, news, isOnItsWay }, 'twofactor/notice');
  } catch (err) {
    context.log.warn({ site, user, news, err }, 'twofactor/notice-failed');
  }
}
