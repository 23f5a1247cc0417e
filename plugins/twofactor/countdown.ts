import type { SlotFacts } from 'estafette/plugin';
import { type Context, hasAny, isoAt, type Owner } from './owner';
import { findPerson } from './people';
import { daysLeft, deadlineOf } from './policy';

/** People of a large ministry who are at work at the same time. */
const KNOWN_MAX = 10_000;
/** For so long a factor that was taken away in another process is not missed by the banner. */
const KNOWN_S = 600;

/** Of whom it is known that they have a factor: the many, of whom nothing is asked page by page. */
const known = (context: Context) =>
  context.cache<boolean>('has-factor', { max: KNOWN_MAX, ttlS: KNOWN_S });

/** After a factor was taken away: what was known of the person is asked again. */
export const forgetLearned = (context: Context, { site, user }: Owner): void =>
  known(context).set(site, user, '', false);

/** A word to somebody who has some days left to set up a second factor. */
export async function countdown(
  { site, user, groups }: SlotFacts,
  context: Context,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  if (!user) return undefined;
  const config = context.config({ site: site.id, groups });
  if (!config.required || known(context).get(site.id, user.id, '') === true) return undefined;
  const owner = { site: site.id, user: user.id };
  if (await hasAny(context.db, owner)) {
    known(context).set(site.id, user.id, '', true);
    return undefined;
  }
  const now = context.clock.now();
  const person = await findPerson(context.db, owner);
  const deadline = deadlineOf(config, person?.requiredSince, now);
  if (deadline === undefined) return undefined;
  return {
    days: daysLeft(deadline, now),
    until: isoAt(deadline),
    href: context.url('enrol'),
  };
}
