import { type DemoSite, demoSites, groupsOfSite } from './data';
import { DEMO_MASTER } from './master';
import type { DemoStack, DovecotStack } from './stack';

type File = Readonly<Record<string, unknown>>;
/** Where the servers are, whoever started them. */
type Servers = Pick<DemoStack | DovecotStack, 'ldap'> &
  Readonly<Record<'imap' | 'smtp', { readonly host: string; readonly port: number }>> &
  Partial<Pick<DemoStack | DovecotStack, 'oidc' | 'cas'>>;

/** The files of an installation and its secrets, by the names that they have in one. */
export interface DemoFiles {
  readonly app: File;
  readonly sites: Readonly<Record<DemoSite['id'], File>>;
  /** `plugins.json`, without what plugins are granted. */
  readonly plugins: File;
  /** Environment variables. */
  readonly secrets: Readonly<Record<string, string>>;
}

/** The account by which the platform itself writes, on the demonstration's SMTP server. */
export const NOTICES_ACCOUNT = { username: 'platform', password: 'platform-notices' } as const;

/** What the sample ministries would write to be served by these servers. */
export function demoFiles(
  servers: Servers,
  {
    port,
    dataDir,
    notices = false,
  }: { readonly port: number; readonly dataDir: string; readonly notices?: boolean },
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
    sites: byId((site) => siteFile(site, servers, notices)),
    plugins: {
      origins: {
        sso: [servers.oidc?.issuer, servers.cas?.issuer]
          .filter((issuer) => issuer !== undefined)
          .map((issuer) => new URL(issuer).origin),
      },
    },
    secrets: {
      ...Object.fromEntries(
        demoSites.flatMap((site) => [
          [`ESTAFETTE_${site.id.toUpperCase()}_LDAP_BIND_PASSWORD`, site.servicePassword],
          [`ESTAFETTE_${site.id.toUpperCase()}_NOTICES_PASSWORD`, NOTICES_ACCOUNT.password],
        ]),
      ),
      ...(servers.oidc && {
        ESTAFETTE_SAISONS_SSO_CERBERE_CLIENT_SECRET: servers.oidc.clientSecret,
      }),
      ...(servers.cas && { ESTAFETTE_MAREES_MAIL_MASTER_PASSWORD: DEMO_MASTER.password }),
    },
  };
}

const byId = (fileOf: (site: DemoSite) => File): Readonly<Record<DemoSite['id'], File>> =>
  Object.fromEntries(demoSites.map((site) => [site.id, fileOf(site)])) as Record<
    DemoSite['id'],
    File
  >; // one for each of the sites, whose ids are all of the type

const pluginsOf = ({ mailDomain, baseDn }: DemoSite): File => ({
  annuaire: {
    treeBase: `ou=agents,${baseDn}`,
    attributes: {
      absence: ['ministryAbsence'],
      absentUntil: ['ministryAbsenceEnd'],
      substitute: ['ministrySubstitute'],
      successor: ['ministrySuccessor'],
    },
    own: [
      { attribute: 'telephoneNumber' },
      { attribute: 'mobile' },
      { attribute: 'roomNumber', maxChars: 20 },
      { attribute: 'description', maxChars: 500, maxValues: 2 },
      { attribute: 'jpegPhoto' },
    ],
  },
  'attachment-reminder': true,
  calendar: { rooms: roomsOf(mailDomain), booking: 'public' },
  contacts: true,
  'external-sender': true,
  'list-unsubscribe': { authservIds: [`mx.${mailDomain}`] },
  'usage-statistics': true,
});

/** Rooms and a car, of two buildings. */
const roomsOf = (mailDomain: string): readonly File[] =>
  (
    [
      ['equinoxe', 'Salle Équinoxe', 'Bâtiment A', 6, 'room', ['Écran']],
      ['solstice', 'Salle Solstice', 'Bâtiment A', 16, 'room', ['Écran', 'Visioconférence']],
      ['boreale', 'Amphithéâtre Boréale', 'Bâtiment B', 120, 'room', ['Visioconférence', 'Micros']],
      ['voiture', 'Voiture électrique', 'Bâtiment B', 4, 'vehicle', []],
    ] as const
  ).map(([id, title, building, capacity, kind, features]) => ({
    id,
    title,
    mail: `${id}@salles.${mailDomain}`,
    building,
    capacity,
    kind,
    features,
  }));

/** The first ministry has a Cerbère of its own, the second a CAS server. */
function signInOf(site: DemoSite['id'], { oidc, cas }: Servers): File {
  if (site === 'saisons' && oidc) {
    const { issuer, clientId } = oidc;
    const label = { fr: 'Se connecter avec Cerbère (démo)', en: 'Sign in with Cerbère (demo)' };
    const provider = { id: 'cerbere', kind: 'oidc', profile: 'cerbere', refresh: true };
    return {
      plugins: { sso: { providers: [{ ...provider, label, issuer, clientId }] } },
      mailAccess: { kind: 'oauth', mechanism: 'XOAUTH2' },
    };
  }
  if (site === 'marees' && cas) {
    const label = { fr: 'Se connecter avec le CAS (démo)', en: 'Sign in with CAS (demo)' };
    const strongAcr = ['mfa-card'];
    return {
      plugins: {
        sso: { providers: [{ id: 'cas', kind: 'cas', label, issuer: cas.issuer, strongAcr }] },
      },
      mailAccess: { kind: 'master', user: DEMO_MASTER.username },
    };
  }
  return {};
}

function siteFile(site: DemoSite, servers: Servers, notices: boolean): File {
  const { imap, smtp, ldap } = servers;
  const isFirst = site.id === 'saisons';
  const { plugins: signInPlugins, ...signIn } = signInOf(site.id, servers);
  return {
    ...signIn,
    hosts: isFirst ? site.hosts : [...site.hosts, '*.localhost'],
    title: site.title,
    tagline: site.tagline,
    mailDomains: [site.mailDomain],
    reading: {
      authservIds: [`mx.${site.mailDomain}`],
      servers: [`.${site.mailDomain}`],
      report: {
        phishing: `hameconnage@${site.mailDomain}`,
        junk: `indesirables@${site.mailDomain}`,
      },
      links: { suspect: ['.boite-postale.example'], leave: isFirst ? 'suspect' : 'outside' },
    },
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
    ...(notices && {
      notices: {
        from: `ne-pas-repondre@${site.mailDomain}`,
        username: NOTICES_ACCOUNT.username,
      },
    }),
    plugins: { ...(isFirst && pluginsOf(site)), ...Object(signInPlugins) },
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
