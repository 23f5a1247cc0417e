import type { FoundPlugin } from './discover';

export interface Resolution {
  /** Requirements first, then by id: never the order of folders or of configuration. */
  readonly order: readonly FoundPlugin[];
  readonly refused: readonly { readonly id: string; readonly reason: string }[];
}

/** Dependency order. A plugin whose requirement is missing is refused with the chain of reasons. */
export function resolvePlugins(found: readonly FoundPlugin[]): Resolution {
  const byId = new Map(found.map((plugin) => [plugin.id, plugin]));
  const order: FoundPlugin[] = [];
  const refused = new Map<string, string>();
  const state = new Map<string, 'visiting' | 'done'>();

  const visit = (plugin: FoundPlugin, trail: readonly string[]): string | undefined => {
    if (state.get(plugin.id) === 'done') return refused.get(plugin.id);
    if (state.get(plugin.id) === 'visiting') return `cycle: ${[...trail, plugin.id].join(' → ')}`;
    state.set(plugin.id, 'visiting');
    let reason: string | undefined;
    for (const id of [...(plugin.definition.requires ?? [])].sort()) {
      const required = byId.get(id);
      const why = required ? visit(required, [...trail, plugin.id]) : 'not installed';
      if (why !== undefined) reason ??= `requires ${id}: ${why}`;
    }
    for (const id of [...(plugin.definition.after ?? [])].sort()) {
      const earlier = byId.get(id);
      // A soft order that would close a circle is dropped.
      if (earlier && state.get(id) !== 'visiting') visit(earlier, [...trail, plugin.id]);
    }
    state.set(plugin.id, 'done');
    if (reason === undefined) order.push(plugin);
    else refused.set(plugin.id, reason);
    return reason;
  };

  for (const plugin of [...found].sort((a, b) => a.id.localeCompare(b.id, 'en'))) visit(plugin, []);
  return { order, refused: [...refused].map(([id, reason]) => ({ id, reason })) };
}
