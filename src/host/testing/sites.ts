import type { SiteId } from '../../base/types';
import type { Site } from '../../sites';
import type { PluginTestOptions, TestSite } from './types';

export const TEST_SITE = 'test' as SiteId;

const SERVER = { host: '127.0.0.1', security: 'none' } as const;

const base = (id: string): Site => ({
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
  locked: [],
  taskbar: [],
  links: [],
});

/** The sites of a test: `test` with the plugin on, and those that it adds. */
export function buildSites<C>(options: PluginTestOptions<C>): readonly Site[] {
  const { plugin, site = {}, sites = {}, config = {} } = options;
  const requirements = Object.fromEntries((options.with ?? []).map(({ id }) => [id, true]));
  const build = (id: string, { on, ...values }: TestSite): Site => ({
    ...base(id),
    ...values,
    plugins: on === false ? requirements : { ...requirements, [plugin.id]: on ?? true },
  });
  return [
    build(TEST_SITE, { ...site, on: config }),
    ...Object.entries(sites).map(([id, values]) => build(id, values)),
  ];
}
