import { SECRET_KEY } from '../kernel/config-check';
import {
  type Explanation,
  explain as explainPath,
  type LayerValue,
  valueAtPath,
} from '../kernel/explain';
import type { AppConfig, Site } from '../sites';
import { type Command, EXIT, print, readArgs, UsageError } from './command';
import type { Deps, PluginValue } from './deps';
import { withApp } from './with-app';

export const explain: Command = {
  name: 'explain',
  summary: 'tells which value a key has for a site, and who says so',
  usage: [
    'estafette explain --site id [--user login] <plugin.key | key of the site> [--json]',
    '',
    'estafette explain --site saisons attachment-reminder.words',
    'estafette explain --site saisons imap.port',
  ].join('\n'),
  async run(io, args, deps) {
    const { values, positionals } = readArgs(
      args,
      { site: { type: 'string' }, user: { type: 'string' } },
      1,
    );
    const [path] = positionals;
    if (path === undefined) throw new UsageError('explain needs a key, as plugin.key');
    const config = deps.loadConfig();
    const site = chooseSite(config, values.site);
    const known = await look(deps, site, path, values.user);
    const explanation = explainPath(config.sources, { path, siteId: site.id, ...known });
    if (explanation.value === undefined && explanation.layers.length === 0) {
      throw new UsageError(`site ${site.id} has no key "${path}"`);
    }
    const shown = withoutSecret(explanation);
    print(io, values, { site: site.id, ...shown }, () => describe(shown));
    return EXIT.ok;
  },
};

function chooseSite({ sites }: AppConfig, id: string | undefined): Site {
  const only = sites.length === 1 && id === undefined ? sites[0] : undefined;
  const site = only ?? sites.find((candidate) => candidate.id === id);
  if (site) return site;
  const list = sites.map((candidate) => candidate.id).join(', ');
  throw new UsageError(id === undefined ? `--site is one of ${list}` : `no site "${id}": ${list}`);
}

/** Keys of the site itself need no plugin, so no application either. */
async function look(
  deps: Deps,
  site: Site,
  path: string,
  user: string | undefined,
): Promise<PluginValue & { readonly effective: unknown }> {
  const keys = path.split('.');
  if (Object.hasOwn(site, keys[0] ?? '')) return { effective: valueAtPath(site, keys) };
  const written = valueAtPath(site.plugins, keys);
  const question = { site: site.id, path, ...(user !== undefined && { user }) };
  const value = await withApp(deps, (app) => deps.pluginValue(app, question));
  return { ...value, effective: value.effective ?? written };
}

const HIDDEN = '(secret)';

function withoutSecret(explanation: Explanation): Explanation {
  if (!SECRET_KEY.test(explanation.path.split('.').at(-1) ?? '')) {
    return { ...explanation, value: hideInside(explanation.value) };
  }
  const layers = explanation.layers.map((entry) => ({ ...entry, value: HIDDEN }));
  return { ...explanation, value: HIDDEN, layers };
}

// A whole object may hold a secret that came from the environment.
const hideInside = (value: unknown): unknown =>
  value === undefined
    ? undefined
    : (JSON.parse(
        JSON.stringify(value, (key, inner: unknown) =>
          SECRET_KEY.test(key) && typeof inner === 'string' ? HIDDEN : inner,
        ),
      ) as unknown);

function describe({ path, value, layers }: Explanation): string {
  const lines = [`${path} = ${JSON.stringify(value)}`];
  layers.forEach((entry, index) => {
    const mark = index === layers.length - 1 ? '<- in force' : '';
    lines.push(
      `  ${entry.layer.padEnd(8)} ${JSON.stringify(entry.value)}  ${place(entry)} ${mark}`,
    );
  });
  return lines.map((line) => line.trimEnd()).join('\n');
}

function place({ file, path, line }: LayerValue): string {
  if (file === undefined) return '';
  return `${file}${line === undefined ? '' : `:${line}`} (${path ?? ''})`;
}
