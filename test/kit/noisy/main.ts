import type { Deps } from '../../../src/cli';
import { connectSupervisor } from '../../../src/cli/cluster';
import { runProcess } from '../../../src/cli/process';
import { loadConfig } from '../../../src/sites';

// Loaded by the processes that need them, as in `main.ts`: the supervisor serves nothing itself.
const app = () => import('../../../src/app.js');
const supervise = () => import('../../../src/cli/supervise.js');
const noisy = () => import('./plugin.js');

/** The program as `main.ts` starts it, with one more plugin: what processes of tests run. */
const root = process.env['NOISY_ROOT'] ?? '';
const link = connectSupervisor(process.env);
const unused = (): never => {
  throw new Error('not for this program');
};
const deps: Deps = {
  root,
  version: '0.0.0',
  loadConfig: () => loadConfig({ root, env: process.env }),
  async createApp(config, options) {
    const extraPlugins = [(await noisy()).noisyPlugin];
    return (await app()).createApp(config, { ...options, ownsProcess: true, extraPlugins });
  },
  processes: {
    ...(link && { link }),
    supervise: async (options) => (await supervise()).supervise(options),
  },
  openDatabase: unused,
  pluginDatabases: unused,
  migrationSets: unused,
  siteFaults: unused,
  askProviders: unused,
  openEnabling: unused,
  openAudit: unused,
  startDemo: unused,
  pings: { imap: unused, smtp: unused, ldap: unused },
};

void runProcess(deps);
