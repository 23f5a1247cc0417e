import { AppError } from '../base/errors';
import { toError } from '../kernel/isolate';
import { createCollisions } from './collisions';
import type { FoundPlugin } from './discover';
import { resolvePlugins } from './resolve';
import { ACTIVATE_MS, loadRoutes } from './start-plugin';

/** Why a start would refuse a plugin that can be loaded. */
interface StartRefusal {
  readonly id: string;
  readonly reason: string;
}

/**
 * What a start finds out as it goes, without activating any plugin: names that another one has,
 * routes that are wrong. Of plugins that it gets so far with: loaded, and granted what they need.
 */
export async function checkStart(
  granted: readonly FoundPlugin[],
): Promise<readonly StartRefusal[]> {
  const { order } = resolvePlugins(granted);
  const { claim, release } = createCollisions();
  const refusals = new Map<string, string>();
  for (const plugin of order) {
    const { id, definition } = plugin;
    const lost = definition.requires?.find((required) => refusals.has(required));
    const taken =
      lost === undefined ? claim(definition) : `requires ${lost}: ${refusals.get(lost)}`;
    const reason = taken ?? (await routeProblem(plugin));
    if (reason === undefined) continue;
    refusals.set(id, reason);
    release(id);
  }
  return [...refusals].map(([id, reason]) => ({ id, reason }));
}

async function routeProblem(plugin: FoundPlugin): Promise<string | undefined> {
  try {
    await loadRoutes(plugin, ACTIVATE_MS);
    return undefined;
  } catch (error) {
    if (!(error instanceof AppError)) {
      const { message } = toError(error);
      return message.startsWith('routes: ') ? message : `routes: ${message}`;
    }
    const { route, problem } = error.details;
    return `route ${String(route)}: ${typeof problem === 'string' ? problem : error.code}`;
  }
}
