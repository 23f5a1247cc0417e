import type { FoundPlugin } from './discover';

export interface Resolution {
  /** Requirements first, then by id: never the order of folders or of configuration. */
  readonly order: readonly FoundPlugin[];
  readonly refused: readonly { readonly id: string; readonly reason: string }[];
}

/** Dependency order. A plugin whose requirement is missing is refused with the chain of reasons. */
export function resolvePlugins(found: readonly FoundPlugin[]): Resolution {
  const sorted = [...found].sort((a, b) => (a.id < b.id ? -1 : 1));
  const refused = findRefused(sorted);
  const accepted = sorted.filter(({ id }) => !refused.has(id));
  return {
    order: sortByDependency(accepted),
    refused: [...refused].map(([id, reason]) => ({ id, reason })),
  };
}

function findRefused(found: readonly FoundPlugin[]): ReadonlyMap<string, string> {
  const byId = new Map(found.map((plugin) => [plugin.id, plugin]));
  const refused = new Map<string, string>();
  const done = new Set<string>();

  const visit = (plugin: FoundPlugin, trail: readonly string[]): string | undefined => {
    if (done.has(plugin.id)) return refused.get(plugin.id);
    const path = [...trail, plugin.id];
    if (trail.includes(plugin.id)) return `cycle: ${path.join(' → ')}`;
    let reason: string | undefined;
    for (const id of [...(plugin.definition.requires ?? [])].sort()) {
      const required = byId.get(id);
      const why = required ? visit(required, path) : 'not installed';
      if (why !== undefined) reason ??= `requires ${id}: ${why}`;
    }
    done.add(plugin.id);
    if (reason !== undefined) refused.set(plugin.id, reason);
    return reason;
  };

  for (const plugin of found) visit(plugin, []);
  return refused;
}

/** Requirements among these plugins hold no cycle; a soft order that would close one is dropped. */
function sortByDependency(plugins: readonly FoundPlugin[]): readonly FoundPlugin[] {
  const waiting = [...plugins];
  const order: FoundPlugin[] = [];
  const isWaiting = (id: string): boolean => waiting.some((plugin) => plugin.id === id);
  const canStart = ({ definition }: FoundPlugin): boolean =>
    !(definition.requires ?? []).some(isWaiting);
  const isReady = (plugin: FoundPlugin): boolean =>
    canStart(plugin) && !(plugin.definition.after ?? []).some(isWaiting);
  while (waiting.length > 0) {
    const ready = waiting.findIndex(isReady);
    const index = ready >= 0 ? ready : waiting.findIndex(canStart);
    order.push(...waiting.splice(Math.max(index, 0), 1));
  }
  return order;
}
