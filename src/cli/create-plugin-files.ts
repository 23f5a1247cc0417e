import { readFileSync } from 'node:fs';
import path from 'node:path';
import { holds, keepParts, type Parts, tidy } from './create-plugin-template';

export interface NewPlugin {
  readonly id: string;
  readonly title: { readonly fr: string; readonly en: string };
  readonly parts: Parts;
}

interface Template {
  /** Path in the new plugin. */
  readonly to: string;
  /** Template; `to` when absent. */
  readonly from?: string;
  readonly when?: string;
}

const FILES: readonly Template[] = [
  { to: 'plugin.ts' },
  { to: 'config.ts' },
  { to: 'README.md' },
  { to: 'routes.ts', when: 'page & table' },
  { to: 'routes.ts', from: 'routes-plain.ts', when: 'page & !table' },
  { to: 'views/page.ejs', when: 'page' },
  { to: 'sender.ts', when: 'slot & settings' },
  { to: 'sender.ts', from: 'sender-plain.ts', when: 'slot & !settings' },
  { to: 'views/sender.ejs', when: 'slot' },
  { to: 'notes.ts', when: 'table' },
  { to: 'migrations/0001-notes.ts', when: 'table' },
  { to: 'cleaning.ts', when: 'job & table' },
  { to: 'cleaning.ts', from: 'cleaning-plain.ts', when: 'job & !table' },
  { to: 'sent.ts', when: 'hook & table' },
  { to: 'sent.ts', from: 'sent-plain.ts', when: 'hook & !table' },
  { to: 'test/sample-plugin.test.ts' },
];

/** Texts by the parts that use them; a text that nothing uses fails the contract test. */
const TEXTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  page: {
    text: 'page & table',
    add: 'page & table',
    empty: 'page & table',
    welcome: 'page & !table',
  },
  sender: { from: 'slot' },
  settings: { shown: 'settings', help: 'settings' },
};

/** The files of a new plugin: path in its folder → content. `root` is that of the platform. */
export function pluginFiles(root: string, plugin: NewPlugin): ReadonlyMap<string, string> {
  const dir = path.join(root, 'src', 'cli', 'templates', 'plugin');
  const read = (name: string): string => readFileSync(path.join(dir, name), 'utf8');
  const files = new Map<string, string>();
  for (const { to, from = to, when } of FILES) {
    if (when !== undefined && !holds(when, plugin.parts)) continue;
    const kept = keepParts(read(from), plugin.parts);
    const text = to.endsWith('.ts') ? tidy(kept) : `${kept.replace(/\n{3,}/g, '\n\n').trim()}\n`;
    files.set(
      rename(to, plugin.id),
      rename(text, plugin.id).replaceAll('SAMPLE_TITLE', plugin.title.en),
    );
  }
  for (const locale of ['fr', 'en'] as const) {
    const texts: unknown = JSON.parse(read(`locales/${locale}.json`));
    const kept = { ...keepTexts(texts, plugin.parts), title: plugin.title[locale] };
    files.set(`locales/${locale}.json`, `${JSON.stringify(kept, null, 2)}\n`);
  }
  return files;
}

/** Names of code, URLs and texts carry dashes, tables underscores. */
const rename = (text: string, id: string): string =>
  text.replaceAll('sample-plugin', id).replaceAll('sample_plugin', id.replaceAll('-', '_'));

/** Texts are grouped once: `page.add`. The title stands alone. */
function keepTexts(texts: unknown, parts: Parts): Record<string, unknown> {
  const entries = Object.entries(Object(texts)).flatMap(([group, value]): [string, unknown][] => {
    if (typeof value === 'string') return [[group, value]];
    const kept = Object.entries(Object(value)).filter(([key]) =>
      holds(TEXTS[group]?.[key] ?? '', parts),
    );
    return kept.length > 0 ? [[group, Object.fromEntries(kept)]] : [];
  });
  return Object.fromEntries(entries);
}
