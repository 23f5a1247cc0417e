import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { transformFileSync } from '@swc/core';
import type { IsolationReport } from '../../../src/app/isolation';
import { freePortRun } from '../../../src/base/ports';

const ROOT = path.resolve(__dirname, '../../..');
const SECRET = randomBytes(32).toString('base64');
const START_MS = 60_000;

export interface LogLine {
  readonly msg: string;
  readonly [field: string]: unknown;
}

/** The program with the noisy plugin, under its supervisor. */
export interface NoisyServed {
  readonly url: string;
  readonly child: ChildProcess;
  /** What was logged so far. */
  log(): readonly LogLine[];
  /** Waits for a line of the log. */
  said(test: (line: LogLine) => boolean): Promise<LogLine>;
  /** What one process tells its operator. */
  report(slot?: number): Promise<IsolationReport>;
  /** Asks from this machine, or from another of its own addresses: `127.0.0.2` is somebody else. */
  get(path: string, from?: string): Promise<number>;
  stop(): Promise<number | null>;
}

/** Starts it with so many processes; `limits` as in `app.json`. */
export async function serveNoisy(
  workers: number,
  limits: Readonly<Record<string, number>>,
  more: { readonly plugin?: string } = {},
): Promise<NoisyServed> {
  const dir = makeDir();
  const metricsPort = await freePortRun(workers);
  const env = {
    ...writeConfig(dir, limits, metricsPort),
    ...(more.plugin !== undefined && { NOISY_ROOT: writeRoot(dir, more.plugin) }),
  };
  const child = start(dir, ['serve', '--workers', String(workers), '--json'], env);
  const seen = { out: '', err: '' };
  const waiting = new Set<() => void>();
  const hear = (name: 'out' | 'err') => (chunk: Buffer) => {
    seen[name] += chunk.toString();
    for (const look of waiting) look();
  };
  child.stdout?.on('data', hear('out'));
  child.stderr?.on('data', hear('err'));
  const gone = new Promise<number | null>((resolve) => {
    child.once('exit', resolve);
  });
  const until = <T>(find: () => T | undefined): Promise<T> =>
    new Promise((resolve, reject) => {
      const end = (): void => {
        clearTimeout(timer);
        waiting.delete(look);
      };
      const look = (): void => {
        const found = find();
        if (found === undefined) return;
        end();
        resolve(found);
      };
      const fail = (): void => {
        end();
        reject(new Error(`not seen:\n${seen.out}\n${seen.err.slice(-6_000)}`));
      };
      const timer = setTimeout(fail, START_MS);
      void gone.then(fail);
      waiting.add(look);
      look();
    });
  const log = (): readonly LogLine[] => seen.err.split('\n').flatMap(parseLine);

  const url = await until(() => /"url":"([^"]+)"/.exec(seen.out)?.[1]);
  const watched = (): number => log().filter(({ msg }) => msg === 'loop/watched').length;
  await until(() => (watched() >= workers ? true : undefined));
  return {
    url,
    child,
    log,
    said: (test) => until(() => log().find(test)),
    async report(slot = 0) {
      const where = new URL(`http://127.0.0.1:${metricsPort + slot}/health/process`);
      return JSON.parse((await get(where)).body) as IsolationReport; // our own listener
    },
    get: (where, from) => get(new URL(where, url), from).then(({ status }) => status),
    async stop() {
      child.kill('SIGTERM');
      const code = await gone;
      rmSync(dir, { recursive: true, force: true });
      return code;
    },
  };
}

/** Runs one command of the program to its end. */
export async function runNoisy(
  args: readonly string[],
): Promise<{ readonly code: number | null; readonly out: string; readonly err: string }> {
  const dir = makeDir();
  const child = start(dir, args, writeConfig(dir, {}, 0));
  const said = { out: '', err: '' };
  child.stdout?.on('data', (chunk: Buffer) => {
    said.out += chunk.toString();
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    said.err += chunk.toString();
  });
  const code = await new Promise<number | null>((resolve) => {
    child.once('close', resolve);
  });
  rmSync(dir, { recursive: true, force: true });
  return { code, ...said };
}

// Files of code are told by their real paths.
const makeDir = (): string => realpathSync(mkdtempSync(path.join(tmpdir(), 'noisy-')));

const start = (dir: string, args: readonly string[], env: NodeJS.ProcessEnv): ChildProcess =>
  spawn(process.execPath, [writeProgram(dir), ...args], {
    env: { ...process.env, NOISY_ROOT: ROOT, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });

/**
 * Compiles the program beside a link to the build, and names its file: some forty processes run it,
 * and from the sources each of them takes twice as long to start.
 */
function writeProgram(dir: string): string {
  const program = path.join(dir, 'program');
  const here = path.join(program, path.relative(ROOT, __dirname));
  mkdirSync(here, { recursive: true });
  symlinkSync(path.join(ROOT, 'dist', 'src'), path.join(program, 'src'));
  for (const name of ['main', 'plugin']) {
    const { code } = transformFileSync(path.join(__dirname, `${name}.ts`), {
      jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
      module: { type: 'commonjs' },
      swcrc: false,
    });
    writeFileSync(path.join(here, `${name}.js`), code);
  }
  return path.join(here, 'main.js');
}

/** On a connection of its own: one that is kept may end with the process that has it. */
function get(
  url: URL,
  localAddress?: string,
): Promise<{ readonly status: number; readonly body: string }> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { agent: false, timeout: START_MS, localAddress }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (piece: string) => {
        body += piece;
      });
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    });
    asked.on('timeout', () => asked.destroy(new Error(`no answer: ${url.pathname}`)));
    asked.on('error', reject).end();
  });
}

function writeConfig(
  dir: string,
  limits: Readonly<Record<string, number>>,
  metricsPort: number,
): NodeJS.ProcessEnv {
  const config = path.join(dir, 'config');
  mkdirSync(path.join(config, 'sites'), { recursive: true });
  mkdirSync(path.join(dir, 'data', 'uploads'), { recursive: true });
  const write = (name: string, value: unknown): void =>
    writeFileSync(path.join(config, name), JSON.stringify(value));
  const nowhere = { host: '127.0.0.1', port: 9, security: 'none' };
  write('app.json', {
    listen: { host: '127.0.0.1', port: 0 },
    publicUrl: { scheme: 'http' },
    metrics: { host: '127.0.0.1', port: metricsPort },
    dataDir: path.join(dir, 'data'),
    limits,
  });
  write('plugins.json', {});
  write('sites/essai.json', {
    hosts: ['127.0.0.1'],
    title: 'Essai',
    mailDomains: ['essai.example'],
    imap: nowhere,
    smtp: { ...nowhere, auth: 'none' },
    signIn: { kind: 'imap' },
    support: { name: 'Assistance' },
    plugins: { noisy: true, tick: true },
  });
  return { ESTAFETTE_CONFIG: config, ESTAFETTE_SECRET_KEY: SECRET };
}

/** An installation whose one plugin, `tick`, has this code. */
function writeRoot(dir: string, plugin: string): string {
  const root = path.join(dir, 'root');
  mkdirSync(path.join(root, 'plugins', 'tick'), { recursive: true });
  for (const name of ['locales', 'skins', 'package.json'])
    symlinkSync(path.join(ROOT, name), path.join(root, name));
  writeFileSync(path.join(root, 'plugins', 'tick', 'plugin.js'), plugin);
  return root;
}

function parseLine(text: string): LogLine[] {
  try {
    return [JSON.parse(text) as LogLine]; // our own log
  } catch {
    return [];
  }
}
