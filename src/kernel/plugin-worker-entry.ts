import { serialize } from 'node:v8';
import { AppError } from '../base/errors';
import { serveTasks } from './worker-entry';

/** What one call is given: a file of the plugin, and the most that its answer may weigh. */
export interface PluginTask {
  readonly file: string;
  readonly input: unknown;
  readonly maxBytes: number;
}

serveTasks({
  async run({ file, input, maxBytes }: PluginTask): Promise<Uint8Array> {
    const loaded: unknown = require(file);
    const run = exported(loaded);
    if (!run) throw new Error('the file exports no function `run`, nor one by default');
    const result: unknown = await run(input);
    // Measured before it crosses: copying it is what would fill the memory of the platform.
    const bytes = serialize(result);
    if (bytes.byteLength <= maxBytes) return bytes;
    const details = { reason: 'result too large', bytes: bytes.byteLength, maxBytes };
    throw new AppError('request/budget', { details });
  },
});

function exported(loaded: unknown): ((input: unknown) => unknown) | undefined {
  if (typeof loaded === 'function') return loaded as (input: unknown) => unknown;
  if (typeof loaded !== 'object' || loaded === null) return undefined;
  const candidates = ['run' in loaded && loaded.run, 'default' in loaded && loaded.default];
  const found = candidates.find((candidate) => typeof candidate === 'function');
  return found as ((input: unknown) => unknown) | undefined;
}
