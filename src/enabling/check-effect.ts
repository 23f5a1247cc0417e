import type { SiteId } from '../base/types';
import { describeShapes, shapeOf, shapesAt } from '../kernel/config-shape';
import { type CheckDeps, type CheckedChange, UNWRITTEN } from './change-types';
import { combinationsOf } from './combinations';
import type { Model, PluginFault } from './model';
import { overlaps, splitPath } from './paths';
import { type ChangeRefusal, describeFound, type Refuse } from './refusal';
import { ENABLED, type EnablingPlugin, type Subject } from './types';

/**
 * Whether the plugin's settings hold with the change in place, for the site and each group. Faults
 * that were there before and lie elsewhere do not count: settings are completed one by one.
 */
export function checkEffect(
  { model, modelWith }: CheckDeps,
  change: CheckedChange,
  plugin: EnablingPlugin,
  refuse: Refuse,
): ChangeRefusal | undefined {
  if (change.site === '*') return undefined;
  const after = modelWith(change);
  for (const subject of subjectsOf(after, change.site, plugin.id)) {
    const fault = newFault(model, after, change, plugin.id, subject);
    if (fault) return refuseFault(fault, change, plugin, refuse);
  }
  return (
    checkRequired(after, change, plugin, refuse) ?? checkPorts(model, after, change.site, refuse)
  );
}

/** The site alone, each group that has a say, and all of them together. */
function subjectsOf(model: Model, site: SiteId, plugin: string): readonly Subject[] {
  const speaking = model.speakingGroups(site, plugin);
  return combinationsOf(speaking).map((groups) => ({ site, groups }));
}

function newFault(
  before: Model,
  after: Model,
  { path }: CheckedChange,
  plugin: string,
  subject: Subject,
): PluginFault | undefined {
  const parsed = after.config(plugin, subject);
  if (parsed.ok) return undefined;
  const isOn = after.resolve(plugin, subject).enabled;
  const earlier = before.config(plugin, subject);
  const known = new Set(earlier.ok ? [] : earlier.error.map(faultPath));
  // Turned on with settings that do not hold, it would silently stay off.
  const isTurnedOn =
    path === `${plugin}.${ENABLED}` && isOn && !before.resolve(plugin, subject).enabled;
  return parsed.error.find((fault) => {
    const at = faultPath(fault);
    const isOwn = overlaps(at, path) && !(known.has(at) && isOthers(fault));
    return isTurnedOn || isOwn || (isOn && !known.has(at));
  });
}

/** Said by a file, or by an administrator elsewhere: the change being checked is not in force there. */
const isOthers = ({ keys, say }: PluginFault): boolean =>
  keys.length > 0 && say !== undefined && say.override?.id !== UNWRITTEN;

/** What a schema accepts at a key, in the words of the configuration's own messages. */
function describeExpected({ schema }: EnablingPlugin, keys: readonly string[]): string {
  const shapes = schema ? shapesAt(shapeOf(schema), keys) : [];
  return describeShapes(shapes) || 'another value';
}

const faultPath = ({ plugin, keys }: PluginFault): string => [plugin, ...keys].join('.');

function refuseFault(
  fault: PluginFault,
  { path, value }: CheckedChange,
  plugin: EnablingPlugin,
  refuse: Refuse,
): ChangeRefusal {
  const at = faultPath(fault);
  const isOwn = value !== undefined && overlaps(at, path) && !isOthers(fault);
  if (!isOwn) {
    const place = fault.say?.entry?.place(fault.keys);
    return refuse('breaks', 'value', 'settings that hold', `${at}: ${fault.message}`, place);
  }
  // Messages of schemas end with what was found, or are whole sentences.
  const message = fault.message.replace(/^expected /, '').replace(/, found .*$/s, '');
  const keys = splitPath(path)?.keys ?? [];
  const expected = message === '' ? describeExpected(plugin, keys) : message;
  return refuse(
    'wrong-value',
    'value',
    at === path ? expected : `${at}: ${expected}`,
    describeFound(value),
  );
}

/** Whether what every site had stopped may run again: the first of them that says no. */
export function checkRelease(
  { model, modelWith, siteIds }: CheckDeps,
  change: CheckedChange,
  refuse: Refuse,
): ChangeRefusal | undefined {
  const after = modelWith(change);
  for (const site of siteIds) {
    const refusal = checkPorts(model, after, site, refuse);
    if (refusal) return { ...refusal, found: `${refusal.found} on ${site}` };
  }
  return undefined;
}

/** Two answers to one question: the change would take a plugin off the site, this one or another. */
function checkPorts(
  before: Model,
  after: Model,
  site: SiteId,
  refuse: Refuse,
): ChangeRefusal | undefined {
  const lost = after.pluginIds.find(
    (id) => after.takenPort(site, id) && !before.takenPort(site, id),
  );
  const taken = lost === undefined ? undefined : after.takenPort(site, lost);
  if (lost === undefined || !taken) return undefined;
  return refuse(
    'breaks',
    'value',
    `one provider of the port "${taken.port}"`,
    `${taken.by} and ${lost}`,
  );
}

function checkRequired(
  after: Model,
  { site, group, path, value }: CheckedChange,
  { id, requires = [] }: EnablingPlugin,
  refuse: Refuse,
): ChangeRefusal | undefined {
  if (value !== true || path !== `${id}.${ENABLED}` || site === '*') return undefined;
  const reach = after.reach(site);
  const on = after.enabled({ site, ...(group !== undefined && { groups: [group] }) });
  const missing = requires.find(
    (required) => !reach.has(required) || (group !== undefined && !on.has(required)),
  );
  if (missing === undefined) return undefined;
  return refuse('requires', 'value', `${missing} to be on first`, `${missing} off`);
}
