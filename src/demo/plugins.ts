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

/** A site's file with the plugins that were asked for. */
export function withPlugins(
  file: Readonly<Record<string, unknown>>,
  site: DemoSite['id'],
  asked: readonly AskedPlugin[],
): Readonly<Record<string, unknown>> {
  const on = asked.filter((plugin) => plugin.site === site).map(({ id }) => [id, true] as const);
  return { ...file, plugins: { ...Object(file['plugins']), ...Object.fromEntries(on) } };
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
