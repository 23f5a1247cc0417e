import { didYouMean } from '../kernel/config-shape';
import { type Command, UsageError } from './command';
import { withApp } from './with-app';

/** `<plugin id>:<verb>`, as plugins declare their commands. */
export const isPluginCommand = (name: string): boolean => /^[a-z][a-z0-9-]*:\S+$/.test(name);

/** A command that a plugin may have: only a built application knows which there are. */
export const pluginCommand = (name: string): Command => ({
  name,
  summary: 'a command of a plugin, where it is in service',
  usage: `estafette ${name} [what the plugin takes]`,
  run: (io, args, deps) =>
    withApp(deps, async ({ commands }) => {
      const command = commands.find((candidate) => candidate.name === name);
      if (command) return command.run({ args, print: io.out });
      const names = commands.map((candidate) => candidate.name);
      const hint = didYouMean(name, names);
      throw new UsageError(`no command "${name}", here or of a plugin in service${hint}`);
    }),
});
