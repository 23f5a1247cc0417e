import { AsyncLocalStorage } from 'node:async_hooks';
import { enterMark, leaveMark, markOf } from './running';

/** The hook that tells of failures: its own failures are logged and never reported again. */
export const REPORT_HOOK = 'error:reported';

/** Whose code is running: what a floating error or a slow loop is charged to. */
export interface Attribution {
  readonly plugin: string;
  /** Hook, or a bounded name such as `slot:message.toolbar@1`, `job:alarms`, `route:get /`. */
  readonly hook: string;
  readonly requestId?: string;
  /** Number of plugin calls inside one another; set by the kernel. */
  readonly depth?: number;
}
/** An attribution as it is carried along; only the kernel makes one. */
export interface Frame extends Attribution {
  readonly depth: number;
  readonly isReporting: boolean;
}

// One per process by nature: it follows asynchronous execution, which is a property of the process.
const storage = new AsyncLocalStorage<Frame>();

/** The plugin whose code is running now, in this asynchronous context. */
export const currentAttribution = (): Attribution | undefined => storage.getStore();

export const currentFrame = (): Frame | undefined => storage.getStore();

/** The argument saves a closure on the path of every call. */
export const runInFrame = <A, T>(frame: Frame, run: (argument: A) => T, argument: A): T =>
  storage.run(frame, run, argument);

/** Runs plugin code (activate, a job, a route) so that its floating errors are charged to it. */
export function runAs<T>(attribution: Attribution, run: () => T): T {
  const before = enterMark(markOf(attribution.plugin, attribution.hook));
  try {
    return storage.run(frameOf(attribution, storage.getStore()), run);
  } finally {
    leaveMark(before);
  }
}

/** Runs core code that outlives the plugin call it happens in, such as opening a pooled connection. */
export const runDetached = <T>(run: () => T): T => storage.exit(run);

/** The frame of a call made inside `parent`. */
export function frameOf(
  { plugin, hook, requestId }: Attribution,
  parent: Frame | undefined,
  depth?: number,
): Frame {
  return {
    plugin,
    hook,
    requestId: requestId ?? parent?.requestId,
    depth: depth ?? parent?.depth ?? 0,
    isReporting: hook === REPORT_HOOK || parent?.isReporting === true,
  };
}
