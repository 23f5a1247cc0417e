import type { ConfigSources } from './config-files';
import { pathKey } from './config-json';
import { valueAt } from './config-layer';

/** What the site's file says about one of its keys, and what is in force. */
export interface SiteKey {
  readonly path: string;
  /** As the program uses it; absent when the site has no such key. */
  readonly value?: unknown;
  /** The default, then the file where it has a say. */
  readonly layers: readonly SiteKeySay[];
}

interface SiteKeySay {
  readonly layer: 'default' | 'site';
  readonly value: unknown;
  readonly file?: string;
  readonly line?: number;
}

/** Tells where a key of a site file, as `imap.port`, is written. */
export function explainSiteKey(
  sources: ConfigSources,
  { path, site, value }: { readonly path: string; readonly site: string; readonly value: unknown },
): SiteKey {
  if (value === undefined) return { path, layers: [] };
  const keys = path.split('.');
  const source = sources.sites.find(({ file }) => siteIdOfFile(file) === site);
  const written = source && valueAt(source.value, keys);
  if (!source || written === undefined)
    return { path, value, layers: [{ layer: 'default', value }] };
  const line = source.lines.get(pathKey(keys));
  const say = { layer: 'site', value: written, file: source.file } as const;
  return { path, value, layers: [{ ...say, ...(line !== undefined && { line }) }] };
}

const siteIdOfFile = (file: string): string => file.replace(/^.*[\\/]/, '').replace(/\.json$/, '');
