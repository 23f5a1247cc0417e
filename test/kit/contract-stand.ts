import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type DemoApp, startDemoApp } from '../../src/demo';
import { groupsOfAgent } from '../../src/demo/data/groups';
import type { FoundPlugin } from '../../src/host/discover';
import { WebAgent } from './agent';
import { type MovingClock, movingClock } from './moving-clock';
import { withStepsDone } from './wrapped-plugin';

const ROOT = path.resolve(__dirname, '..', '..');
const HOSTS = { saisons: '127.0.0.1', marees: 'localhost' } as const;

/** The whole product with these plugins and no other: on for `saisons`, off for `marees`. */
export interface Stand {
  readonly demo: DemoApp;
  readonly clock: MovingClock;
  /** Signs somebody of the site in, whom no page is closed to unless told; the page after it. */
  signIn(site: keyof typeof HOSTS, who?: 'administrator' | 'agent'): Promise<WebAgent>;
  stop(): Promise<void>;
}

/**
 * Starts the product around plugins that are given, not found: one that misbehaves keeps its id.
 * Steps of sign-in are done, but for those of `asking`.
 */
export async function startStand(
  given: readonly FoundPlugin[],
  asking: readonly FoundPlugin[] = [],
): Promise<Stand> {
  const plugins = [...given.map(withStepsDone), ...asking];
  const root = mkdtempSync(path.join(tmpdir(), 'estafette-contract-'));
  for (const name of ['skins', 'locales', 'dist', 'node_modules', 'package.json'])
    symlinkSync(path.join(ROOT, name), path.join(root, name));
  mkdirSync(path.join(root, 'plugins'));
  const on = Object.fromEntries(plugins.map(({ id }) => [id, true]));
  const grants = Object.fromEntries(
    plugins.map(({ id, definition }) => [id, definition.needs ?? []]),
  );
  const clock = movingClock();
  const demo = await startDemoApp({
    root,
    port: 0,
    site: (id, file) => ({ ...file, hosts: [HOSTS[id]], plugins: id === 'saisons' ? on : {} }),
    app: { log: { level: 'silent' } },
    plugins: { grants },
    options: { clock, extraPlugins: plugins },
  }).catch((error: unknown) => {
    rmSync(root, { recursive: true });
    throw error;
  });
  return {
    demo,
    clock,
    async signIn(site, who = 'administrator') {
      const people = demo.stack.agents.filter((one) => one.site === site);
      const agent = people.find((one) => {
        const groups = groupsOfAgent(one);
        if (who === 'administrator') return groups.includes('plateforme');
        return !groups.includes('plateforme') && !groups.includes('administration');
      });
      const web = new WebAgent(`http://${HOSTS[site]}:${demo.port}`);
      await web.signIn(agent?.username ?? '', agent?.password ?? '');
      return web;
    },
    async stop() {
      await demo.stop();
      rmSync(root, { recursive: true });
    },
  };
}
