import type { ConfigSource } from './config-check';
import type { ConfigSources } from './config-files';
import { pathKey } from './config-json';
import { isPlain } from './config-layer';

/** Where a value can come from, lowest first. */
export type LayerName = 'default' | 'plugins' | 'site' | 'user';

/** What one layer says about a path. */
export interface LayerValue {
  readonly layer: LayerName;
  readonly value: unknown;
  /** Absent for a default and for a user's setting. */
  readonly file?: string;
  readonly path?: string;
  readonly line?: number;
}

/** The value in force, who said so, and what that hides. */
export interface Explanation {
  readonly path: string;
  readonly value: unknown;
  /** Every layer that has a say, lowest first: the last one wins where they do not merge. */
  readonly layers: readonly LayerValue[];
}

export interface ExplainQuestion {
  /** `plugin.key`, or a key of the site file: `imap.port`. */
  readonly path: string;
  readonly siteId: string;
  /** The value in force for the site, as the program uses it. */
  readonly effective: unknown;
  /** The plugin's schema default; `undefined` when it has none. */
  readonly defaultValue?: unknown;
  /** What the agent chose, when they may choose. */
  readonly userValue?: unknown;
}

/** Tells which layer of the configuration sets a path and where it is written. */
export function explain(sources: ConfigSources, question: ExplainQuestion): Explanation {
  const keys = question.path.split('.');
  const site = sources.sites.find(({ file }) => siteIdOfFile(file) === question.siteId);
  const isSiteKey = keys[0] !== undefined && ownsKey(site, keys[0]);
  const written = isSiteKey
    ? [from('site', site, keys)]
    : [from('plugins', sources.plugins, keys), from('site', site, ['plugins', ...keys])];
  const layers = [
    plain('default', question.defaultValue),
    ...written,
    plain('user', question.userValue),
  ].filter((entry): entry is LayerValue => entry !== undefined);
  const value = question.userValue ?? question.effective ?? layers.at(-1)?.value;
  // Nothing written anywhere: what is in force is the schema's default.
  const told = layers.length === 0 && value !== undefined ? [plain('default', value)] : layers;
  return { path: question.path, value, layers: told.filter((entry) => entry !== undefined) };
}

const siteIdOfFile = (file: string): string => file.replace(/^.*[\\/]/, '').replace(/\.json$/, '');

/** The value at a dotted path of plain objects; never something inherited. */
export function valueAtPath(value: unknown, keys: readonly string[]): unknown {
  return keys.reduce<unknown>(
    (inner, key) => (isPlain(inner) && Object.hasOwn(inner, key) ? inner[key] : undefined),
    value,
  );
}

const ownsKey = (source: ConfigSource | undefined, key: string): boolean =>
  isPlain(source?.value) && Object.hasOwn(source.value, key);

function from(
  layer: LayerName,
  source: ConfigSource | undefined,
  keys: readonly string[],
): LayerValue | undefined {
  const value = source && valueAtPath(source.value, keys);
  if (!source || value === undefined) return undefined;
  const path = pathKey(keys);
  const line = source.lines.get(path);
  return { layer, value, file: source.file, path, ...(line !== undefined && { line }) };
}

const plain = (layer: LayerName, value: unknown): LayerValue | undefined =>
  value === undefined ? undefined : { layer, value };
