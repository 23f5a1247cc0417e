import { pluginsThatChangesTurnOn, whereFilesTurnOn } from '../enabling';
import type { FoundPlugin } from '../host/discover';
import type { Database } from '../kernel/db-types';
import type { AppConfig } from '../sites';

/** Which packages somebody turned on, somewhere, or another plugin needs. */
export async function wantedPackages(
  config: Pick<AppConfig, 'sources' | 'sites'>,
  db: Pick<Database, 'knex'>,
  others: readonly FoundPlugin[],
): Promise<(id: string) => boolean> {
  const changed = await pluginsThatChangesTurnOn(db);
  const required = new Set(others.flatMap(({ definition }) => definition.requires ?? []));
  return (id) => changed.has(id) || required.has(id) || whereFilesTurnOn(config, id).length > 0;
}
