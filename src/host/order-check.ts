import { type ConfigIssue, type ConfigSource, issueAt } from '../kernel/config';
import { didYouMean } from '../kernel/config-shape';

export interface OrderCheckInput {
  /** Hook name → plugin ids, as `plugins.json` says. */
  readonly order: Readonly<Record<string, readonly string[]>>;
  /** Ids of every installed plugin, loaded or not. */
  readonly plugins: readonly string[];
  readonly hooks: readonly string[];
  readonly source: ConfigSource;
}

/** An order of a hook or a plugin that is not there orders nothing, and nobody would notice. */
export function checkOrder({ order, plugins, hooks, source }: OrderCheckInput): ConfigIssue[] {
  return Object.entries(order).flatMap(([hook, ids]) => {
    const told = (
      at: readonly PropertyKey[],
      what: string,
      name: string,
      known: readonly string[],
    ) => {
      const hint = didYouMean(name, known);
      return issueAt(source, ['order', ...at], `expected ${what}, found "${name}"${hint}`);
    };
    const unknown = hooks.includes(hook) ? [] : [told([hook], 'the name of a hook', hook, hooks)];
    const strangers = ids.flatMap((id, index) =>
      plugins.includes(id) ? [] : [told([hook, index], 'an installed plugin', id, plugins)],
    );
    return [...unknown, ...strangers];
  });
}
