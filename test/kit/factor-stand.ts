import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type App, createApp } from '../../src/app';
import { demoFiles } from '../../src/demo/config-files';
import { startDemoStack } from '../../src/demo/stack';
import { parseAppConfig } from '../../src/sites';
import { agentOf } from './admin-stand';
import type { MovingClock } from './moving-clock';

const ROOT = path.resolve(__dirname, '..', '..');

/** A process of an installation. */
export interface FactorProcess {
  readonly app: App;
  readonly base: string;
}

/** Servers and a data folder with the second factor of the platform; processes come and go. */
export interface FactorInstallation {
  readonly dataDir: string;
  /** Starts one, as another one at the same time or after it; under a server key of its own if told. */
  start(secrets?: NodeJS.ProcessEnv): Promise<FactorProcess>;
  /** Stops all of them, and leaves nothing. */
  close(): Promise<void>;
}

/** Makes one, whose administrators are these agents; those of the demonstration unless told. */
export async function factorInstallation(
  clock: MovingClock,
  administrators?: readonly number[],
): Promise<FactorInstallation> {
  const stack = await startDemoStack({ seed: false });
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'estafette-factor-'));
  mkdirSync(path.join(dataDir, 'uploads'), { recursive: true });
  const files = demoFiles(stack, { port: 0, dataDir });
  const group = {
    id: 'dsi',
    title: 'Direction du numérique',
    match: { logins: administrators?.map((index) => agentOf(index).username) },
    permissions: ['admin.access'],
  };
  const site = {
    ...files.sites.saisons,
    plugins: { twofactor: true },
    choices: [],
    ...(administrators && { groups: [group] }),
  };
  const running: App[] = [];
  return {
    dataDir,
    async start(secrets = {}) {
      const config = parseAppConfig(
        {
          root: ROOT,
          app: { ...files.app, log: { level: 'silent' } },
          plugins: { grants: { twofactor: ['audit', 'db', 'notice', 'session.end'] } },
          sites: [{ file: 'config/sites/saisons.json', value: site }],
        },
        { ...files.secrets, ...secrets },
      );
      const app = await createApp(config, { clock });
      running.unshift(app);
      const { port } = await app.start();
      return { app, base: `http://127.0.0.1:${port}` };
    },
    async close() {
      for (const app of running) await app.stop();
      await stack.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
