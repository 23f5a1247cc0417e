import { z } from 'zod';
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
  const source = { file: '', value: raw, lines: new Map<string, number>() };
  const more = schema ? '' : ': this plugin takes no settings';
  try {
    const { value, issues } = checkSource(schema ?? z.strictObject({}), source);
    if (issues.length > 0) {
      return err(
        issues.map(({ path, message }) => ({
          keys: path === '' ? [] : path.split('.'),
          message: `${message}${more}`,
        })),
      );
    }
    if (!isPlain(value)) return err([{ keys: [], message: 'expected an object of settings' }]);
    return ok(deepFreeze(value));
  } catch (error) {
    // A refinement of the plugin's own may throw: its fault, and no other plugin's.
    const reason = error instanceof Error ? error.message : String(error);
    return err([{ keys: [], message: `cannot be checked: ${reason}` }]);
  }
}
