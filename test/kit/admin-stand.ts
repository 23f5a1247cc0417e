import path from 'node:path';
import { z } from 'zod';
import { type DemoApp, type DemoAppOptions, startDemoApp } from '../../src/demo';
import { demoAgents } from '../../src/demo/data';
import { definePlugin } from '../../src/host/define';
import type { FoundPlugin } from '../../src/host/discover';
import { WebAgent } from './agent';
import type { Page } from './html';

const ROOT = path.resolve(__dirname, '..', '..');

/** Agents of the first site, by what they may administer, and one of the second. */
export const ADMINS = { platform: 0, site: 1, agent: 2 } as const;

export const agentOf = (index: number) => {
  const found = demoAgents.filter(({ site }) => site === 'saisons')[index];
  if (!found) throw new Error('no such agent');
  return found;
};

/** Shows its own words on each mailbox page, so that on and off can be seen from outside. */
export function settledPlugin(): FoundPlugin {
  const definition = definePlugin({
    id: 'test-notes',
    api: '^1.0',
    title: 'test-notes:title',
    config: z.object({
      size: z.number().int().min(0).max(9).default(3),
      word: z.string().min(1).default('note'),
      color: z.enum(['red', 'blue']).default('red'),
      isLoud: z.boolean().default(false),
      lines: z.array(z.string()).default([]),
      pairs: z.record(z.string(), z.string()).default({}),
    }),
    contributes: {
      admin: { label: 'test-notes:title', href: '/test-notes/figures' },
      routes: async () => ({
        routes: (router) => {
          router.get('/', () => ({ json: { hello: true } }));
          router.get('/open', () => ({ json: {} }), { public: true });
          router.get('/figures', () => ({ json: { figures: 1 } }), { permission: 'admin.access' });
        },
      }),
    },
    activate(context) {
      context.hooks.on('notice:entries', (query) => [
        {
          id: 'hello',
          level: 'info',
          text: `notes: ${context.config({ site: query.site }).word}`,
        },
      ]);
      context.hooks.on('notice:entries', () => []);
    },
  });
  return {
    id: 'test-notes',
    version: '1.2.3',
    dir: path.join(ROOT, 'plugins', 'test-notes'),
    definition: definition as FoundPlugin['definition'],
    migrations: [],
    locales: { fr: { title: 'Notes d’essai' }, en: { title: 'Test notes' } },
  };
}

/** The demonstration with administrators, groups and a plugin to act on. */
export function startAdminDemo(
  extra: readonly FoundPlugin[] = [],
  more: Readonly<Record<string, unknown>> = {},
  elsewhere: Readonly<Record<string, unknown>> = {},
  { root = ROOT, plugins = {}, options = {} }: Partial<DemoAppOptions> = {},
  groups: readonly Readonly<Record<string, unknown>>[] = [],
): Promise<DemoApp> {
  return startDemoApp({
    root,
    plugins,
    port: 0,
    app: { log: { level: 'silent' } },
    site: (id, file) =>
      id === 'saisons'
        ? {
            ...file,
            plugins: { 'attachment-reminder': true, 'test-notes': { word: 'feuille' }, ...more },
            groups: [
              {
                id: 'dsi',
                title: 'Direction du numérique',
                match: { logins: [agentOf(ADMINS.platform).username] },
                permissions: ['admin.platform', 'audit.platform'],
              },
              {
                id: 'gestion',
                title: 'Gestionnaires du site',
                match: { logins: [agentOf(ADMINS.site).username] },
                permissions: ['admin.access', 'audit.read'],
              },
              ...groups,
            ],
            locked: ['attachment-reminder.words'],
          }
        : { ...file, plugins: { ...Object(file['plugins']), ...elsewhere } },
    options: { ...options, extraPlugins: [settledPlugin(), ...extra] },
  });
}

/** A browser of an agent, signed in. */
export async function signedIn(demo: DemoApp, index: number): Promise<WebAgent> {
  const web = new WebAgent(`http://127.0.0.1:${demo.port}`);
  const { username, password } = agentOf(index);
  const page = await web.signIn(username, password);
  if (page.status !== 200) throw new Error(`not signed in: ${page.status}`);
  return web;
}

export const tokenOf = (page: Page): string =>
  page.one('name', 'csrf-token').attribs['content'] ?? '';

/** Sends the form of the page that holds a button. */
export function pressed(web: WebAgent, page: Page, button: string): Promise<Page> {
  const element = page.one('data-action', button);
  let parent = element.parent;
  while (parent && !('name' in parent && parent.name === 'form')) parent = parent.parent;
  if (!parent || !('attribs' in parent)) throw new Error('no form');
  const form = parent;
  return web.submit(page, { form: () => form, button });
}
