import type { SiteId } from '../../base/types';
import type { Site } from '../../sites';
import type { PluginTestOptions, TestSite } from './types';

export const TEST_SITE = 'test' as SiteId;

const SERVER = { host: '127.0.0.1', security: 'none' } as const;

/** A site without plugins, whose servers are never spoken to. */
export const plainSite = (id: string): Site => ({
  id: id as SiteId,
  hosts: [`${id}.example`],
  title: 'Messagerie de test',
  tagline: '',
  mailDomains: [`${id}.example`],
  skin: 'base',
  locale: 'fr',
  timeZone: 'Europe/Paris',
  imap: { ...SERVER, port: 143 },
  smtp: { ...SERVER, port: 25, auth: 'none' },
  signIn: { kind: 'imap' },
  support: { name: 'Assistance' },
  session: { idleMinutes: 60, absoluteHours: 12 },
  limits: { messageBytes: 25_000_000, recipients: 200, pageSize: 50, undoSeconds: 8 },
  plugins: {},
  groups: [],
  choices: [],
  locked: [],
  taskbar: [],
  links: [],
});

/** Group of the person of the test, for what the test grants. */
export const GRANTED_GROUP = 'test-granted';

const aGroup = (id: string, more: Partial<Site['groups'][number]>): Site['groups'][number] => ({
  id,
  title: id,
  match: { logins: [id] },
  plugins: {},
  locked: [],
  permissions: [],
  ...more,
});

const groupsOf = <C>({
  plugin,
  groups = {},
  permissions,
}: PluginTestOptions<C>): Site['groups'] => [
  ...Object.entries(groups).map(([id, says]) => aGroup(id, { plugins: { [plugin.id]: says } })),
  ...(permissions ? [aGroup(GRANTED_GROUP, { permissions: [...permissions] })] : []),
];

/** The sites of a test: `test` with the plugin on, and those that it adds. */
export function buildSites<C>(options: PluginTestOptions<C>): readonly Site[] {
  const { plugin, site = {}, sites = {}, config = {}, on = true } = options;
  const requirements = Object.fromEntries((options.with ?? []).map(({ id }) => [id, true]));
  const build = (id: string, { on, ...values }: TestSite): Site => ({
    ...plainSite(id),
    ...values,
    plugins: on === false ? requirements : { ...requirements, [plugin.id]: on ?? true },
  });
  return [
    {
      ...build(TEST_SITE, { ...site, on: on && config }),
      groups: site.groups ?? groupsOf(options),
      choices: site.choices ?? (options.choice === undefined ? [] : [plugin.id]),
    },
    ...Object.entries(sites).map(([id, values]) => build(id, values)),
  ];
}
