import type { HookOf } from 'estafette/plugin';
import type { FactorConfig } from './config';

const DAY_MS = 86_400_000;

type Query = Pick<HookOf<'session:challenges'>['query'], 'network' | 'assurance'>;

/** When a second factor is required of somebody; `undefined`: never. */
export function deadlineOf(
  { required, from, graceDays }: FactorConfig,
  requiredSince: string | undefined,
  now: number,
): number | undefined {
  if (!required) return undefined;
  const begins = from === undefined ? Number.NEGATIVE_INFINITY : Date.parse(`${from}T00:00:00Z`);
  const since = requiredSince === undefined ? now : Date.parse(requiredSince);
  return Math.max(begins, since) + graceDays * DAY_MS;
}

/** Whole days left until a deadline, the day under way counted; 0 once it has passed. */
export const daysLeft = (deadline: number, now: number): number =>
  Math.max(Math.ceil((deadline - now) / DAY_MS), 0);

/** Whether the way in is enough by itself, whatever the person has set up. */
export function isExempt(config: FactorConfig, query: Query): boolean {
  if (config.acceptStrongSignIn && query.assurance?.isStrong === true) return true;
  return config.inside === 'skip' && query.network === 'inside';
}
