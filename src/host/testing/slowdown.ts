/** Tries of each: what else the machine does only ever adds, so the least of them is nearest. */
const TRIES = 6;

/** Below this, in ms, a run says more of the clock than of itself. */
const LEAST_MS = 1;

async function processorMs(run: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/**
 * How many times more processor time `run` takes than `than`, by the least of several tries of
 * each in turn. Compare it with far more than you expect: with four times the text, a reading that
 * begins again at each character takes sixteen times as long, a single one four times.
 */
export async function slowdown(run: () => unknown, than: () => unknown): Promise<number> {
  let [long, short] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  await than();
  for (let round = 0; round < TRIES; round++) {
    short = Math.min(short, await processorMs(than));
    long = Math.min(long, await processorMs(run));
  }
  return long / Math.max(short, LEAST_MS);
}
