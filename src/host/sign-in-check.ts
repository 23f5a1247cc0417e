import type { SiteId } from '../base/types';
import { type ConfigSource, issueAt } from '../kernel/config';
import { didYouMean } from '../kernel/config-shape';
import type { Site } from '../sites';
import type { FoundPlugin } from './discover';
import { siteSource } from './plugin-faults';
import type { PluginFault } from './site-check';

type CheckedSite = Pick<Site, 'id' | 'signIn' | 'mailAccess'>;

export interface SignInCheckInput {
  readonly sites: readonly CheckedSite[];
  readonly found: readonly FoundPlugin[];
  /** Plugins that are on for a site. */
  readonly reach: (site: SiteId) => ReadonlySet<string>;
  readonly sources?: readonly ConfigSource[];
}

/**
 * Ways in that a site names and does not have, sites where nobody could sign in at all, and sites
 * whose mail opens with a password alone though people sign in without one.
 */
export function checkSignIn(input: SignInCheckInput): readonly PluginFault[] {
  const ids = input.found
    .filter(({ definition }) => definition.contributes?.signIn !== undefined)
    .map(({ id }) => id);
  return input.sites.flatMap((site) => {
    const on = ids.filter((id) => input.reach(site.id).has(id));
    const source = siteSource(site.id, input.sources ?? []);
    return [...mailProblems(site, on), ...unknownWays(site, on), ...closedProblems(site, on)].map(
      ({ at, message }) => ({ site: site.id, ...issueAt(source, at, message) }),
    );
  });
}

interface Problem {
  readonly at: readonly PropertyKey[];
  readonly message: string;
}

/** Each sign-in of those plugins will be refused. */
function mailProblems({ mailAccess }: CheckedSite, on: readonly string[]): readonly Problem[] {
  if (on.length === 0 || (mailAccess && mailAccess.kind !== 'password')) return [];
  const message = `${on.join(', ')} signs people in without a password, and "password" opens no mail then: expected "oauth", "master" or "authzid"`;
  return [{ at: ['mailAccess', 'kind'], message }];
}

const unknownWays = ({ signIn }: CheckedSite, on: readonly string[]): readonly Problem[] =>
  (signIn.order ?? []).flatMap((way, index) => {
    const [plugin = ''] = way.split('.');
    if (way === 'form' || on.includes(plugin)) return [];
    const message = `expected "form" or a way in of a plugin that is on, found "${way}"${didYouMean(plugin, on)}`;
    return [{ at: ['signIn', 'order', index], message }];
  });

function closedProblems({ signIn }: CheckedSite, on: readonly string[]): readonly Problem[] {
  if (signIn.form !== 'hidden' || on.length > 0) return [];
  const message = '"hidden" without a plugin that signs people in: nobody can enter';
  return [{ at: ['signIn', 'form'], message }];
}
