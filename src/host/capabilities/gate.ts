import { AppError } from '../../base/errors';
import type { SiteId } from '../../base/types';
import type { Actor } from '../../session';
import type { Need } from '../needs';
import type { People } from '../people';
import type { PluginSet } from '../plugin-set';

/** What every capability of one plugin stands on. */
export interface Gate {
  readonly plugin: string;
  /** Throws `plugin/need-missing`, with the need, unless the plugin declares it. */
  need(need: Need): void;
  /** The person of a handle; throws where the plugin does not run for them. */
  person(ref: unknown): Promise<Actor>;
  /** The value, where the plugin runs on that site at all; throws `request/forbidden` otherwise. */
  onSite<T>(site: SiteId, value: T): T;
}

export interface GateDeps {
  readonly people: People;
  readonly set: Pick<PluginSet, 'isEnabled' | 'isReached'>;
}

/** The needs of a plugin that started are granted: what it declares is what it may. */
export function createGate(
  plugin: string,
  needs: readonly string[],
  { people, set }: GateDeps,
): Gate {
  const declared = new Set(needs);
  return {
    plugin,
    need(need) {
      if (!declared.has(need)) throw needMissing(plugin, need);
    },
    async person(ref) {
      const actor = await people.find(ref);
      // A handle that one plugin hands to another opens nothing for who is off there.
      const { site, plugins } = actor.scope;
      if (!set.isEnabled(site, plugin, plugins)) {
        throw new AppError('plugin/person-gone', { details: { plugin } });
      }
      return actor;
    },
    onSite(site, value) {
      if (set.isReached(site, plugin)) return value;
      throw new AppError('request/forbidden', { details: { plugin, site, problem: 'off there' } });
    },
  };
}

export const needMissing = (plugin: string, need: string): AppError =>
  new AppError('plugin/need-missing', {
    details: { plugin, need },
    cause: new Error(`plugin ${plugin} does not declare the need "${need}"`),
  });
