import { type PlaceOn, whereChangesTurnOn, whereFilesTurnOn } from '../enabling';
import type { Database } from '../kernel/db-types';
import type { AppConfig } from '../sites';

/** Where the files let a plugin run, in words. */
export const filesThatTurnOn = (
  config: Pick<AppConfig, 'sources' | 'sites'>,
  id: string,
): readonly string[] => whereFilesTurnOn(config, id).map(inWords);

/** Where an administrator turned a plugin on, in words. */
export const changesThatTurnOn = async (db: Database, id: string): Promise<readonly string[]> =>
  (await whereChangesTurnOn(db, id)).map(inWords);

function inWords({ site, by, group }: PlaceOn): string {
  const where = group === undefined ? [] : [`group ${group}`];
  const how = { files: [], choice: ['choice of agents'], administrator: ['by an administrator'] };
  const more = site === '*' && by === 'files' ? ['plugins.json'] : [...where, ...how[by]];
  return `${site === '*' ? 'every site' : site}${more.length > 0 ? ` (${more.join(', ')})` : ''}`;
}
