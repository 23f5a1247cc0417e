import type { SiteId } from '../base/types';
import type { ConfigSources } from '../kernel/config-files';
import type { Database } from '../kernel/db-types';
import { type FileEntry, readConfigFiles } from './files';
import { selectInForce } from './overrides-store';
import { ENABLED, type EnablingSite } from './types';

/** Something that may let a plugin run. */
export interface PlaceOn {
  readonly site: SiteId | '*';
  readonly by: 'files' | 'choice' | 'administrator';
  readonly group?: string;
}

const isOn = (entry: FileEntry | undefined): boolean =>
  entry !== undefined && entry.value[ENABLED] !== false;

/** Where the files let a plugin run, installed or not: for everybody, a group, or who chooses it. */
export function whereFilesTurnOn(
  { sources, sites }: { readonly sources: ConfigSources; readonly sites: readonly EnablingSite[] },
  plugin: string,
): readonly PlaceOn[] {
  const files = readConfigFiles(sources);
  const everywhere = files.defaults(plugin)?.value[ENABLED] === true;
  return [
    ...(everywhere ? [{ site: '*', by: 'files' } as const] : []),
    ...sites.flatMap(({ id: site, groups, choices }): readonly PlaceOn[] => [
      ...(isOn(files.site(site, plugin)) ? [{ site, by: 'files' } as const] : []),
      ...groups
        .filter(({ id }) => isOn(files.group(site, id, plugin)))
        .map(({ id: group }) => ({ site, by: 'files', group }) as const),
      ...(choices.includes(plugin) ? [{ site, by: 'choice' } as const] : []),
    ]),
  ];
}

/** Every plugin that administrators turned on somewhere. */
export async function pluginsThatChangesTurnOn({
  knex,
}: Pick<Database, 'knex'>): Promise<ReadonlySet<string>> {
  return new Set((await turningOn(knex)).map(({ path }) => path.slice(0, -ON.length)));
}

const ON = `.${ENABLED}`;

async function turningOn(knex: Database['knex']) {
  if (!(await knex.schema.hasTable('config_changes'))) return [];
  const inForce = await selectInForce(knex);
  return inForce.filter(({ path, value }) => path.endsWith(ON) && value === true);
}

/** Where administrators turned a plugin on; nowhere in a database that has no changes yet. */
export async function whereChangesTurnOn(
  { knex }: Pick<Database, 'knex'>,
  plugin: string,
): Promise<readonly PlaceOn[]> {
  return (await turningOn(knex))
    .filter(({ path }) => path === `${plugin}.${ENABLED}`)
    .map(({ site, group }) => ({
      site,
      by: 'administrator',
      ...(group !== undefined && { group }),
    }));
}
