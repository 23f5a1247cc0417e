import type { App } from '../app';
import type { SiteId } from '../base/types';
import { UsageError } from '../cli';
import { type DemoSite, demoSites } from './data';

/** A plugin to turn on for a site of the demo. */
export interface AskedPlugin {
  readonly id: string;
  readonly site: DemoSite['id'];
}

/** `calendar` and `calendar@marees`; throws {@link UsageError} for anything else. */
export const askedPlugins = (words: readonly string[]): readonly AskedPlugin[] =>
  words.map((word) => {
    const [id = '', name = demoSites[0]?.id, ...more] = word.split('@');
    const site = demoSites.find((candidate) => candidate.id === name)?.id;
    if (!/^[a-z][a-z0-9-]*$/.test(id) || site === undefined || more.length > 0) {
      const sites = demoSites.map((candidate) => `id@${candidate.id}`).join(', ');
      throw new UsageError(`--plugin is an id of plugins/ (${sites}), not "${word}"`);
    }
    return { id, site };
  });

type File = Readonly<Record<string, unknown>>;

/** A site's file with the plugins that were asked for: on for everybody, also where a group has one off. */
export function withPlugins(file: File, site: DemoSite['id'], asked: readonly AskedPlugin[]): File {
  const ids = asked.filter((plugin) => plugin.site === site).map(({ id }) => id);
  if (ids.length === 0) return file;
  const on = Object.fromEntries(ids.map((id) => [id, true] as const));
  const groups = (file['groups'] as readonly File[]).map((group) => ({
    ...group,
    plugins: Object.fromEntries(
      Object.entries(Object(group['plugins']) as File).filter(
        ([id, says]) => says !== false || !ids.includes(id),
      ),
    ),
  }));
  return { ...file, plugins: { ...Object(file['plugins']), ...on }, groups };
}

/** Why a plugin that was asked for does not run. */
export const notRunning = (
  { host }: Pick<App, 'host'>,
  asked: readonly AskedPlugin[],
): readonly string[] =>
  asked
    // The demo's own ids, which its files have.
    .filter(({ id, site }) => !host.running(site as SiteId).some((plugin) => plugin.id === id))
    .map(({ id, site }) => {
      const report = host.state().find((plugin) => plugin.id === id);
      const reason = report ? (report.reason ?? 'nothing says why') : 'no such folder of plugins/';
      return `plugin ${id} does not run for ${site}: ${reason}`;
    });
