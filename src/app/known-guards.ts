import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { AppError } from '../base/errors';
import type { Log } from '../base/log';
import type { Discovered, FoundPlugin } from '../host/discover';
import { guardsSignIn } from '../host/sign-in-guards';
import { errorCode } from '../kernel/error-code';

const FILE = 'sign-in-guards.json';
const recordShape = z.array(z.string());

export interface KnownGuardsInput extends Pick<Discovered, 'found' | 'unloaded'> {
  /** Every plugin whose code was loaded; those of `found` have their tables as well. */
  readonly candidates: readonly FoundPlugin[];
}

/**
 * Plugins that guarded sign-in when they were last loaded and that cannot be started now: kept out,
 * broken, without their tables or gone. The code of most cannot be asked, hence a record in the data
 * folder, which is brought up to date. Throws where a record is there and cannot be read.
 */
export function knownGuards(
  { dataDir, log }: { readonly dataDir: string; readonly log: Log },
  { candidates, found, unloaded }: KnownGuardsInput,
): readonly string[] {
  const file = path.join(dataDir, FILE);
  const recorded = readRecord(file);
  const loaded = idsOf(candidates);
  const guards = candidates.filter(({ definition }) => guardsSignIn(definition));
  const record = [...recorded.filter((id) => !loaded.has(id)), ...idsOf(guards)].sort();
  if (JSON.stringify(record) !== JSON.stringify(recorded)) {
    try {
      const temporary = `${file}.${process.pid}`; // several processes start at once
      writeFileSync(temporary, JSON.stringify(record), { mode: 0o600 });
      renameSync(temporary, file);
    } catch (err) {
      log.warn({ err, file }, 'guards/not-recorded');
    }
  }
  const startable = idsOf(found);
  // On nowhere at the start: whoever turns it on is told that it waits for the next one.
  const passedOver = idsOf(unloaded);
  return record.filter((id) => !startable.has(id) && !passedOver.has(id));
}

const idsOf = (plugins: readonly { readonly id: string }[]): ReadonlySet<string> =>
  new Set(plugins.map(({ id }) => id));

/** Nothing before the first start. A record taken for empty would be overwritten, and sign-in open. */
function readRecord(file: string): readonly string[] {
  try {
    return recordShape.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (cause) {
    if (errorCode(cause) === 'ENOENT') return [];
    const reason = `${file}: expected the list of plugins that guard sign-in`;
    throw new AppError('config/invalid', { cause, details: { reason } });
  }
}
