import { type MessagePort, parentPort } from 'node:worker_threads';
import { AppError } from '../base/errors';
import type { TaskError, TaskRequest, WorkerMessage } from './worker-messages';

/**
 * A task: plain data in, plain data out (structured clone: a Buffer arrives as a Uint8Array). The
 * pool's caller and the task agree on the input's type; `never` lets each declare its own.
 */
export type Task = (input: never) => unknown;

/** Called by the entry module of a worker pool: answers tasks by name, one at a time. */
export function serveTasks(tasks: Readonly<Record<string, Task>>): void {
  const port = parentPort;
  if (!port) throw new Error('serveTasks runs in a worker thread only');
  const byName = new Map(Object.entries(tasks));
  port.on('message', (request: TaskRequest) => void answer(port, byName, request));
  post(port, { type: 'ready' });
}

async function answer(
  port: MessagePort,
  tasks: ReadonlyMap<string, Task>,
  { id, task, input }: TaskRequest,
): Promise<void> {
  try {
    const run = tasks.get(task);
    if (!run) throw new Error(`no such task: ${task}`);
    const result: unknown = await run(input as never); // the task declares the type it is given
    post(port, { type: 'done', id, result });
  } catch (error) {
    // Also results that cannot be cloned (functions): the pool waits for an answer in any case.
    post(port, { type: 'failed', id, error: describe(error) });
  }
}

function post(port: MessagePort, message: WorkerMessage): void {
  port.postMessage(message);
}

function describe(error: unknown): TaskError {
  const { message, stack } = error instanceof Error ? error : new Error('not an error');
  if (!(error instanceof AppError)) return { message, stack, code: undefined, details: {} };
  return { message, stack, code: error.code, details: cloneable(error.details) };
}

function cloneable(details: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  try {
    return structuredClone(details);
  } catch {
    return {}; // details only help the log
  }
}
