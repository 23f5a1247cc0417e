import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { Log } from '../base/log';
import type { Discovered } from '../host/discover';
import { guardsSignIn } from '../host/sign-in-guards';

const FILE = 'sign-in-guards.json';
const recordShape = z.array(z.string());

/**
 * Plugins that guarded sign-in when they were last loaded and that are not now: kept out, broken or
 * gone. Their code cannot be asked, hence a record in the data folder, which is brought up to date.
 */
export function knownGuards(
  { dataDir, log }: { readonly dataDir: string; readonly log: Log },
  { found, unloaded }: Pick<Discovered, 'found' | 'unloaded'>,
): readonly string[] {
  const file = path.join(dataDir, FILE);
  const recorded = readRecord(file);
  const loaded = new Set(found.map(({ id }) => id));
  const lost = recorded.filter((id) => !loaded.has(id));
  const guards = found.filter(({ definition }) => guardsSignIn(definition)).map(({ id }) => id);
  const record = [...lost, ...guards].sort();
  if (JSON.stringify(record) !== JSON.stringify(recorded)) {
    try {
      const temporary = `${file}.${process.pid}`; // several processes start at once
      writeFileSync(temporary, JSON.stringify(record), { mode: 0o600 });
      renameSync(temporary, file);
    } catch (err) {
      log.warn({ err, file }, 'guards/not-recorded');
    }
  }
  // On nowhere at the start: whoever turns it on is told that it waits for the next one.
  const passedOver = new Set(unloaded.map(({ id }) => id));
  return lost.filter((id) => !passedOver.has(id));
}

function readRecord(file: string): readonly string[] {
  try {
    return recordShape.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return []; // the first start
  }
}
