import { valueAt } from '../kernel/config-layer';
import type { ConfigFiles, Place } from './files';
import { findLock, type Lock } from './locks';
import type { Model } from './model';
import { parseConfig } from './parse-config';
import { describeTaken } from './ports';
import type { Say } from './says';
import { ENABLED, type EnablingPlugin, type LayerName, type Subject } from './types';

/** What one layer says about a path. */
export interface LayerSay {
  readonly layer: LayerName;
  readonly value: unknown;
  readonly file?: string;
  readonly line?: number;
  readonly group?: string;
  /** Administrator, time (UTC ISO) and number of their change. */
  readonly author?: string;
  readonly at?: string;
  readonly changeId?: number;
  /** Said without effect. */
  readonly ignored?: 'locked' | 'not-offered';
}

export interface PluginExplanation {
  readonly path: string;
  /** In force, as the program uses it. */
  readonly value: unknown;
  /** Every layer that has a say, lowest first. */
  readonly layers: readonly LayerSay[];
  /** Who keeps the path from agents and administrators. */
  readonly locked?: Lock;
  /** Why the value in force is not what the layers say. */
  readonly because?:
    | { readonly kind: 'requires'; readonly plugins: readonly string[] }
    | { readonly kind: 'invalid'; readonly faults: readonly ExplainedFault[] }
    | { readonly kind: 'not-installed' };
}

export interface ExplainedFault {
  readonly path: string;
  readonly message: string;
  readonly file?: string;
  readonly line?: number;
  readonly changeId?: number;
}

export interface ExplainSubject extends Subject {
  /** `calendar.enabled`, `calendar.firstDay`, or `calendar` for everything. */
  readonly path: string;
}

/** The value of a plugin's path for a site or somebody of it, and who says so. */
export function explainPlugin(
  { files, model }: { readonly files: ConfigFiles; readonly model: Model },
  { path, ...subject }: ExplainSubject,
): PluginExplanation {
  const [id = '', ...keys] = path.split('.');
  const plugin = model.plugin(id);
  const site = model.site(subject.site);
  const { says } = model.resolve(id, subject);
  const layers = [
    ...defaultSay(plugin, keys),
    ...says.flatMap((say) => {
      const value = valueAt(say.value, keys);
      return value === undefined ? [] : [{ ...originOf(say, keys), value }];
    }),
  ];
  const lock = site && findLock(files, site, subject.groups ?? [], path);
  return {
    path,
    value: valueInForce(model, id, keys, subject),
    layers,
    ...(lock && { locked: lock }),
    ...becauseOf(model, plugin, id, subject),
  };
}

const isAboutEnabled = (keys: readonly string[]): boolean => keys.join('.') === ENABLED;

function valueInForce(
  model: Model,
  id: string,
  keys: readonly string[],
  subject: Subject,
): unknown {
  if (isAboutEnabled(keys)) return model.enabled(subject).has(id);
  const parsed = model.config(id, subject);
  const settings = parsed.ok ? parsed.value : model.resolve(id, subject).raw;
  const value = valueAt(settings, keys);
  return keys.length === 0 ? { [ENABLED]: model.enabled(subject).has(id), ...settings } : value;
}

// The schema itself tells its defaults: it is given nothing.
function defaultSay(
  plugin: EnablingPlugin | undefined,
  keys: readonly string[],
): readonly LayerSay[] {
  if (!plugin) return [];
  if (isAboutEnabled(keys)) return [{ layer: 'default', value: false }];
  const parsed = parseConfig(plugin, {});
  const value = parsed.ok ? valueAt(parsed.value, keys) : undefined;
  return value === undefined ? [] : [{ layer: 'default', value }];
}

function originOf(
  { layer, group, entry, override, ignored }: Say,
  keys: readonly string[],
): Omit<LayerSay, 'value'> {
  const place: Place | undefined = entry?.place(keys);
  return {
    layer,
    ...(place && { file: place.file, ...(place.line !== undefined && { line: place.line }) }),
    ...(group !== undefined && { group }),
    ...(override && { author: override.author, at: override.at, changeId: override.id }),
    ...(ignored && { ignored }),
  };
}

function becauseOf(
  model: Model,
  plugin: EnablingPlugin | undefined,
  id: string,
  subject: Subject,
): Pick<PluginExplanation, 'because'> {
  const { enabled } = model.resolve(id, subject);
  if (!plugin) return enabled ? { because: { kind: 'not-installed' } } : {};
  const set = model.enabled(subject);
  if (!enabled || set.has(id)) return {};
  const parsed = model.config(id, subject);
  if (!parsed.ok) return { because: { kind: 'invalid', faults: parsed.error.map(explainFault) } };
  const taken = model.takenPort(subject.site, id);
  if (taken) {
    const fault = { path: `${id}.${ENABLED}`, message: describeTaken(taken) };
    return { because: { kind: 'invalid', faults: [fault] } };
  }
  const plugins = (plugin.requires ?? []).filter((required) => !set.has(required));
  return { because: { kind: 'requires', plugins } };
}

/** A fault with the file and line, or the change, that said the value. */
function explainFault({
  plugin,
  keys,
  message,
  say,
}: {
  readonly plugin: string;
  readonly keys: readonly string[];
  readonly message: string;
  readonly say?: Say;
}): ExplainedFault {
  const { file, line, changeId } = say ? originOf(say, keys) : {};
  return {
    path: [plugin, ...keys].join('.'),
    message,
    ...(file !== undefined && { file }),
    ...(line !== undefined && { line }),
    ...(changeId !== undefined && { changeId }),
  };
}
