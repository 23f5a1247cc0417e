import { z } from 'zod';
import type { PluginStats } from '../kernel/meter';
import type { AppConfig } from '../sites';
import { table } from './command';

const PORT_MAX = 65_535;
const ASK_MS = 5_000;
/** Processes have the ports that follow one another; one may be away, while another takes its place. */
const AWAY_MAX = 1;

const reportShape = z.object({
  process: z.object({ slot: z.number(), pid: z.number() }),
  // What our own process says of itself.
  plugins: z.custom<readonly PluginStats[]>((value) => Array.isArray(value)),
});

/** What one process says of its plugins. */
export interface ProcessCosts {
  readonly slot: number;
  readonly pid: number;
  readonly plugins: readonly PluginStats[];
}

/**
 * What each running process says its plugins cost, asked on its operations listener; rejects with
 * what to do when none answers.
 */
export async function askCosts({ metrics }: AppConfig): Promise<readonly ProcessCosts[]> {
  if (!metrics) throw new Error('app.json: metrics: needed to ask the running process');
  const { host, port } = metrics;
  const found: ProcessCosts[] = [];
  for (let slot = 0, away = 0; away <= AWAY_MAX && port + slot <= PORT_MAX; slot += 1) {
    const costs = await askOne(`http://${host}:${port + slot}/health/process`);
    // Behind the last process another program may listen.
    const isOurs = costs?.slot === slot;
    if (isOurs) found.push(costs);
    away = isOurs ? 0 : away + 1;
  }
  if (found.length === 0) throw new Error(`no answer at ${host}:${port}: is it running?`);
  return found;
}

async function askOne(url: string): Promise<ProcessCosts | undefined> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(ASK_MS) });
    const { process, plugins } = reportShape.parse(await answer.json());
    return { slot: process.slot, pid: process.pid, plugins };
  } catch {
    return undefined; // nobody there, or somebody else
  }
}

export const costText = (processes: readonly ProcessCosts[]): string =>
  processes
    .map(({ slot, pid, plugins }) => `Process ${slot} (pid ${pid})\n${costTable(plugins)}`)
    .join('\n\n');

function costTable(plugins: readonly PluginStats[]): string {
  const ms = (value: number): number => Math.round(value * 10) / 10;
  const head = [
    'plugin',
    'hook',
    'calls',
    'errors',
    'timeouts',
    'skips',
    'p50',
    'p95',
    'sync',
    'blocked',
  ];
  const rows = plugins.flatMap(({ plugin, hooks }) =>
    hooks.map(({ hook, calls, errors, timeouts, skips, p50Ms, p95Ms, syncMs, blockedMs }) => [
      plugin,
      hook,
      calls,
      errors,
      timeouts,
      skips,
      ms(p50Ms),
      ms(p95Ms),
      ms(syncMs),
      ms(blockedMs),
    ]),
  );
  const troubles = plugins.flatMap(({ plugin, floating, blocked, leakedMb }) => [
    ...(floating > 0 ? [`${plugin}: ${floating} errors that nobody awaited`] : []),
    ...(blocked > 0 ? [`${plugin}: held the process ${blocked} times`] : []),
    ...(leakedMb > 0 ? [`${plugin}: holds ${leakedMb} MB without end`] : []),
  ]);
  if (rows.length === 0) return 'No plugin was called yet.';
  return [table(head, rows), 'Times in milliseconds; sync and blocked in all.', ...troubles].join(
    '\n',
  );
}
