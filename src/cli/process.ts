import type { Command, Io } from './command';
import type { Deps } from './deps';
import { runCli } from './index';

/** Runs the command line of this process to its end and leaves with the right code. */
export async function runProcess(deps: Deps, more: readonly Command[] = []): Promise<void> {
  // A reader that leaves early (`| head`) is not a failure of ours.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    process.exit(error.code === 'EPIPE' ? 0 : 1);
  });
  const code = await runCli(process.argv.slice(2), processIo(), deps, more);
  process.exitCode = code;
  // What is written to a pipe arrives before the end; a forgotten socket does not hold us back.
  process.stdout.write('', () => {
    process.stderr.write('', () => process.exit(code));
  });
}

function processIo(): Io {
  return {
    out: (text) => process.stdout.write(`${text}\n`),
    err: (text) => process.stderr.write(`${text}\n`),
    env: process.env,
    untilStopped: () =>
      new Promise((resolve) => {
        for (const signal of ['SIGTERM', 'SIGINT'] as const) {
          // Once: a second Ctrl+C ends the process at once, as people expect.
          process.once(signal, () => resolve(signal));
        }
      }),
  };
}
