import type { PluginStats } from '../kernel/meter';
import type { AppConfig } from '../sites';
import { table } from './command';

const ASK_MS = 5_000;

/**
 * What the running process says its plugins cost, asked on its operations listener; rejects with
 * what to do when there is none.
 */
export async function askCosts({ metrics }: AppConfig): Promise<readonly PluginStats[]> {
  if (!metrics) throw new Error('app.json: metrics: needed to ask the running process');
  const url = `http://${metrics.host}:${metrics.port}/health/process`;
  const answer = await fetch(url, { signal: AbortSignal.timeout(ASK_MS) }).catch(
    (cause: unknown) => {
      throw new Error(`no answer at ${url}: is it running?`, { cause });
    },
  );
  const report = (await answer.json()) as { readonly plugins?: readonly PluginStats[] }; // our own listener
  return report.plugins ?? [];
}

export function costTable(plugins: readonly PluginStats[]): string {
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
