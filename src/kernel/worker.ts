import { AppError, ERROR_CODES, type ErrorCode } from '../base/errors';
import type { Log } from '../base/log';
import type { TaskError } from './worker-messages';
import { startThread, type Thread } from './worker-thread';

const QUEUE_WAIT_MS = 10_000; // the page that asked is given up by then

export interface WorkerPoolOptions {
  /** Threads at most; they start when needed and stay. */
  readonly size: number;
  /** Absolute path of the `.js` or `.ts` module that calls `serveTasks`. */
  readonly entry: string;
  readonly log: Log;
  /** Tasks waiting at most; one more is refused with `request/budget`. */
  readonly maxQueue: number;
  /** Heap of each thread; buffers are outside of it. */
  readonly heapMb: number;
  /** How long a task may wait for a thread, start-up included; 10 s by default. */
  readonly queueWaitMs?: number;
}

export interface TaskOptions {
  /** Run time; waiting for a thread does not count. */
  readonly timeoutMs: number;
  /** Rejects at once with the signal's reason; a task under way ends on its own deadline. */
  readonly signal?: AbortSignal;
}

export interface WorkerPool {
  /**
   * Runs a task of the entry module. Rejects with `worker/timeout` (deadline, heap), with
   * `request/budget` (queue), with the task's own AppError, else with `internal/unexpected`.
   */
  run<T>(task: string, input: unknown, options: TaskOptions): Promise<T>;
  /** Starts one thread ahead of need. */
  warm(): void;
  stats(): { readonly threads: number; readonly busy: number; readonly queued: number };
  /** Rejects what waits and ends every thread. */
  close(): Promise<void>;
}

interface Job {
  readonly task: string;
  readonly input: unknown;
  readonly options: TaskOptions;
  readonly resolve: (value: unknown) => void;
  /** Settles the promise once and leaves the queue; the thread may still be at work. */
  readonly reject: (error: unknown) => void;
}
interface Slot {
  thread: Thread | undefined;
  isReady: boolean;
  hasServed: boolean;
  job: { readonly id: number; readonly job: Job; readonly timer: NodeJS.Timeout } | undefined;
  /** Why the pool ended the thread. */
  ending: AppError | undefined;
}

