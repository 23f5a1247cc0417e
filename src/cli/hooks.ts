import { nearest } from '../kernel/config-shape';
import type { HookRegistry } from '../kernel/hook-types';
import type { Site } from '../sites';
import { type Command, EXIT, print, readArgs, table, UsageError } from './command';
import { withApp } from './with-app';

export const hooks: Command = {
  name: 'hooks',
  summary: 'lists hooks, or the handlers of one in their order with what they cost',
  usage: [
    'estafette hooks [--site id] [name] [--json]',
    '',
    '--site id   only the handlers that this site runs',
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

function chooseSites(sites: readonly Site[], id: string | undefined): readonly Site[] {
  if (id === undefined) return sites;
  const chosen = sites.filter((site) => site.id === id);
  if (chosen.length === 0) throw new UsageError(`no site "${id}"`);
  return chosen;
}

type Described = ReturnType<typeof describeHooks>;

function describeHooks(registry: HookRegistry, sites: readonly Site[], only: string | undefined) {
  const definitions = [...registry.definitions()];
  if (only !== undefined && !registry.definitions().has(only)) {
    const near = nearest(
      only,
      definitions.map(([name]) => name),
    );
    throw new UsageError(
      `no hook "${only}"${near === undefined ? '' : `; did you mean "${near}"?`}`,
    );
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
        registry.handlers(site.id, name).map((handler) => ({ site: site.id, ...handler })),
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
      const rows = handlers.map((handler) => [
        handler.site,
        handler.plugin,
        handler.priority,
        handler.breaker,
        handler.calls,
        handler.errors,
        handler.timeouts,
        Number(handler.meanMs.toFixed(2)),
      ]);
      const columns = [
        'site',
        'plugin',
        'priority',
        'breaker',
        'calls',
        'errors',
        'timeouts',
        'ms',
      ];
      return `${head}\n${table(columns, rows)}`;
    })
    .join('\n\n');
}
