import { AppError } from '../base/errors';
import { operatorLogin } from '../base/operator';
import type { Author, ChangeRefusal } from '../enabling';
import { formatRefusal } from '../enabling';
import { UsageError } from './command';
import type { Deps, EnablingDoor } from './deps';

/** Opens what is known of plugins and people, and lets go of it whatever happens. */
export async function withEnabling<T>(
  deps: Deps,
  use: (door: EnablingDoor) => Promise<T> | T,
): Promise<T> {
  const door = await deps.openEnabling(deps.loadConfig());
  try {
    return await use(door);
  } finally {
    await door.close();
  }
}

/** Who types. */
export const operator = (): Author => ({ login: operatorLogin() });

// Words that the person typed, as opposed to what the installation decides.
const TYPED: ReadonlySet<ChangeRefusal['reason']> = new Set([
  'unknown-site',
  'unknown-group',
  'unknown-plugin',
  'unknown-key',
  'bad-path',
  'wrong-value',
  'stop-only',
]);

/** The error of a change that is not made. */
export function refused(refusal: ChangeRefusal): Error {
  const reason = formatRefusal(refusal);
  if (TYPED.has(refusal.reason)) return new UsageError(reason);
  return new AppError('request/invalid', { details: { reason } });
}
