import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildSync } from 'esbuild';

const ROOT = path.resolve(__dirname, '..', '..');

/** One sending in a process of its own, and where to end it. */
interface Sending {
  readonly draft: string;
  readonly smtpPort: number;
  readonly step: string;
  /** Again, its outcome being unknown. */
  readonly resend?: boolean;
  /** As a plugin does, with `draft` for its key. */
  readonly keyed?: boolean;
  /** What was put off, with nobody there. */
  readonly due?: boolean;
}

/** The program of `crash-send.ts`, built, and the folder of its data. */
export interface CrashProcess {
  readonly dir: string;
  /** Sends, kills the process when it reaches the step, waits for its end; what it said last. */
  sendAndKill(sending: Sending): Promise<string>;
  /** Ends what still runs, and removes the folder. */
  close(): void;
}

/** Builds the program in a new folder, whose name starts so. */
export function crashProcess(prefix: string): CrashProcess {
  const dir = mkdtempSync(path.join(tmpdir(), prefix));
  const script = path.join(dir, 'crash-send.js');
  buildSync({
    entryPoints: [path.join(ROOT, 'test/kit/crash-send.ts')],
    outfile: script,
    bundle: true,
    platform: 'node',
    packages: 'external',
    logLevel: 'silent',
  });
  const children = new Set<ReturnType<typeof start>>();
  const start = (args: readonly string[]) =>
    spawn(process.execPath, [script, dir, ...args], {
      env: { ...process.env, NODE_PATH: path.join(ROOT, 'node_modules') },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  return {
    dir,
    async sendAndKill({ draft, smtpPort, step, resend = false, keyed = false, due = false }) {
      const child = start([
        String(smtpPort),
        draft,
        step,
        ...(resend ? ['resend'] : []),
        ...(keyed ? ['keyed'] : []),
        ...(due ? ['due'] : []),
      ]);
      children.add(child);
      const errors: Buffer[] = [];
      child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
      const exited = new Promise<void>((resolve) => {
        child.once('exit', () => resolve());
      });
      const said = await new Promise<string>((resolve) => {
        child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString().trim()));
        child.once('exit', () => resolve(`exit: ${Buffer.concat(errors).toString()}`));
      });
      child.kill('SIGKILL');
      await exited;
      children.delete(child);
      return said;
    },
    close() {
      for (const child of children) child.kill('SIGKILL');
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
