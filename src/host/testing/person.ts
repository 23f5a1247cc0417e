import type { SiteId, UserId } from '../../base/types';
import { choiceKey, type Enabling } from '../../enabling';
import type { HookScope, PersonRef } from '../../kernel/hook-types';
import { CORE_SCOPE, type Settings } from '../../settings';
import { GRANTED_GROUP, TEST_SITE } from './sites';
import type { PluginTestOptions } from './types';

/** Who acts in a test: their groups, and what they chose. */
export interface Person {
  readonly groups: readonly string[];
  /** Where their requests are: plugins that run for them on a site. */
  scope(site?: string): HookScope;
  /** Turns the plugin on or off for them, as the page « Modules » does. */
  choose(on: boolean | undefined): Promise<void>;
}

export function createPerson<C>(
  { plugin, memberOf = [], permissions, choice, presence }: PluginTestOptions<C>,
  deps: {
    readonly enabling: Pick<Enabling, 'enabledFor'>;
    readonly settings: Settings;
    readonly user: { readonly id: UserId };
    readonly ref: (site: SiteId) => PersonRef;
  },
): Person {
  let chosen = choice;
  const groups = permissions ? [...memberOf, GRANTED_GROUP] : memberOf;
  return {
    groups,
    scope(id) {
      const site = (id ?? TEST_SITE) as SiteId;
      const choices = chosen === undefined ? {} : { [plugin.id]: chosen };
      const subject = { site, groups, choices };
      const plugins = deps.enabling.enabledFor(subject);
      const as = deps.ref(site);
      return {
        site,
        requestId: 'TEST-0000-00',
        groups,
        plugins,
        as,
        ...(presence && { presence }),
      };
    },
    async choose(on) {
      chosen = on;
      await deps.settings.write(deps.user.id, CORE_SCOPE, { [choiceKey(plugin.id)]: on });
    },
  };
}
