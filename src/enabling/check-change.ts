import { err, ok, type Result } from '../base/result';
import type { SiteId } from '../base/types';
import { SECRET_KEY } from '../kernel/config-check';
import { isPlain } from '../kernel/config-layer';
import { nearest, type Shape, shapeOf, shapesAt } from '../kernel/config-shape';
import type { ChangeRequest, CheckDeps, CheckedChange } from './change-types';
import { checkEffect, checkRelease } from './check-effect';
import { findLock } from './locks';
import { splitPath } from './paths';
import { type ChangeRefusal, describeFound, type Refuse } from './refusal';
import { ENABLED, type EnablingPlugin } from './types';

type Refused = Result<never, ChangeRefusal>;
type Step = ChangeRefusal | undefined;

const VALUE_MAX_BYTES = 16 * 1024; // a list of words, not a document

/** Checks a change before it is written: the first reason against it, if any. */
export function checkChange(
  deps: CheckDeps,
  request: ChangeRequest,
): Result<CheckedChange, ChangeRefusal> {
  const refuse: Refuse = (reason, field, expected, found, place) => ({
    reason,
    field,
    path: request.path,
    expected,
    found,
    ...(place?.file !== undefined && { file: place.file }),
    ...(place?.line !== undefined && { line: place.line }),
  });
  const split = splitPath(request.path);
  if (!split) return no(refuse('bad-path', 'path', 'plugin.key', describeFound(request.path)));
  if (request.site === '*') return checkStop(deps, request, split, refuse);

  const site = deps.model.site(request.site as SiteId); // unknown ones have no site
  if (!site) return no(refuse('unknown-site', 'site', oneOf(deps.siteIds), request.site));
  const change: CheckedChange = { ...request, site: site.id };
  const plugin = deps.model.plugin(split.plugin);
  // What was said of a plugin or a group that is gone, or of a key it no longer has, can be taken back.
  if (request.value === undefined) {
    return plugin ? settle(change, checkEffect(deps, change, plugin, refuse)) : ok(change);
  }
  const groups = site.groups.map(({ id }) => id);
  if (request.group !== undefined && !groups.includes(request.group)) {
    return no(refuse('unknown-group', 'group', oneOf(groups), describeFound(request.group)));
  }
  if (!plugin) return no(unknownPlugin(deps, split.plugin, refuse));
  const lock = findLock(
    deps.files,
    site,
    request.group === undefined ? [] : [request.group],
    request.path,
  );
  if (lock) {
    const what = `what the site's file says: "${lock.path}" is locked there`;
    return no(refuse('locked', 'path', what, describeFound(request.value), lock.place));
  }
  return settle(
    change,
    checkValue(split.keys, request.value, plugin, refuse) ??
      checkEffect(deps, change, plugin, refuse),
  );
}

const no = (refusal: ChangeRefusal): Refused => err(refusal);
const settle = (change: CheckedChange, refusal: Step): Result<CheckedChange, ChangeRefusal> =>
  refusal ? err(refusal) : ok(change);
const oneOf = (names: readonly string[]): string =>
  names.length === 0 ? 'none: there is none' : `one of ${names.join(', ')}`;

/** Every site at once has one use: to stop a plugin, and to let it run again. */
function checkStop(
  deps: CheckDeps,
  request: ChangeRequest,
  { plugin, keys }: { readonly plugin: string; readonly keys: readonly string[] },
  refuse: Refuse,
): Result<CheckedChange, ChangeRefusal> {
  if (request.group !== undefined) {
    return no(refuse('stop-only', 'group', 'no group with site *', describeFound(request.group)));
  }
  if (keys.join('.') !== ENABLED) {
    return no(refuse('stop-only', 'path', `${plugin}.${ENABLED} with site *`, request.path));
  }
  if (request.value !== false && request.value !== undefined) {
    const found = describeFound(request.value);
    return no(refuse('stop-only', 'value', 'false, or nothing to let it run again', found));
  }
  if (request.value === false && !deps.model.plugin(plugin)) {
    return no(unknownPlugin(deps, plugin, refuse));
  }
  const change: CheckedChange = { ...request, site: '*' };
  // A stop is never kept back; what is let run again may not be two answers to one question.
  return settle(
    change,
    request.value === undefined ? checkRelease(deps, change, refuse) : undefined,
  );
}

function unknownPlugin({ model }: CheckDeps, plugin: string, refuse: Refuse): ChangeRefusal {
  const near = nearest(plugin, model.pluginIds);
  const hint = near === undefined ? 'an installed plugin' : `an installed plugin, as ${near}`;
  return refuse('unknown-plugin', 'path', hint, plugin);
}

function checkValue(
  keys: readonly string[],
  value: unknown,
  plugin: EnablingPlugin,
  refuse: Refuse,
): Step {
  const json: string | undefined = JSON.stringify(value);
  if (json === undefined || value === null || Buffer.byteLength(json) > VALUE_MAX_BYTES) {
    const found = value === null ? 'null' : `${json?.length ?? 0} characters`;
    return refuse('wrong-value', 'value', `a JSON value of at most 16 KiB`, found);
  }
  if (keys[0] === ENABLED) {
    if (keys.length > 1) return refuse('unknown-key', 'path', `${plugin.id}.${ENABLED}`, 'more');
    if (typeof value === 'boolean') return undefined;
    return refuse('wrong-value', 'value', 'true or false', describeFound(value));
  }
  const isSecret = SECRET_KEY.test(keys.at(-1) ?? '') || holdsSecret(value);
  if (isSecret) return refuse('secret', 'value', 'an environment variable', 'a secret');
  return checkKey(keys, plugin, refuse);
}

function checkKey(keys: readonly string[], { id, schema }: EnablingPlugin, refuse: Refuse): Step {
  const shape: Shape = schema ? shapeOf(schema) : {};
  if (shapesAt(shape, keys).length > 0) return undefined;
  for (let depth = 0; depth < keys.length; depth++) {
    const known = shapesAt(shape, keys.slice(0, depth)).flatMap(({ properties }) =>
      Object.keys(properties ?? {}),
    );
    const wrong = keys[depth] ?? '';
    if (known.includes(wrong)) continue;
    const near = nearest(wrong, known);
    const choices = near === undefined ? known : [near];
    const above = [id, ...keys.slice(0, depth)].join('.');
    const expected = choices.map((key) => `${above}.${key}`).join(', ') || `no key below ${above}`;
    return refuse('unknown-key', 'path', expected, [above, wrong].join('.'));
  }
  return refuse('unknown-key', 'path', `a key of ${id}`, keys.join('.'));
}

const holdsSecret = (value: unknown): boolean =>
  isPlain(value)
    ? Object.entries(value).some(
        ([key, inner]) =>
          (SECRET_KEY.test(key) && typeof inner === 'string' && inner !== '') || holdsSecret(inner),
      )
    : Array.isArray(value) && value.some(holdsSecret);
