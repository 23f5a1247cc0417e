import type { SiteId } from '../base/types';
import { type ConfigSource, issueAt } from '../kernel/config';
import { didYouMean } from '../kernel/config-shape';
import type { Site } from '../sites';
import type { FoundPlugin } from './discover';
import { siteSource } from './plugin-faults';
import type { PluginFault } from './site-check';

export interface SignInCheckInput {
  readonly sites: readonly Pick<Site, 'id' | 'signIn'>[];
  readonly found: readonly FoundPlugin[];
  /** Plugins that are on for a site. */
  readonly reach: (site: SiteId) => ReadonlySet<string>;
  readonly sources?: readonly ConfigSource[];
}

/** Ways in that a site names and does not have, and sites where nobody could sign in at all. */
export function checkSignIn(input: SignInCheckInput): readonly PluginFault[] {
  const ids = input.found
    .filter(({ definition }) => definition.contributes?.signIn !== undefined)
    .map(({ id }) => id);
  return input.sites.flatMap(({ id: site, signIn }) => {
    const on = ids.filter((id) => input.reach(site).has(id));
    const source = siteSource(site, input.sources ?? []);
    const fault = (at: readonly PropertyKey[], message: string): PluginFault => ({
      site,
      ...issueAt(source, ['signIn', ...at], message),
    });
    const unknown = (signIn.order ?? []).flatMap((way, index) => {
      const [plugin = ''] = way.split('.');
      if (way === 'form' || on.includes(plugin)) return [];
      const hint = didYouMean(plugin, on);
      return [
        fault(
          ['order', index],
          `expected "form" or a way in of a plugin that is on, found "${way}"${hint}`,
        ),
      ];
    });
    const isClosed = signIn.form === 'hidden' && on.length === 0;
    return isClosed
      ? [
          ...unknown,
          fault(['form'], '"hidden" without a plugin that signs people in: nobody can enter'),
        ]
      : unknown;
  });
}
