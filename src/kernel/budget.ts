import type { PluginBudget } from './hook-types';

/** Charges a request for the wall time of work; what runs together is charged once. */
export function chargeBudget<T>(
  budget: PluginBudget | undefined,
  run: () => Promise<T>,
): Promise<T> {
  if (!budget) return run();
  // Before the work: its synchronous part counts as well.
  budget.underWay ??= { count: 0, sinceMs: performance.now() };
  budget.underWay.count += 1;
  return run().finally(() => leave(budget));
}

/** Whether nothing is left, the work under way included. */
export const isSpent = (budget: PluginBudget): boolean => budget.leftMs - runningMs(budget) <= 0;

const runningMs = ({ underWay }: PluginBudget): number =>
  underWay ? performance.now() - underWay.sinceMs : 0;

function leave(budget: PluginBudget): void {
  const { underWay } = budget;
  if (!underWay) return;
  underWay.count -= 1;
  if (underWay.count > 0) return;
  budget.leftMs -= runningMs(budget);
  delete budget.underWay;
}
