import type { SiteId } from '../base/types';
import type { ConfigSources } from '../kernel/config-files';
import { createSetInterner } from './enabled-set';
import type { Enabling } from './enabling';
import { findFaults, type SiteFault } from './faults';
import { readConfigFiles } from './files';
import { createModel } from './model';
import { settingsOn } from './site-settings';
import type { EnablingPlugin, EnablingSite } from './types';

/** What the files say by themselves. */
export interface EnablingFiles extends Pick<Enabling, 'config' | 'settingsOn'> {
  /** Plugins that some layer of the files may turn on for somebody of the site. */
  reach(site: SiteId): ReadonlySet<string>;
  faults(site: SiteId): readonly SiteFault[];
}

/** Reads the files without a database, whatever administrators changed: for `sites:check`. */
export function enablingFromFiles(deps: {
  readonly sources: ConfigSources;
  readonly sites: readonly EnablingSite[];
  readonly plugins: readonly EnablingPlugin[];
}): EnablingFiles {
  const files = readConfigFiles(deps.sources);
  const model = createModel({ ...deps, files, intern: createSetInterner() }, []);
  return {
    config: (plugin, subject) => model.config(plugin, subject),
    reach: (site) => model.reach(site),
    settingsOn: (site, plugin) => settingsOn(model, site, plugin),
    faults(site) {
      const known = model.site(site);
      return known ? findFaults({ files, model, plugins: deps.plugins }, known) : [];
    },
  };
}
