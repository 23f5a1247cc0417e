import { z } from 'zod';
import type { Result } from '../base/result';
import { err, ok } from '../base/result';
import type { Site } from '../sites';
import type { FoundPlugin } from './discover';

type Plain = Readonly<Record<string, unknown>>;

const isPlain = (value: unknown): value is Plain =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

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
  if (parsed.success) return ok(deepFreeze(parsed.data) as Plain);
  const issue = parsed.error.issues[0];
  const key = [`plugins.${plugin.id}`, ...(issue?.path ?? [])].join('.');
  return err(`config/sites/${site.id}.json: ${key}: ${issue?.message ?? 'invalid'}`);
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const member of Object.values(value)) deepFreeze(member);
  return Object.freeze(value);
}
