import { type DemoSite, demoSites, groupsOfSite } from './data';
import type { DemoStack, DovecotStack } from './stack';

type File = Readonly<Record<string, unknown>>;
/** Where the servers are, whoever started them. */
type Servers = Pick<DemoStack | DovecotStack, 'ldap'> &
  Readonly<Record<'imap' | 'smtp', { readonly host: string; readonly port: number }>>;

/** The files of an installation and its secrets, by the names that they have in one. */
export interface DemoFiles {
  readonly app: File;
  readonly sites: Readonly<Record<DemoSite['id'], File>>;
  /** Environment variables. */
  readonly secrets: Readonly<Record<string, string>>;
}

/** What the sample ministries would write to be served by these servers. */
export function demoFiles(
  servers: Servers,
  { port, dataDir }: { readonly port: number; readonly dataDir: string },
): DemoFiles {
  return {
    app: {
      mode: 'development',
      listen: { host: '127.0.0.1', port },
      publicUrl: { scheme: 'http' },
      database: { client: 'sqlite' },
      dataDir,
      log: { level: 'warn' },
    },
    sites: byId((site) => siteFile(site, servers)),
    secrets: Object.fromEntries(
      demoSites.map((site) => [
        `ESTAFETTE_${site.id.toUpperCase()}_LDAP_BIND_PASSWORD`,
        site.servicePassword,
      ]),
    ),
  };
}

const byId = (fileOf: (site: DemoSite) => File): Readonly<Record<DemoSite['id'], File>> =>
  Object.fromEntries(demoSites.map((site) => [site.id, fileOf(site)])) as Record<
    DemoSite['id'],
    File
  >; // one for each of the sites, whose ids are all of the type

const pluginsOf = ({ mailDomain }: DemoSite): File => ({
  'attachment-reminder': true,
  'external-sender': true,
  'list-unsubscribe': { authservIds: [`mx.${mailDomain}`] },
  'usage-statistics': true,
});

function siteFile(site: DemoSite, { imap, smtp, ldap }: Servers): File {
  const isFirst = site.id === 'saisons';
  return {
    hosts: isFirst ? site.hosts : [...site.hosts, '*.localhost'],
    title: site.title,
    tagline: site.tagline,
    mailDomains: [site.mailDomain],
    skin: site.id,
    locale: 'fr',
    timeZone: 'Europe/Paris',
    imap: { host: imap.host, port: imap.port, security: 'none' },
    smtp: { host: smtp.host, port: smtp.port, security: 'none', auth: 'user' },
    signIn: {
      kind: 'ldap',
      ldap: {
        urls: [`ldap://${ldap.host}:${ldap.port}`],
        bindDn: site.serviceDn,
        searchBase: site.baseDn,
        attributes: { uid: 'uid', mail: 'mail', name: 'cn', imapLogin: 'uid' },
      },
    },
    support: isFirst
      ? {
          name: {
            fr: 'Assistance numérique des Saisons',
            en: 'Digital support of the Seasons',
          },
          phone: '01 99 00 00 10',
          mail: `assistance@${site.mailDomain}`,
          hours: {
            fr: 'de 8 h à 18 h, du lundi au vendredi',
            en: '8 a.m. to 6 p.m., Monday to Friday',
          },
        }
      : {
          name: { fr: 'Centre d’appui des Marées', en: 'Support centre of the Tides' },
          phone: '02 99 00 00 20',
          mail: `appui@${site.mailDomain}`,
        },
    session: { idleMinutes: 240, absoluteHours: 12 },
    plugins: isFirst ? pluginsOf(site) : {},
    groups: groupsOfSite(site.id),
    choices: ['attachment-reminder'],
    links: [
      {
        label: { fr: 'Accessibilité : non auditée', en: 'Accessibility: not audited' },
        href: '/help/accessibility',
      },
      { label: { fr: 'Données personnelles', en: 'Personal data' }, href: '/help/privacy' },
    ],
  };
}
