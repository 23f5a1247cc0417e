import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { demoFiles } from '../../src/demo/config-files';

const ROOT = path.resolve(__dirname, '../..');
const KEY = Buffer.from(Array.from({ length: 32 }, (_value, index) => index * 7 + 3)).toString(
  'base64',
);

/** The whole program in a process of its own, as an administrator starts it. */
export interface Served {
  readonly url: string;
  /** Ends it as `kill -9` does; resolves once it is gone. */
  kill(): Promise<void>;
  /** Resolves when it is gone, whoever ended it. */
  readonly gone: Promise<void>;
}

/** Writes the configuration of the sample ministries into `dir`, with these servers. */
export function writeConfig(
  dir: string,
  servers: Parameters<typeof demoFiles>[0],
): NodeJS.ProcessEnv {
  const files = demoFiles(servers, { port: 0, dataDir: path.join(dir, 'data') });
  const config = path.join(dir, 'config');
  mkdirSync(path.join(config, 'sites'), { recursive: true });
  mkdirSync(path.join(dir, 'data', 'uploads'), { recursive: true });
  writeFileSync(path.join(config, 'app.json'), JSON.stringify(files.app));
  writeFileSync(path.join(config, 'sites', 'saisons.json'), JSON.stringify(files.sites.saisons));
  return { ESTAFETTE_CONFIG: config, ESTAFETTE_SECRET_KEY: KEY, ...files.secrets };
}

/** Runs `estafette serve` of the build; rejects with what it said when it does not start. */
export async function serve(env: NodeJS.ProcessEnv): Promise<Served> {
  const child = spawn(process.execPath, ['dist/src/main.js', 'serve', '--workers', '0', '--json'], {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
  });
  const kill = (): Promise<void> => {
    child.kill('SIGKILL');
    return gone;
  };
  return { url: await addressOf(child, gone), gone, kill };
}

/** The address in the line that says it is ready. */
async function addressOf(child: ChildProcess, gone: Promise<void>): Promise<string> {
  let said = '';
  let troubles = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    troubles = (troubles + chunk.toString()).slice(-4_000);
  });
  const line = new Promise<string>((resolve) => {
    child.stdout?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes('\n')) resolve(said);
    });
  });
  await Promise.race([line, gone]);
  const [, url] = /"url":\s*"([^"]+)"/.exec(said) ?? [];
  if (url === undefined) throw new Error(`it did not start: ${said}${troubles}`);
  return url;
}
