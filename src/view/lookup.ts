import { existsSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '../base/errors';
import type { Skin } from './skins';

// Segments only: no dots at the start, so neither `..` nor absolute paths can be written (threats X11).
const VIEW_NAME = /^[a-z0-9][a-z0-9-]*(\/[a-z0-9][a-z0-9-]*)*$/;

/**
 * File of a view: each skin of the chain in turn, then, for `plugin/name`, the plugin's own view.
 * The core's come first, so that a plugin called as one of its folders takes nothing over.
 * Core views: `skins/<skin>/views/<name>.ejs`; overrides of plugin views:
 * `skins/<skin>/plugins/<plugin>/<name>.ejs`.
 */
export function findView(
  chain: readonly Skin[],
  pluginViews: (plugin: string) => string | undefined,
  name: string,
): string {
  if (!VIEW_NAME.test(name)) throw new AppError('internal/unexpected', { details: { view: name } });
  const slash = name.indexOf('/');
  const plugin = slash < 0 ? undefined : name.slice(0, slash);
  const ownDir = plugin === undefined ? undefined : pluginViews(plugin);
  const rest = name.slice(slash + 1);

  const candidates = chain.map((skin) => path.join(skin.dir, 'views', `${name}.ejs`));
  if (ownDir !== undefined && plugin !== undefined) {
    candidates.push(
      ...chain.map((skin) => path.join(skin.dir, 'plugins', plugin, `${rest}.ejs`)),
      path.join(ownDir, `${rest}.ejs`),
    );
  }
  const found = candidates.find((file) => existsSync(file));
  if (found === undefined) {
    throw new AppError('internal/unexpected', { details: { view: name, problem: 'no such view' } });
  }
  return found;
}
