import { withDeadline } from '../base/async';
import { AppError } from '../base/errors';
import { runAs, toError } from '../kernel/isolate';
import { createCollisions } from './collisions';
import type { FoundPlugin } from './discover';
import { resolvePlugins } from './resolve';
import { collectRoutes } from './router';

const ROUTES_MS = 10_000;

/** Why a start would refuse a plugin that can be loaded. */
export interface StartRefusal {
  readonly id: string;
  readonly reason: string;
}

/**
 * What a start finds out as it goes, without activating any plugin: names that another one has,
 * routes that are wrong.
 */
export async function checkStart(found: readonly FoundPlugin[]): Promise<readonly StartRefusal[]> {
  const { order } = resolvePlugins(found);
  const { claim } = createCollisions();
  const refusals: StartRefusal[] = [];
  for (const plugin of order) {
    const reason = claim(plugin.definition) ?? (await routeProblem(plugin));
    if (reason !== undefined) refusals.push({ id: plugin.id, reason });
  }
  return refusals;
}

async function routeProblem({ id, definition }: FoundPlugin): Promise<string | undefined> {
  const { contributes } = definition;
  try {
    const loading = runAs({ plugin: id, hook: 'routes' }, async () => contributes?.routes?.());
    const loaded = await withDeadline(
      loading,
      ROUTES_MS,
      () => new Error(`no answer in ${ROUTES_MS} ms`),
    );
    collectRoutes(id, loaded?.routes, contributes);
    return undefined;
  } catch (error) {
    if (!(error instanceof AppError)) return `routes: ${toError(error).message}`;
    const { route, problem } = error.details;
    return `route ${String(route)}: ${typeof problem === 'string' ? problem : error.code}`;
  }
}
