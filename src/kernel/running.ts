/**
 * Whose code the main thread is running now, in memory that the watchdog's thread reads: when the
 * loop is blocked, nobody else can say. Plain stores, because this is on the path of every call.
 */
const CELLS = 2;
export const BEAT = 0;
export const MARK = 1;

/** Number of one (plugin, hook) in shared memory; 0 is the core. */
export type Mark = number;
export interface MarkName {
  readonly plugin: string;
  readonly hook: string;
}

// One per process by nature, as the loop that it describes.
const buffer = new SharedArrayBuffer(CELLS * Int32Array.BYTES_PER_ELEMENT);
const cells = new Int32Array(buffer);
const names: MarkName[] = [{ plugin: '', hook: '' }];
const marks = new Map<string, Map<string, Mark>>();
const listeners = new Set<(mark: Mark, name: MarkName) => void>();

/** The mark of a (plugin, hook), both from bounded sets; the same one each time. */
export function markOf(plugin: string, hook: string): Mark {
  const hooks = marks.get(plugin) ?? new Map<string, Mark>();
  const known = hooks.get(hook);
  if (known !== undefined) return known;
  const mark = names.push({ plugin, hook }) - 1;
  marks.set(plugin, hooks.set(hook, mark));
  for (const tell of listeners) tell(mark, { plugin, hook });
  return mark;
}

/** The code that runs from here on, to its first await, is this one's; gives what was running. */
export function enterMark(mark: Mark): Mark {
  const before = cells[MARK] ?? 0;
  cells[MARK] = mark;
  return before;
}

/** What was running before is running again. */
export const leaveMark = (before: Mark): void => {
  cells[MARK] = before;
};

/** The memory, for another thread. */
export const runningMemory = (): SharedArrayBuffer => buffer;

/** The main thread is free now. */
export const beat = (): void => void Atomics.add(cells, BEAT, 1);

/** Tells every name so far, and those to come; returns the remover. */
export function listenNames(tell: (mark: Mark, name: MarkName) => void): () => void {
  listeners.add(tell);
  for (const [mark, name] of names.entries()) if (mark > 0) tell(mark, name);
  return () => void listeners.delete(tell);
}
