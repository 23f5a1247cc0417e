import type { PluginState } from '../host/report';
import { type Command, EXIT, print, readArgs, table } from './command';
import { askCosts, costText } from './plugin-costs';
import { withApp } from './with-app';

/** Not in service where it was asked for; one that is on nowhere or was stopped is as somebody wants it. */
export const BAD_STATES: ReadonlySet<PluginState> = new Set<PluginState>([
  'failed',
  'refused',
  'quarantined',
  'degraded',
]);

export const plugins: Command = {
  name: 'plugins',
  summary: 'lists plugins, their state and their sites',
  usage:
    'estafette plugins [--costs] [--json]\n\nExit code 1 when a plugin failed, was refused, or is degraded. --costs asks each running process what plugins cost it.',
  async run(io, args, deps) {
    const { values } = readArgs(args, { costs: { type: 'boolean' } });
    if (values.costs) {
      const processes = await askCosts(deps.loadConfig());
      print(io, values, { processes }, () => costText(processes));
      return EXIT.ok;
    }
    return withApp(deps, (app) => {
      const list = app.plugins();
      const { warnings } = app.report;
      print(io, values, { plugins: list, warnings }, () => {
        const rows = list.map((plugin) => [
          plugin.id,
          plugin.version,
          plugin.state,
          plugin.sites.join(', ') || '-',
          plugin.reason ?? '',
        ]);
        const body =
          list.length === 0
            ? 'No plugin.'
            : table(['plugin', 'version', 'state', 'sites', 'reason'], rows);
        return [body, ...warnings.map((warning) => `warning: ${warning}`)].join('\n');
      });
      return list.some(({ state }) => BAD_STATES.has(state)) ? EXIT.failure : EXIT.ok;
    });
  },
};