/** Threads for parsing what others wrote: a loop or a bomb costs its own task only. */
export function createWorkerPool(options: WorkerPoolOptions): WorkerPool {
  const slots = new Set<Slot>();
  const queue: Job[] = [];
  let lastId = 0;
  let isClosed = false;

  function startSlot(): void {
    const slot: Slot = {
      thread: undefined,
      isReady: false,
      hasServed: false,
      job: undefined,
      ending: undefined,
    };
    slot.thread = startThread({
      ...options,
      onReady() {
        slot.isReady = true;
        pump();
      },
      onAnswer(message) {
        if (slot.job?.id !== message.id) return;
        const { job } = release(slot);
        if (message.type === 'done') job?.resolve(message.result);
        else job?.reject(rebuild(message.error));
        pump();
      },
      onEnd: (error) => onEnd(slot, error),
    });
    slots.add(slot);
    holdAsNeeded();
  }

  function onEnd(slot: Slot, error: Error | undefined): void {
    slots.delete(slot);
    const { job } = release(slot);
    const reason = slot.ending ?? crashError(error);
    if (!isClosed) options.log.warn({ err: reason, task: job?.task }, 'worker/ended');
    // A thread that never got ready takes one waiting task along: else a broken entry module
    // would be started for ever.
    if (slot.isReady) job?.reject(reason);
    else queue[0]?.reject(reason);
    // Replaced at once when it served: the next task should not pay for the start. One that ends
    // without having served would end again.
    if (!isClosed && slot.hasServed) startSlot();
    pump();
  }

  /** Takes the job off a slot, which is then free for the next. */
  function release(slot: Slot): { readonly job: Job | undefined } {
    const current = slot.job;
    slot.job = undefined;
    clearTimeout(current?.timer);
    return { job: current?.job };
  }

  function pump(): void {
    for (const slot of slots) {
      if (queue.length === 0) break;
      if (slot.isReady && !slot.job && !slot.ending) dispatch(slot);
    }
    const starting = [...slots].filter((slot) => !slot.isReady).length;
    if (!isClosed && queue.length > starting && slots.size < options.size) startSlot();
    holdAsNeeded();
  }

  function dispatch(slot: Slot): void {
    for (let job = queue.shift(); job; job = queue.shift()) {
      const id = ++lastId;
      const { task, input, options: taskOptions } = job;
      try {
        slot.thread?.post({ id, task, input });
      } catch (error) {
        job.reject(new AppError('internal/unexpected', { cause: error })); // not cloneable
        continue;
      }
      slot.job = { id, job, timer: startDeadline(slot, task, taskOptions.timeoutMs) };
      slot.hasServed = true;
      return;
    }
  }

  function startDeadline(slot: Slot, task: string, timeoutMs: number): NodeJS.Timeout {
    const timer = setTimeout(() => {
      slot.ending = new AppError('worker/timeout', { details: { task } });
      void slot.thread?.stop();
    }, timeoutMs);
    return timer.unref();
  }

  /** Busy threads, and starting ones that somebody waits for, keep the process alive. */
  function holdAsNeeded(): void {
    for (const slot of slots) {
      slot.thread?.hold(slot.job !== undefined || (!slot.isReady && queue.length > 0));
    }
  }

  function enqueue(task: string, input: unknown, taskOptions: TaskOptions): Promise<unknown> {
    const { signal } = taskOptions;
    return new Promise((resolve, reject) => {
      const settle = (end: () => void) => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
        const index = queue.indexOf(job);
        if (index >= 0) queue.splice(index, 1);
        end();
      };
      const job: Job = {
        task,
        input,
        options: taskOptions,
        resolve: (value) => settle(() => resolve(value)),
        reject: (error) => settle(() => reject(error)),
      };
      const onAbort = () => job.reject(signal?.reason);
      const timer = setTimeout(() => {
        if (queue.includes(job)) job.reject(busy('waited too long'));
      }, options.queueWaitMs ?? QUEUE_WAIT_MS);
      timer.unref();
      signal?.addEventListener('abort', onAbort, { once: true });
      queue.push(job);
      pump();
    });
  }

  return {
    async run<T>(task: string, input: unknown, taskOptions: TaskOptions) {
      taskOptions.signal?.throwIfAborted();
      if (isClosed || queue.length >= options.maxQueue) throw busy('queue full');
      return (await enqueue(task, input, taskOptions)) as T; // caller and task agree on the type
    },
    warm() {
      if (!isClosed && slots.size === 0) startSlot();
    },
    stats: () => ({
      threads: slots.size,
      busy: [...slots].filter((slot) => slot.job).length,
      queued: queue.length,
    }),
    async close() {
      isClosed = true;
      for (const job of [...queue]) job.reject(busy('closing'));
      for (const slot of slots) slot.ending ??= busy('closing');
      await Promise.all([...slots].map(async (slot) => slot.thread?.stop()));
    },
  };
}

const busy = (reason: string): AppError => new AppError('request/budget', { details: { reason } });

/** A heap that is full says as much about the input as a deadline does. */
function crashError(error: Error | undefined): AppError {
  const isHeapFull =
    error !== undefined && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
  const code = isHeapFull ? 'worker/timeout' : 'internal/unexpected';
  return new AppError(code, { cause: error ?? new Error('worker ended') });
}

function rebuild({ code, message, stack, details }: TaskError): AppError {
  if (isErrorCode(code)) return new AppError(code, { details });
  const cause = new Error(message);
  if (stack !== undefined) cause.stack = stack;
  return new AppError('internal/unexpected', { cause });
}

const isErrorCode = (code: string | undefined): code is ErrorCode =>
  code !== undefined && Object.hasOwn(ERROR_CODES, code);
