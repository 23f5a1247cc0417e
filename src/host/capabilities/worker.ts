import type { PluginWorkers } from '../../kernel/plugin-worker';
import type { FoundPlugin } from '../discover';
import type { Gate } from './gate';

/** Files of the plugin run in threads of its own; those of the compiled plugin where there are any. */
export function pluginWorker(
  gate: Gate,
  { dir, codeDir }: Pick<FoundPlugin, 'dir' | 'codeDir'>,
  workers: Pick<PluginWorkers, 'run'>,
) {
  return async <T>(
    file: string,
    input: unknown,
    { timeoutMs }: { readonly timeoutMs: number },
  ): Promise<T> => {
    gate.need('worker');
    const at = { id: gate.plugin, dir: codeDir ?? dir };
    // The plugin wrote both sides: it agrees with itself on the type.
    return (await workers.run(at, file, input, { timeoutMs })) as T;
  };
}
