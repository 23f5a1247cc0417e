import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { SiteId } from '../../../src/base/types';
import type { Texts } from '../../../src/kernel/i18n-types';
import {
  type Assets,
  createRenderer,
  loadSkins,
  type Renderer,
  type SlotSource,
  type ViewContext,
} from '../../../src/view';

const trees: string[] = [];

/** Writes files under a temporary folder, removed by {@link removeTrees}. */
export function tree(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(path.join(tmpdir(), 'estafette-view-'));
  trees.push(root);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), content);
  }
  return root;
}

export const removeTrees = (): void => {
  for (const root of trees.splice(0)) rmSync(root, { recursive: true });
};

/** Texts that show key, language and values. */
export const keysAsTexts: Texts = {
  locales: ['fr', 'en'],
  add: () => {},
  has: () => true,
  for: (locale) => (key, values) =>
    values === undefined ? `${locale}:${key}` : `${key} ${Object.values(values).join(' ')}`,
};

export const NO_ASSETS: Assets = { dir: '', find: () => undefined };

export const NOW = Date.parse('2026-11-19T10:00:00Z');

export interface ViewTestOptions {
  readonly slots?: SlotSource;
  readonly assets?: Assets;
  readonly texts?: Texts;
  /** Plugin id → folder of its views, inside the tree. */
  readonly plugins?: Readonly<Record<string, string>>;
}

/** A renderer over skins written for the test: `skins/…` paths in `files`. */
export function rendererOf(
  files: Readonly<Record<string, string>>,
  {
    slots = { collect: async () => new Map() },
    assets = NO_ASSETS,
    texts = keysAsTexts,
    plugins = {},
  }: ViewTestOptions = {},
): { renderer: Renderer; root: string } {
  const root = tree(files);
  const renderer = createRenderer({
    skins: loadSkins(path.join(root, 'skins')),
    assets,
    texts,
    slots,
    pluginViews: (id) => {
      const dir = Object.hasOwn(plugins, id) ? plugins[id] : undefined;
      return dir === undefined ? undefined : path.join(root, dir);
    },
    now: () => NOW,
  });
  return { renderer, root };
}

const SITE = 'a' as SiteId;

export const contextFor = (skin: string, more: Partial<ViewContext> = {}): ViewContext => ({
  site: SITE,
  skin,
  locale: 'fr',
  timeZone: 'Europe/Paris',
  scope: { site: SITE },
  csrf: 'token',
  ...more,
});

export const aRequest = (view: string, model: unknown = {}) => ({
  view,
  model,
  shell: { title: 'shell' },
  facts: { site: { id: SITE, title: 'A' } },
});

/** `skins/base`, a skin of it, and one of that skin. */
export const SKINS = {
  'skins/base/skin.json': '{}',
  'skins/sea/skin.json': '{ "extends": "base", "title": "Sea" }',
  'skins/bay/skin.json': '{ "extends": "sea" }',
  'skins/hill/skin.json': '{}',
};
