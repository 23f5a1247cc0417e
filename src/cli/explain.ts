import type { PluginExplanation } from '../enabling';
import { SECRET_KEY } from '../kernel/config-check';
import { valueAt } from '../kernel/config-layer';
import { explainSiteKey } from '../kernel/explain';
import type { AppConfig, Site } from '../sites';
import { chooseSite } from './choose-site';
import { type Command, EXIT, print, readArgs, UsageError } from './command';
import type { Deps, EnablingDoor } from './deps';
import { describeExplanation } from './explain-text';
import { withEnabling } from './with-enabling';

export const explain: Command = {
  name: 'explain',
  summary: 'tells which value a key has for a site or somebody, and who says so',
  usage: [
    'estafette explain [--site id] [--user login] [--group id] <plugin.key | key of the site> [--json]',
    '',
    '--user login  as that person has it: login or address of somebody who has signed in',
    '--group id    as members of a group of the site have it; may be repeated',
    '',
    'estafette explain --user camille.durand@saisons.example.test calendar.enabled',
    'estafette explain --site saisons --group dsi attachment-reminder.words',
    'estafette explain --site saisons imap.port',
  ].join('\n'),
  async run(io, args, deps) {
    const { values, positionals } = readArgs(
      args,
      {
        site: { type: 'string' },
        user: { type: 'string' },
        group: { type: 'string', multiple: true },
      },
      1,
    );
    const [path] = positionals;
    if (path === undefined) throw new UsageError('explain needs a key, as plugin.key');
    const config = deps.loadConfig();
    const key = siteKey(config, values.site, path);
    const told = key ?? (await askPlugins(deps, config, { ...values, path }));
    const shown = withoutSecret(told);
    print(io, values, shown, () => describeExplanation(shown));
    return EXIT.ok;
  },
};

/** What is told: an explanation, with the site and the person that it is for. */
export type Told = Omit<PluginExplanation, 'value'> & {
  readonly site: string;
  readonly user?: string;
  readonly groups?: readonly string[];
  readonly value?: unknown;
};

/** Keys of the site's own need neither plugins nor database. */
function siteKey(config: AppConfig, id: string | undefined, path: string): Told | undefined {
  const keys = path.split('.');
  const [first = ''] = keys;
  if (!config.sites.some((site) => Object.hasOwn(site, first))) return undefined;
  const site = chooseSite(config, id);
  const found = explainSiteKey(config.sources, {
    path,
    site: site.id,
    value: valueAt(site, keys),
  });
  if (found.layers.length === 0) throw new UsageError(`site ${site.id} has no key "${path}"`);
  return { site: site.id, ...found };
}

interface Question {
  readonly path: string;
  readonly site?: string | undefined;
  readonly user?: string | undefined;
  readonly group?: readonly string[] | undefined;
}

async function askPlugins(deps: Deps, config: AppConfig, question: Question): Promise<Told> {
  if (question.site !== undefined) chooseSite(config, question.site); // before anything is opened
  return withEnabling(deps, async (door) => {
    const subject = await subjectOf(door, config, question);
    const { user, groups, choices, site } = subject;
    const told = door.enabling.explainFor({ site: site.id, groups, choices, path: question.path });
    if (told.value === undefined && told.layers.length === 0) {
      throw new UsageError(`site ${site.id} has no key "${question.path}"`);
    }
    return {
      site: site.id,
      ...(user !== undefined && { user }),
      ...(groups.length > 0 && { groups }),
      ...told,
    };
  });
}

async function subjectOf(door: EnablingDoor, config: AppConfig, question: Question) {
  const { user: name, group: asked = [] } = question;
  if (name === undefined) {
    const site = chooseSite(config, question.site);
    const known = site.groups.map(({ id }) => id);
    const unknown = asked.find((id) => !known.includes(id));
    if (unknown !== undefined) {
      const list = known.join(', ') || 'it has none';
      throw new UsageError(`site ${site.id} has no group "${unknown}": ${list}`);
    }
    return { site, groups: asked, choices: {} };
  }
  if (asked.length > 0) throw new UsageError('--user and --group exclude each other');
  const sites = question.site === undefined ? config.sites : [chooseSite(config, question.site)];
  const found = await people(door, sites, name);
  const [only, other] = found;
  if (!only) throw new UsageError(`nobody "${name}" has signed in yet`);
  if (other) {
    const list = found.map(({ site }) => site.id).join(', ');
    throw new UsageError(`"${name}" is known on several sites, --site is one of ${list}`);
  }
  const { site, person } = only;
  return { site, user: person.login, groups: person.groups, choices: person.choices };
}

async function people(door: EnablingDoor, sites: readonly Site[], name: string) {
  const found = await Promise.all(
    sites.map(async (site) => ({ site, person: await door.findPerson(site.id, name) })),
  );
  return found.flatMap(({ site, person }) => (person ? [{ site, person }] : []));
}

const HIDDEN = '(secret)';

function withoutSecret(told: Told): Told {
  const isSecret = SECRET_KEY.test(told.path.split('.').at(-1) ?? '');
  const hide = (value: unknown): unknown => (isSecret ? HIDDEN : hideInside(value));
  return {
    ...told,
    ...(told.value !== undefined && { value: hide(told.value) }),
    layers: told.layers.map((say) => ({ ...say, value: hide(say.value) })),
  };
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
