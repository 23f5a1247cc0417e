import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { ImapServer } from './imap-client';
import { readCpuMs, readRssMb } from './proc';

const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 15_000;
const ready = z.looseObject({ url: z.string() });

/** The compiled product in a process of its own. */
export interface Product {
  readonly url: string;
  readonly pid: number;
  /** From the start of the process to the first request it would answer. */
  readonly bootMs: number;
  cpuMs(): number;
  rssMb(): number;
  stop(): Promise<void>;
}

export interface ProductOptions {
  readonly root: string;
  /** A new folder: configuration, database and log of this one process. */
  readonly dir: string;
  readonly imap: ImapServer;
  readonly profile?: string | undefined;
}

/** Starts `estafette serve` in production mode, as an installation does; rejects with its log. */
export async function startProduct(options: ProductOptions): Promise<Product> {
  const { root, dir, profile } = options;
  writeConfig(options);
  const logFile = path.join(dir, 'log');
  const log = openSync(logFile, 'a');
  const startedAt = performance.now();
  const profiling = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`];
  const main = path.join(root, 'dist', 'src', 'main.js');
  const child = spawn(process.execPath, [...profiling, main, 'serve', '--workers', '0', '--json'], {
    cwd: root,
    env: environment(dir),
    stdio: ['ignore', 'pipe', log],
  });
  closeSync(log);
  // A crashed bench must not leave a server behind.
  const onExit = (): void => void child.kill('SIGKILL');
  process.once('exit', onExit);
  try {
    const { url } = ready.parse(JSON.parse(await firstLine(child)));
    const pid = child.pid ?? 0;
    return {
      url,
      pid,
      bootMs: performance.now() - startedAt,
      cpuMs: () => readCpuMs(pid),
      rssMb: () => readRssMb(pid),
      stop: async () => {
        await stopChild(child);
        process.removeListener('exit', onExit);
      },
    };
  } catch (cause) {
    child.kill('SIGKILL');
    const tail = readFileSync(logFile, 'utf8').slice(-2_000);
    throw new Error(`the product did not start:\n${tail}`, { cause });
  }
}

/** Nothing of the caller's settings reaches the product. */
const environment = (dir: string): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'],
  NODE_ENV: 'production',
  ESTAFETTE_CONFIG: path.join(dir, 'config'),
  ESTAFETTE_SECRET_KEY: randomBytes(32).toString('base64'),
});

function writeConfig({ root, dir, imap }: ProductOptions): void {
  const config = path.join(dir, 'config');
  const data = path.join(dir, 'data');
  mkdirSync(path.join(config, 'sites'), { recursive: true });
  mkdirSync(path.join(data, 'uploads'), { recursive: true });
  const write = (name: string, value: unknown): void =>
    writeFileSync(path.join(config, name), JSON.stringify(value));
  write('app.json', {
    listen: { host: '127.0.0.1', port: 0 },
    publicUrl: { scheme: 'http' },
    dataDir: data,
  });
  write('plugins.json', {});
  write(path.join('sites', 'bench.json'), {
    hosts: ['127.0.0.1'],
    title: 'Ministère des Mesures',
    mailDomains: ['saisons.example'],
    skin: 'saisons',
    imap: { host: imap.host, port: imap.port, security: 'none' },
    // Nothing is sent here: the port is never spoken to.
    smtp: { host: '127.0.0.1', port: 9, security: 'none', auth: 'none' },
    signIn: { kind: 'imap' },
    support: { name: 'Assistance' },
    plugins: Object.fromEntries(bundledPlugins(root).map((id) => [id, true])),
  });
}

/** Asks for a grant that nobody gave here: the sign-in of a site that has it on stays closed. */
const GUARD = 'twofactor';

/** All others on: what an installation may have to carry. */
function bundledPlugins(root: string): string[] {
  const dir = path.join(root, 'plugins');
  const isPlugin = (id: string): boolean =>
    id !== GUARD && existsSync(path.join(dir, id, 'plugin.ts'));
  return existsSync(dir) ? readdirSync(dir).filter(isPlugin) : [];
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const timer = setTimeout(() => reject(new Error('not ready in time')), START_TIMEOUT_MS);
    child.stdout?.on('data', (piece: Buffer) => {
      text += piece.toString('utf8');
      if (!text.includes('\n')) return;
      clearTimeout(timer);
      resolve(text.slice(0, text.indexOf('\n')));
    });
    child.once('error', reject);
    child.once('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`it ended with ${code}`));
    });
  });
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
  });
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  await ended;
  clearTimeout(timer);
}
