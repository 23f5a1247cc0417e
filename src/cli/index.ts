// The command line: finds the command, runs it, explains what went wrong.
// Not here: the application itself, which `deps` brings. Called by main.ts and by tests.
import { accountUnlock } from './account';
import { assetsBuild } from './assets-build';
import { auditVerify } from './audit-verify';
import { type Command, EXIT, type Io, UsageError } from './command';
import { configHistory } from './config-history';
import { configRollback } from './config-rollback';
import { configSet } from './config-set';
import { createPlugin } from './create-plugin';
import { createSkin } from './create-skin';
import { demo } from './demo';
import type { Deps } from './deps';
import { docsConfig } from './docs-config';
import { docsPlugins } from './docs-plugins';
import { explain } from './explain';
import { reportFailure } from './failure';
import { helpText } from './help';
import { hooks } from './hooks';
import { migrate } from './migrate';
import { isPluginCommand, pluginCommand } from './plugin-command';
import { plugins } from './plugins';
import { pluginsAdd } from './plugins-add';
import { pluginsRemove } from './plugins-add-remove';
import { pluginsPurge } from './plugins-purge';
import { serve } from './serve';
import { signInUnlink } from './sign-in';
import { sitesCheck } from './sites-check';
import { userErase, userExport } from './users';
import { version } from './version';

export { type Command, EXIT, type Io, UsageError } from './command';
export type {
  App,
  AuditDoor,
  Demo,
  DemoInfo,
  DemoOptions,
  Deps,
  EnablingDoor,
  Ping,
} from './deps';

/** In the order of `estafette help`. */
export const COMMANDS: readonly Command[] = [
  serve,
  migrate,
  demo,
  plugins,
  pluginsAdd,
  pluginsRemove,
  pluginsPurge,
  hooks,
  sitesCheck,
  explain,
  configSet,
  configRollback,
  configHistory,
  createPlugin,
  createSkin,
  userExport,
  userErase,
  auditVerify,
  signInUnlink,
  accountUnlock,
  assetsBuild,
  docsConfig,
  docsPlugins,
  version,
];

/** Runs `argv` (without node and script); resolves with the exit code and never rejects. */
export async function runCli(argv: readonly string[], io: Io, deps: Deps): Promise<number> {
  const json = argv.includes('--json');
  const debug = argv.includes('--debug');
  try {
    const [name, ...args] = commandFirst(argv);
    if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
      return help(io, COMMANDS, args, json);
    }
    const wanted = name === '--version' ? 'version' : name;
    const command = find(COMMANDS, wanted);
    if (args.includes('--help')) return help(io, [command], [wanted], json);
    return await command.run(io, args, deps);
  } catch (error) {
    return reportFailure(io, error, { json, debug });
  }
}

/** `--json plugins` as `plugins --json`: options that every command knows may come before it. */
function commandFirst(argv: readonly string[]): readonly string[] {
  const at = argv.findIndex((word) => word !== '--json' && word !== '--debug');
  const word = argv[at];
  return word === undefined ? [] : [word, ...argv.slice(0, at), ...argv.slice(at + 1)];
}

function find(commands: readonly Command[], name: string): Command {
  const command =
    commands.find((candidate) => candidate.name === name) ??
    (isPluginCommand(name) ? pluginCommand(name) : undefined);
  if (!command) throw new UsageError(`no command "${name}"`);
  return command;
}

function help(
  io: Io,
  commands: readonly Command[],
  args: readonly string[],
  json: boolean,
): number {
  const [name] = args.filter((arg) => !arg.startsWith('-'));
  const chosen = name === undefined ? commands : [find(commands, name)];
  if (json) {
    const document = chosen.map(({ name: id, summary, usage }) => ({ name: id, summary, usage }));
    io.out(JSON.stringify({ commands: document }));
  } else {
    io.out(helpText(chosen, name !== undefined));
  }
  return EXIT.ok;
}
