#!/usr/bin/env node
import { existsSync } from 'node:fs';
import path from 'node:path';
import { createLog } from './base/log';
import type { Deps } from './cli';
import { connectSupervisor } from './cli/cluster';
import { runProcess } from './cli/process';
import { platformVersion } from './host/platform-version';
import { createPluginDatabases, pluginPlace } from './host/plugin-databases';
import { openStorage } from './kernel/storage';
import { loadConfig } from './sites';

// Loaded when a command needs them: `help` and `version` answer at once. A dynamic import follows the
// rules of ES modules, hence the extensions.
const app = () => import('./app.js');
const demo = () => import('./demo/index.js');

const supervise = () => import('./cli/supervise.js');

const link = connectSupervisor(process.env);
const root = findRoot(__dirname);
const deps: Deps = {
  root,
  version: platformVersion(root),
  loadConfig: () => loadConfig({ root, env: process.env }),
  openDatabase: (config) => openStorage(config, createLog(config.log)),
  pluginDatabases: (config) =>
    createPluginDatabases({ place: pluginPlace(config), log: createLog(config.log) }),
  createApp: async (config, options) =>
    (await app()).createApp(config, { ...options, ownsProcess: true }),
  migrationSets: async (config, db) => (await app()).migrationSets(config, db),
  siteFaults: async (config) => (await app()).siteFaults(config),
  askProviders: async (config, sites) => (await app()).askProviders(config, sites),
  openEnabling: async (config) => (await app()).openEnabling(config),
  openAudit: async (config) => (await app()).openAudit(config),
  startDemo: async (options) => (await demo()).startDemo({ ...options, root }),
  processes: {
    ...(link && { link }),
    supervise: async (options) => (await supervise()).supervise(options),
  },
  pings: {
    imap: async (site) => (await app()).pings.imap(site),
    smtp: async (site) => (await app()).pings.smtp(site),
    ldap: async (site) => (await app()).pings.ldap(site),
  },
};

void runProcess(deps); // never rejects: it ends the process itself

/** The folder of our package.json: two levels above this file once compiled, one above before. */
function findRoot(from: string): string {
  const parent = path.dirname(from);
  if (existsSync(path.join(from, 'package.json')) || parent === from) return from;
  return findRoot(parent);
}
