/** What travels between a pool and its workers; everything is a structured clone. */
export interface TaskRequest {
  readonly id: number;
  readonly task: string;
  readonly input: unknown;
}

export type WorkerMessage =
  | { readonly type: 'ready' }
  | { readonly type: 'done'; readonly id: number; readonly result: unknown }
  | { readonly type: 'failed'; readonly id: number; readonly error: TaskError };

/** An error as it crosses threads: class instances do not. */
export interface TaskError {
  readonly message: string;
  readonly stack: string | undefined;
  /** Of an AppError. */
  readonly code: string | undefined;
  readonly details: Readonly<Record<string, unknown>>;
}
