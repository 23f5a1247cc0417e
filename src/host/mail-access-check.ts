import type { SiteId } from '../base/types';
import { type ConfigSource, issueAt } from '../kernel/config';
import type { Site } from '../sites';
import type { FoundPlugin } from './discover';
import { siteSource } from './plugin-faults';
import type { PluginFault } from './site-check';

export interface MailAccessCheckInput {
  readonly sites: readonly Pick<Site, 'id' | 'mailAccess'>[];
  readonly found: readonly FoundPlugin[];
  /** Plugins that are on for a site. */
  readonly reach: (site: SiteId) => ReadonlySet<string>;
  readonly sources?: readonly ConfigSource[];
}

/**
 * Sites where people may sign in without a password and whose mail cannot be opened without one:
 * each of those sign-ins will be refused.
 */
export function checkMailAccess(input: MailAccessCheckInput): readonly PluginFault[] {
  const ids = input.found
    .filter(({ definition }) => definition.contributes?.signIn !== undefined)
    .map(({ id }) => id);
  return input.sites
    .filter(({ mailAccess }) => mailAccess === undefined || mailAccess.kind === 'password')
    .flatMap(({ id: site }) => {
      const on = ids.filter((id) => input.reach(site).has(id));
      if (on.length === 0) return [];
      const source = siteSource(site, input.sources ?? []);
      const message = `${on.join(', ')} signs people in without a password, and "password" opens no mail then: expected "oauth", "master" or "authzid"`;
      return [{ site, ...issueAt(source, ['mailAccess', 'kind'], message) }];
    });
}
