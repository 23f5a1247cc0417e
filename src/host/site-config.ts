import { z } from 'zod';
import type { Result } from '../base/result';
import { err, ok } from '../base/result';
import { isPlain } from '../kernel/config-layer';
import { deepFreeze } from '../kernel/freeze';
import type { Site } from '../sites';
import type { FoundPlugin } from './discover';

type Plain = Readonly<Record<string, unknown>>;

/** Whether a site's `plugins` entry turns the plugin on: `true` or an object of settings. */
export const isOnFor = (site: Site, plugin: string): boolean => {
  const entry = site.plugins[plugin];
  return entry === true || isPlain(entry);
};

/**
 * Configuration of a plugin for a site: schema defaults < `plugins.json` < site, parsed and frozen.
 * The error names the site file and the key.
 */
export function configFor(
  plugin: FoundPlugin,
  site: Site,
  defaults: unknown,
  layer: (base: Plain, ...over: Plain[]) => Plain,
): Result<Plain, string> {
  const own = site.plugins[plugin.id];
  const merged = layer({}, isPlain(defaults) ? defaults : {}, isPlain(own) ? own : {});
  const schema = plugin.definition.config;
  if (!schema) {
    const unknown = Object.keys(merged);
    if (unknown.length === 0) return ok(Object.freeze({}));
    return err(
      `config/sites/${site.id}.json: plugins.${plugin.id}: takes no settings, found ${unknown.join(', ')}`,
    );
  }
  const parsed = z.safeParse(schema, merged);
  if (parsed.success) {
    if (isPlain(parsed.data)) return ok(deepFreeze(parsed.data));
    return err(
      `config/sites/${site.id}.json: plugins.${plugin.id}: expected an object of settings`,
    );
  }
  const issue = parsed.error.issues[0];
  const key = [`plugins.${plugin.id}`, ...(issue?.path ?? [])].join('.');
  return err(`config/sites/${site.id}.json: ${key}: ${issue?.message ?? 'invalid'}`);
}
