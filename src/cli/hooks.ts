import { didYouMean } from '../kernel/config-shape';
import type { HookRegistry } from '../kernel/hook-types';
import type { Site } from '../sites';
import { chooseSites } from './choose-site';
import { type Command, EXIT, print, readArgs, table, UsageError } from './command';
import { withApp } from './with-app';

export const hooks: Command = {
  name: 'hooks',
  summary: 'lists hooks, or the handlers of one in their order',
  usage: [
    'estafette hooks [--site id] [name] [--json]',
    '',
    '--site id   only the handlers that this site runs',
    'What they cost is told by: estafette plugins --costs',
  ].join('\n'),
  async run(io, args, deps) {
    const { values, positionals } = readArgs(args, { site: { type: 'string' } }, 1);
    const [name] = positionals;
    return withApp(deps, (app) => {
      const sites = chooseSites(app.sites, values.site);
      const found = describeHooks(app.hooks, sites, name);
      print(io, values, { hooks: found }, () => (name ? detail(found) : summary(found)));
      return EXIT.ok;
    });
  },
};

type Described = ReturnType<typeof describeHooks>;

function describeHooks(registry: HookRegistry, sites: readonly Site[], only: string | undefined) {
  const definitions = [...registry.definitions()];
  if (only !== undefined && !registry.definitions().has(only)) {
    const names = definitions.map(([name]) => name);
    throw new UsageError(`no hook "${only}"${didYouMean(only, names)}`);
  }
  return definitions
    .filter(([name]) => only === undefined || name === only)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { kind, owner, doc }]) => ({
      name,
      kind,
      owner,
      doc,
      handlers: sites.flatMap((site) =>
        // This process called nobody: what handlers cost is known to those that serve.
        registry
          .handlers(site.id, name)
          .map(({ plugin, priority }) => ({ site: site.id, plugin, priority })),
      ),
    }));
}

const summary = (found: Described): string =>
  table(
    ['hook', 'kind', 'owner', 'handlers', 'what it is'],
    found.map(({ name, kind, owner, handlers, doc }) => [
      name,
      kind,
      owner,
      new Set(handlers.map(({ plugin }) => plugin)).size,
      doc,
    ]),
  );

function detail(found: Described): string {
  return found
    .map(({ name, kind, doc, handlers }) => {
      const head = `${name} (${kind}): ${doc}`;
      if (handlers.length === 0) return `${head}\nNo handler.`;
      const rows = handlers.map(({ site, plugin, priority }) => [site, plugin, priority]);
      return `${head}\n${table(['site', 'plugin', 'priority'], rows)}`;
    })
    .join('\n\n');
}
