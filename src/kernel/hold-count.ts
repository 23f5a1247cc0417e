import type { Clock } from '../base/clock';

/** Twice within ten minutes is no accident (plugins.md 2.5). */
export const INCIDENTS = 2;
const INCIDENTS_MS = 600_000;
/** For so long a plugin does not run for who made it hold the loop. */
export const SUSPENDED_MS = 600_000;
const KEPT = 50;

/** For whom a plugin goes out of service. */
export type Sentence = 'everybody' | 'person';

/**
 * Counts what a plugin does to processes, by who made it: one person who found an input that holds
 * the loop loses the plugin, and nobody else does. When two people did, or nobody, it is the plugin.
 */
export function createHoldCount(
  clock: Clock,
): (plugin: string, who: string | undefined) => Sentence | undefined {
  const recent = new Map<string, readonly { readonly at: number; readonly who?: string }[]>();
  return (plugin, who) => {
    const at = clock.now();
    const before = (recent.get(plugin) ?? []).filter((hold) => at - hold.at < INCIDENTS_MS);
    const holds = [...before, { at, ...(who !== undefined && { who }) }].slice(-KEPT);
    recent.set(plugin, holds);
    const own = holds.filter((hold) => hold.who === who).length;
    const isShared = holds.some((hold) => hold.who !== who);
    if (isShared || (who === undefined && own >= INCIDENTS)) return 'everybody';
    return own >= INCIDENTS ? 'person' : undefined;
  };
}
