import { type Command, table } from './command';

/** The list of commands, or the whole usage of one. */
export function helpText(commands: readonly Command[], isDetailed: boolean): string {
  if (isDetailed) {
    return commands.map(({ summary, usage }) => `${summary}\n\n${usage}`).join('\n\n');
  }
  const rows = commands.map(({ name, summary }) => [`  ${name}`, summary]);
  return [
    'Usage: estafette <command> [options]',
    '',
    table(['Commands:', ''], [...rows, ['  help [command]', 'shows this, or one command']]),
    '',
    '--json prints one JSON document; --debug shows where an error comes from.',
    'Exit codes: 0 done, 1 failure, 64 usage, 69 a server is unavailable, 78 configuration.',
  ].join('\n');
}
