import path from 'node:path';
import { z } from 'zod';
import type { SiteId } from '../base/types';
import type { EnablingPlugin } from '../enabling';
import type { ConfigSource, ConfigSources } from '../kernel/config';
import type { FoundPlugin } from './discover';

/** The files that speak of plugins, as read: for the place of what is wrong in them. */
export type PluginFiles = Pick<ConfigSources, 'plugins' | 'sites'>;

/** When values did not come from files: they are named as in a plain installation. */
export const NO_FILES: PluginFiles = {
  plugins: { file: 'config/plugins.json', value: {}, lines: new Map() },
  sites: [],
};

/** The file of a site, as read; one without text where there is none. */
export function siteSource(site: SiteId, sites: readonly ConfigSource[]): ConfigSource {
  const read = sites.find(({ file }) => path.basename(file, '.json') === site);
  return read ?? { file: `config/sites/${site}.json`, value: undefined, lines: new Map() };
}

/** The same of a plugin whose code was not loaded: its settings are checked when it is. */
export const unreadPlugin = (id: string): EnablingPlugin => ({ id, schema: z.looseObject({}) });

/** What decides who has a plugin needs to know of it. */
export const enablingPlugin = ({ id, definition }: FoundPlugin): EnablingPlugin => ({
  id,
  schema: definition.config,
  requires: definition.requires,
  provides: definition.provides,
});
