import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Clock } from '../base/clock';
import type { Log } from '../base/log';
import { type Leak, type LeakSearch, searchLeaks } from './leaks';
import type { Meter } from './meter';
import type { CodeFolders } from './stack-files';

const EVERY_MS = 2_000;
const SEARCH_MS = 60_000;
/** At the limit a search is left this long, so that the replacement has a reason with a name. */
const SEARCH_LEAST_MS = 10_000;
/** Unless memory runs away. */
const FAR_ABOVE = 1.5;
/** A search that found nothing is not repeated at once: it would find nothing again. */
const REST_MS = 600_000;
/** Growth of the heap since it was smallest that is worth a search; a quarter of the limit when that is less. */
const GROWTH_MB = 256;
/** Or this share of the limit. */
const NEAR_LIMIT = 0.7;
/** A plugin may well keep this much of what it made in a minute: caches fill. */
const LEAK_MIN_MB = 8;
/** Garbage is collected by force at most so often: it holds the loop. */
const COLLECT_MS = 60_000;
const MIB = 1024 * 1024;

export interface MemoryWatchOptions {
  readonly log: Log;
  readonly clock: Clock;
  readonly meter: Pick<Meter, 'leaked'>;
  readonly folders: CodeFolders;
  /** Resident memory from which the process should be replaced; 0: never. */
  readonly limitMb: number;
  readonly onLimit: (reason: string) => void;
  /** For tests; the constants above otherwise. */
  readonly growthMb?: number;
  readonly searchMs?: number;
  readonly everyMs?: number;
  readonly leakMinMb?: number;
}

export interface MemoryWatch {
  /** What the last search found. */
  leaks(): readonly Leak[];
  stop(): void;
}

/** Watches the memory of this process: asks for another one at the limit, and says who holds it. */
export function watchMemory(options: MemoryWatchOptions): MemoryWatch {
  const { log, clock, meter, folders, limitMb, onLimit } = options;
  const { searchMs = SEARCH_MS, leakMinMb = LEAK_MIN_MB } = options;
  const { growthMb = limitMb > 0 ? Math.min(GROWTH_MB, limitMb / 4) : GROWTH_MB } = options;
  let smallestMb = Number.POSITIVE_INFINITY;
  let search: { readonly run: LeakSearch; readonly since: number } | undefined;
  let searchAt = Number.NEGATIVE_INFINITY;
  let collectedAt = Number.NEGATIVE_INFINITY;
  let found: readonly Leak[] = [];

  function endSearch(): void {
    if (!search) return;
    const leaks = search.run.finish(leakMinMb);
    search = undefined;
    searchAt = clock.now() + REST_MS;
    for (const { plugin } of found) meter.leaked(plugin, 0);
    for (const { plugin, mb } of leaks) meter.leaked(plugin, mb);
    found = leaks;
    const { heapUsedMb, rssMb } = readMemory();
    smallestMb = heapUsedMb;
    log.warn({ leaks, heapUsedMb, rssMb }, 'process/memory-grows');
  }

  function check(): void {
    const now = clock.now();
    const { heapUsedMb, rssMb } = readMemory();
    smallestMb = Math.min(smallestMb, heapUsedMb);
    const isNear = limitMb > 0 && rssMb > limitMb * NEAR_LIMIT;
    if (!search && now >= searchAt && (isNear || heapUsedMb > smallestMb + growthMb)) {
      search = { run: searchLeaks(folders), since: now };
    }
    if (search && now - search.since >= searchMs) endSearch();
    if (limitMb > 0 && rssMb > limitMb) atLimit(now, rssMb);
  }

  function atLimit(now: number, seenMb: number): void {
    const isSearching = search && now - search.since < Math.min(SEARCH_LEAST_MS, searchMs);
    if (isSearching && seenMb < limitMb * FAR_ABOVE) return;
    if (now - collectedAt < COLLECT_MS) return;
    collectedAt = now;
    collectGarbage();
    const { rssMb } = readMemory();
    if (rssMb <= limitMb) return;
    endSearch();
    const who = found.map(({ plugin, mb }) => `${plugin} holds ${mb} MB`).join(', ');
    onLimit(`memory ${rssMb} MB above ${limitMb} MB${who && `: ${who}`}`);
  }

  const stop = clock.every(options.everyMs ?? EVERY_MS, check);
  return {
    leaks: () => found,
    stop() {
      stop();
      search?.run.finish(0);
      search = undefined;
    },
  };
}

function readMemory(): { readonly heapUsedMb: number; readonly rssMb: number } {
  const { heapUsed, rss } = process.memoryUsage();
  return { heapUsedMb: Math.round(heapUsed / MIB), rssMb: Math.round(rss / MIB) };
}

/** What is only garbage is no reason to replace a process. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect === 'function') collect();
}
