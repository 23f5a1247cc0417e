import path from 'node:path';
import { createApp } from '../../../src/app';
import type { Deps } from '../../../src/cli';
import { connectSupervisor } from '../../../src/cli/cluster';
import { runProcess } from '../../../src/cli/process';
import { supervise } from '../../../src/cli/supervise';
import { loadConfig } from '../../../src/sites';
import { noisyPlugin } from './plugin';

/** The program as `main.ts` starts it, with one more plugin: what processes of tests run. */
const root = process.env['NOISY_ROOT'] ?? path.resolve(__dirname, '../../..');
const link = connectSupervisor(process.env);
const unused = (): never => {
  throw new Error('not for this program');
};
const deps: Deps = {
  root,
  version: '0.0.0',
  loadConfig: () => loadConfig({ root, env: process.env }),
  createApp: (config, options) =>
    createApp(config, { ...options, ownsProcess: true, extraPlugins: [noisyPlugin] }),
  processes: { ...(link && { link }), supervise },
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
