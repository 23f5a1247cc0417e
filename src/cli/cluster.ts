import cluster, { type Worker } from 'node:cluster';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { z } from 'zod';
import type { ProcessNews } from '../kernel/process-news';
import type { Fork, Quarantined, SupervisorLink } from './supervisor-types';

/** The one variable between the supervisor and its processes. */
const VARIABLE = 'ESTAFETTE_SUPERVISED';
/** After standard input, output, error and the channel. */
const REPORT_FD = 4;

const quarantined = z.object({
  plugin: z.string(),
  reason: z.string(),
  who: z.string().optional(),
  until: z.number().optional(),
});
const news = z.object({
  restarts: z
    .array(
      z.object({
        at: z.string(),
        slot: z.int(),
        pid: z.int(),
        why: z.string(),
        plugin: z.string().optional(),
      }),
    )
    .readonly(),
  refusedReload: z.string().optional(),
});
const workerStart = z.object({
  slot: z.int().min(0),
  port: z.int(),
  reason: z.string(),
  quarantined: z.array(quarantined),
  news,
});
const fromChild = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('ready'),
    // What our own process says of itself.
    info: z.custom<Parameters<SupervisorLink['ready']>[0]>((value) => value instanceof Object),
  }),
  z.object({
    type: z.literal('replace'),
    reason: z.string(),
    plugin: z.string().optional(),
  }),
]);
const toChild = z.discriminatedUnion('type', [
  z.object({ type: z.literal('quarantine'), found: quarantined }),
  z.object({ type: z.literal('news'), news }),
]);
type ToChild = z.input<typeof toChild>;
const reportLine = z.object({
  type: z.enum(['blocked', 'stuck', 'freed']),
  ms: z.number(),
  plugin: z.string().optional(),
  hook: z.string().optional(),
  requestId: z.string().optional(),
  who: z.string().optional(),
  at: z.string().optional(),
});

/** Starts processes of this same program, which share the port through `node:cluster`. */
export function clusterFork(args: readonly string[]): Fork {
  // Each process accepts by itself. Handed out in turn by this one, a connection given to a process
  // that stands still or has just died would be lost without a word.
  cluster.schedulingPolicy = cluster.SCHED_NONE;
  cluster.setupPrimary({
    args: [...args],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc', 'pipe'],
  });
  return (start, events) => {
    const worker = cluster.fork({ [VARIABLE]: JSON.stringify(start) });
    worker.on('message', (message: unknown) => {
      const said = fromChild.safeParse(message);
      if (!said.success) return;
      if (said.data.type === 'ready') events.onReady(said.data.info);
      else events.onReplace(said.data);
    });
    // Without a listener an error of the channel would end the supervisor.
    worker.on('error', () => undefined);
    worker.once('exit', (code, signal) => events.onExit(signal ? undefined : code));
    readReports(worker, events.onReport);
    return {
      pid: worker.process.pid ?? 0,
      stop: () => void worker.process.kill('SIGTERM'),
      kill: () => void worker.process.kill('SIGKILL'),
      quarantine: (found) => send(worker, { type: 'quarantine', found }),
      tell: (told) => send(worker, { type: 'news', news: told }),
    };
  };
}

function send(worker: Worker, message: ToChild): void {
  if (worker.isConnected()) worker.send(message, () => undefined);
}

function readReports(worker: Worker, tell: (line: z.output<typeof reportLine>) => void): void {
  const pipe = worker.process.stdio[REPORT_FD];
  if (!(pipe instanceof Readable)) return;
  pipe.on('error', () => undefined);
  createInterface({ input: pipe }).on('line', (text) => {
    const line = reportLine.safeParse(parse(text));
    if (line.success) tell(line.data);
  });
}

/** The link to the supervisor, in a process that it started; `undefined` in any other. */
export function connectSupervisor(env: NodeJS.ProcessEnv): SupervisorLink | undefined {
  const text = env[VARIABLE];
  if (!cluster.isWorker || text === undefined) return undefined;
  const start = workerStart.parse(parse(text));
  const say = (message: object): void => {
    if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
  };
  let last: ProcessNews = start.news;
  let quarantine: ((found: Quarantined) => void) | undefined;
  const early: Quarantined[] = [];
  process.on('message', (message: unknown) => {
    const said = toChild.safeParse(message);
    if (!said.success) return;
    if (said.data.type === 'news') last = said.data.news;
    else if (quarantine) quarantine(said.data.found);
    else early.push(said.data.found);
  });
  return {
    start,
    reportFd: REPORT_FD,
    ready: (info) => say({ type: 'ready', info }),
    replace: (request) => say({ type: 'replace', ...request }),
    onQuarantine(run) {
      quarantine = run;
      // Told while this process was still starting.
      for (const found of early.splice(0)) run(found);
    },
    news: () => last,
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
