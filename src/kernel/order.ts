/** What ordering needs to know of a handler. */
export interface Orderable {
  readonly plugin: string;
  readonly priority: number;
  readonly before: readonly string[];
  readonly after: readonly string[];
}

export interface OrderRules {
  /** Plugin ids in the operator's order; those not listed keep their own place. */
  readonly operator: readonly string[];
  /** Load order of a plugin, which is dependency order: ties follow it, then the id. */
  readonly rank: (plugin: string) => number;
  /** An edge dropped because it contradicts an earlier one. */
  readonly onCycle: (first: string, then: string) => void;
}

type Edge = readonly [first: string, then: string];

/** Operator's order, then before/after, then priority, then load order, then id (plugins.md 2.4). */
export function orderHandlers<H extends Orderable>(
  handlers: readonly H[],
  rules: OrderRules,
): readonly H[] {
  const followers = buildGraph(handlers, rules);
  const waiting = [...handlers].sort((a, b) => compare(a, b, rules));
  const ordered: H[] = [];
  while (waiting.length > 0) {
    const index = waiting.findIndex((handler) => isReady(handler, waiting, followers));
    // The graph has no cycle, so one handler is always ready.
    ordered.push(...waiting.splice(Math.max(index, 0), 1));
  }
  return ordered;
}

function isReady(
  handler: Orderable,
  waiting: readonly Orderable[],
  followers: ReadonlyMap<string, ReadonlySet<string>>,
): boolean {
  return !waiting.some((other) => followers.get(other.plugin)?.has(handler.plugin));
}

/** Adds edges from the strongest to the weakest, leaving out each that would close a cycle. */
function buildGraph(handlers: readonly Orderable[], rules: OrderRules): Map<string, Set<string>> {
  const present = new Set(handlers.map((handler) => handler.plugin));
  const followers = new Map<string, Set<string>>([...present].map((plugin) => [plugin, new Set()]));
  for (const [first, then] of [...operatorEdges(rules, present), ...relationEdges(handlers)]) {
    if (!present.has(first) || !present.has(then)) continue;
    if (reaches(followers, then, first)) rules.onCycle(first, then);
    else followers.get(first)?.add(then);
  }
  return followers;
}

function operatorEdges({ operator }: OrderRules, present: ReadonlySet<string>): Edge[] {
  const listed = [...new Set(operator)].filter((plugin) => present.has(plugin));
  return listed.slice(1).map((plugin, index) => [listed[index] ?? plugin, plugin] as const);
}

function relationEdges(handlers: readonly Orderable[]): Edge[] {
  return handlers.flatMap(({ plugin, before, after }) => [
    ...before.map((other): Edge => [plugin, other]),
    ...after.map((other): Edge => [other, plugin]),
  ]);
}

function reaches(
  followers: ReadonlyMap<string, ReadonlySet<string>>,
  from: string,
  to: string,
): boolean {
  const seen = new Set<string>();
  const next = [from];
  for (let plugin = next.pop(); plugin !== undefined; plugin = next.pop()) {
    if (plugin === to) return true;
    if (seen.has(plugin)) continue;
    seen.add(plugin);
    next.push(...(followers.get(plugin) ?? []));
  }
  return false;
}

function compare(a: Orderable, b: Orderable, { rank }: OrderRules): number {
  if (a.priority !== b.priority) return a.priority - b.priority;
  const ranks = rank(a.plugin) - rank(b.plugin);
  if (ranks !== 0) return ranks;
  if (a.plugin === b.plugin) return 0; // the sort is stable: order of registration
  return a.plugin < b.plugin ? -1 : 1;
}
