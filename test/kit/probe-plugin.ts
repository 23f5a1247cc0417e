import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { definePlugin, type HandlerScope, type PluginDefinition, z } from '../../src/host';
import type { FoundPlugin } from '../../src/host/discover';

const ROOT = path.resolve(__dirname, '..', '..');

/** What a plugin that shows itself everywhere was asked, and where it may be looked for. */
export interface Probe {
  readonly plugin: FoundPlugin;
  /** An installation where it is the only plugin, with its script among the assets. */
  readonly root: string;
  /** Scopes of the pages that its handler saw, with the word configured for them. */
  readonly pages: { readonly scope: HandlerScope; readonly word: string }[];
  /** Sites that its job ran for. */
  readonly runs: string[];
  remove(): void;
}

/** Marks of the plugin in a page: its slot, its entry of the taskbar, its script. */
export const marksIn = (html: string): readonly string[] =>
  ['probe-mark', 'href="/probe"', 'probe-script'].filter((mark) => html.includes(mark));

/** The word that its slot shows. */
export const wordIn = (html: string): string | undefined =>
  /<p class="probe-mark">([^<]*)</.exec(html)?.[1];

export function probePlugin(): Probe {
  const root = mkdtempSync(path.join(tmpdir(), 'estafette-probe-'));
  for (const name of ['skins', 'locales', 'node_modules', 'package.json'])
    symlinkSync(path.join(ROOT, name), path.join(root, name));
  mkdirSync(path.join(root, 'plugins'));
  addScript(root);
  const dir = path.join(root, 'probe');
  mkdirSync(path.join(dir, 'views'), { recursive: true });
  writeFileSync(path.join(dir, 'views', 'mark.ejs'), '<p class="probe-mark"><%= model.word %></p>');
  const pages: Probe['pages'] = [];
  const runs: string[] = [];
  const definition = definePlugin({
    id: 'probe',
    api: '^1.0',
    title: 'probe:title',
    summary: 'probe:summary',
    config: z.strictObject({ word: z.string().default('default') }),
    contributes: {
      taskbar: { id: 'probe', icon: 'info', label: 'probe:title', href: '/probe' },
      assets: { scripts: ['probe.js'], on: ['mail'] },
      slots: [
        {
          slot: 'page.footer@1',
          view: 'mark',
          data: ({ site, groups }, context) => ({
            word: context.config({ site: site.id, groups }).word,
          }),
        },
      ],
      routes: async () => ({
        routes(router) {
          router.get('/', (request, context) => ({ json: { word: context.config(request).word } }));
        },
      }),
      jobs: [
        {
          id: 'tick',
          every: '1h',
          perSite: true,
          timeoutS: 5,
          run: async (_context, { site }) => void runs.push(site ?? ''),
        },
      ],
    },
    activate(context) {
      context.hooks.on('page:model', (_model, _page, scope) => {
        pages.push({ scope, word: context.config(scope).word });
      });
    },
  });
  const locale = { title: 'Sonde', summary: 'Montre où elle est.' };
  const plugin: FoundPlugin = {
    id: 'probe',
    version: '1.0.0',
    dir,
    definition: definition as PluginDefinition,
    migrations: [],
    locales: { fr: locale, en: locale },
  };
  return { plugin, root, pages, runs, remove: () => rmSync(root, { recursive: true }) };
}

function addScript(root: string): void {
  const assets = path.join(root, 'dist', 'assets');
  cpSync(path.join(ROOT, 'dist', 'assets'), assets, { recursive: true });
  const file = path.join(assets, 'manifest.json');
  const manifest = JSON.parse(readFileSync(file, 'utf8')) as Record<string, object>;
  const like = manifest['base/app.js'] ?? {};
  const script = { ...like, file: 'probe-script.js' };
  writeFileSync(path.join(assets, 'probe-script.js'), '// nothing');
  writeFileSync(file, JSON.stringify({ ...manifest, 'probe/probe.js': script }));
}
