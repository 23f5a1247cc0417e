import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { access, chmod, constants, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { delay } from '../../base/async';

const START_TIMEOUT_MS = 15_000;
const STOP_TIMEOUT_MS = 5_000;
const POLL_MS = 25;
const COMMAND_TIMEOUT_MS = 600_000; // indexing 100,000 messages on a busy machine
const MAX_OUTPUT_BYTES = 10 * 1024 * 1024;

/** The first of several paths that can be run; says which Debian package is missing. */
export async function findBinary(paths: readonly string[], debianPackage: string): Promise<string> {
  for (const path of paths) {
    try {
      await access(path, constants.X_OK);
      return path;
    } catch {
      // The next path may hold it.
    }
  }
  throw new Error(`${paths.join(' or ')} is missing: install the Debian package ${debianPackage}`);
}

/** Makes a directory for a server and fills it with `prepare`; removed again when that fails. */
export async function inNewDirectory<T>(
  name: string,
  prepare: (directory: string) => Promise<T>,
): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), `estafette-${name}-`));
  try {
    await chmod(directory, 0o755); // unprivileged processes of the server must reach what is inside
    return await prepare(directory);
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
}

/** Runs a program to its end; rejects with what it printed when it fails. */
export function runCommand(
  file: string,
  args: readonly string[],
  options: { readonly cwd?: string } = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const limits = { timeout: COMMAND_TIMEOUT_MS, maxBuffer: MAX_OUTPUT_BYTES };
    execFile(file, [...args], { ...limits, ...options }, (error, stdout, stderr) => {
      if (error) reject(new Error(`${file} failed: ${stderr || error.message}`, { cause: error }));
      else resolve(stdout);
    });
  });
}

/** A server of ours in its own directory, stopped by its own process id. */
export interface PrivateServer {
  readonly pid: number;
  stop(): Promise<void>;
}

export interface PrivateServerOptions {
  readonly file: string;
  readonly args: readonly string[];
  readonly port: number;
  /** Removed when the server stops. */
  readonly directory: string;
  /** Told when the server does not start. */
  readonly logFile?: string;
}

/** Starts a server in the foreground and waits until its port answers. */
export async function startPrivateServer(options: PrivateServerOptions): Promise<PrivateServer> {
  const child = spawn(options.file, options.args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => {
    errors = (errors + chunk.toString()).slice(-4000);
  });
  child.on('error', (error) => {
    errors += error.message;
  });
  // A crashed parent must not leave servers behind.
  const onExit = (): void => {
    child.kill('SIGTERM');
  };
  process.once('exit', onExit);
  const stop = async (): Promise<void> => {
    process.removeListener('exit', onExit);
    await stopChild(child);
    await rm(options.directory, { recursive: true, force: true, maxRetries: 3 });
  };
  try {
    await waitForPort(options.port, () => child.exitCode === null && child.pid !== undefined);
  } catch (cause) {
    const log = options.logFile ? await readFile(options.logFile, 'utf8').catch(() => '') : '';
    await stop();
    throw new Error(`${options.file} did not start: ${errors}${log.slice(-4000)}`, { cause });
  }
  return { pid: child.pid ?? 0, stop };
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
  });
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  await ended;
  clearTimeout(timer);
}

async function waitForPort(port: number, isAlive: () => boolean): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (!(await answers(port))) {
    if (!isAlive()) throw new Error('the process ended');
    if (Date.now() > deadline) throw new Error(`nothing listens on port ${port}`);
    await delay(POLL_MS);
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port });
    const end = (result: boolean): void => {
      socket.destroy();
      resolve(result);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
  });
}
