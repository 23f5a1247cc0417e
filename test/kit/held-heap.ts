import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const LOOKED_EVERY_MS = 200;
const MIB = 1_048_576;

/** What the heap holds that is not garbage. */
function heldBytes(): number {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect !== 'function') throw new Error('garbage cannot be collected here');
  collect();
  return process.memoryUsage().heapUsed;
}

/**
 * How many MB more the heap held at most while something ran, garbage apart: when that goes is the
 * engine's choice, and another one in a process that did much else before.
 */
export async function heldWhile(run: () => Promise<unknown>): Promise<number> {
  const before = heldBytes();
  let most = before;
  const look = (): void => {
    most = Math.max(most, heldBytes());
  };
  const timer = setInterval(look, LOOKED_EVERY_MS);
  try {
    await run();
    look();
  } finally {
    clearInterval(timer);
  }
  return Math.round((most - before) / MIB);
}
