import { runAs } from '../kernel/isolate';
import type { PluginCommand } from './define';
import type { Host } from './host';
import type { PluginSet } from './plugin-set';

/** A command of a plugin, bound to its context; resolves with the exit code. */
export interface RunnableCommand extends Pick<PluginCommand, 'name' | 'summary'> {
  run(input: Parameters<PluginCommand['run']>[1]): Promise<number>;
}

/** Commands of plugins in service on some site; each runs under its plugin's name. */
export const pluginCommands = (
  host: Pick<Host, 'all'>,
  set: Pick<PluginSet, 'sitesOf'>,
): readonly RunnableCommand[] =>
  host
    .all()
    .filter(({ id }) => set.sitesOf(id).length > 0)
    .flatMap(({ id, definition, context }) =>
      (definition.contributes?.commands ?? []).map((command) => ({
        name: command.name,
        summary: command.summary,
        run: (input) =>
          runAs({ plugin: id, hook: `command:${command.name}` }, async () =>
            command.run(context, input),
          ),
      })),
    );
