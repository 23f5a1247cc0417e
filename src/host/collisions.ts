import { CORE_SECTIONS } from '../settings';
import type { PluginDefinition } from './define';

/** Items of the core's own taskbar. */
const CORE_TASKBAR = ['mail', 'settings'];

export interface Collisions {
  /** Takes the plugin's shared names, or says which one somebody else has; then none is taken. */
  claim(definition: PluginDefinition): string | undefined;
  release(plugin: string): void;
}

/**
 * Names that all plugins share: settings sections and taskbar items are addressed by them, and
 * sessions await challenges by them. The later plugin is refused by name (plugins.md 3.1).
 */
export function createCollisions(): Collisions {
  const owners = new Map<string, string>([
    ...CORE_SECTIONS.map(({ id }): [string, string] => [`settings section "${id}"`, 'the core']),
    ...CORE_TASKBAR.map((id): [string, string] => [`taskbar item "${id}"`, 'the core']),
  ]);
  return {
    claim(definition) {
      const names = sharedNames(definition);
      const taken = names.find((name) => owners.has(name));
      if (taken !== undefined) return `${taken} already belongs to ${owners.get(taken)}`;
      for (const name of names) owners.set(name, definition.id);
      return undefined;
    },
    release(plugin) {
      for (const [name, owner] of owners) if (owner === plugin) owners.delete(name);
    },
  };
}

function sharedNames({ contributes }: PluginDefinition): readonly string[] {
  const { settings = [], taskbar, challenges = [] } = contributes ?? {};
  return [
    ...settings.map(({ id }) => `settings section "${id}"`),
    ...(taskbar ? [`taskbar item "${taskbar.id}"`] : []),
    ...challenges.map(({ id }) => `challenge "${id}"`),
  ];
}
