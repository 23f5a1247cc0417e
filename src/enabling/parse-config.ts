import { err, ok, type Result } from '../base/result';
import { checkSource } from '../kernel/config-check';
import { isPlain } from '../kernel/config-layer';
import { deepFreeze } from '../kernel/freeze';
import type { EnablingPlugin, Plain } from './types';

/** Why settings do not fit a plugin; `keys` lead to the value, in the plugin's own words. */
export interface ConfigFault {
  readonly keys: readonly string[];
  readonly message: string;
}

/** Settings of a plugin, by its schema: parsed and frozen, or every fault. */
export function parseConfig(
  { schema }: EnablingPlugin,
  raw: Plain,
): Result<Plain, readonly ConfigFault[]> {
  if (!schema) {
    const keys = Object.keys(raw);
    if (keys.length === 0) return ok(Object.freeze({}));
    return err(keys.map((key) => ({ keys: [key], message: 'the plugin takes no settings' })));
  }
  const { value, issues } = checkSource(schema, { file: '', value: raw, lines: new Map() });
  if (issues.length > 0) {
    return err(
      issues.map(({ path, message }) => ({ keys: path === '' ? [] : path.split('.'), message })),
    );
  }
  if (!isPlain(value)) return err([{ keys: [], message: 'expected an object of settings' }]);
  return ok(deepFreeze(value));
}
