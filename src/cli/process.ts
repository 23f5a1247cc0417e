import { createInterface } from 'node:readline';
import type { Io } from './command';
import type { Deps } from './deps';
import { runCli } from './index';

/** Runs the command line of this process to its end and leaves with the right code. */
export async function runProcess(deps: Deps): Promise<void> {
  // A reader that leaves early (`| head`) is not a failure of ours.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    process.exit(error.code === 'EPIPE' ? 0 : 1);
  });
  const code = await runCli(process.argv.slice(2), processIo(), deps);
  process.exitCode = code;
  // What is written to a pipe arrives before the end; a forgotten socket does not hold us back.
  process.stdout.write('', () => {
    process.stderr.write('', () => process.exit(code));
  });
}

/** Lines of standard input, from a person or a pipe; opened by the first question only. */
function askOnTerminal(): NonNullable<Io['ask']> {
  let lines: AsyncIterator<string> | undefined;
  return async (question) => {
    lines ??= createInterface({ input: process.stdin })[Symbol.asyncIterator]();
    process.stderr.write(question);
    const { done, value } = await lines.next();
    if (!process.stdin.isTTY) process.stderr.write('\n');
    return done ? undefined : value;
  };
}

function processIo(): Io {
  return {
    out: (text) => process.stdout.write(`${text}\n`),
    err: (text) => process.stderr.write(`${text}\n`),
    env: process.env,
    ask: askOnTerminal(),
    untilStopped: () =>
      new Promise((resolve) => {
        for (const signal of ['SIGTERM', 'SIGINT'] as const) {
          // Once: a second Ctrl+C ends the process at once, as people expect.
          process.once(signal, () => resolve(signal));
        }
      }),
  };
}
