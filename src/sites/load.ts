import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { isLoopback } from '../base/addresses';
import type { SiteId } from '../base/types';
import {
  type ConfigIssue,
  type ConfigSource,
  checkSource,
  issueAt,
  layer,
  type SiteContext,
  type SitesParser,
  secretVariable,
} from '../kernel/config';
import { didYouMean } from '../kernel/config-shape';
import { mailAccessOf } from './mail-access';
import { type SiteFile, siteSchema } from './schema';
import type { SignInRules } from './sign-in-schema';
import type {
  ServerAddress,
  SignInSource,
  Site,
  SiteDirectory,
  SiteNotices,
  SiteProtection,
} from './site';

// These would make an environment variable that already means something else.
const RESERVED_IDS: ReadonlySet<string> = new Set(['core', 'config', 'secret', 'database']);
const SITE_ID = /^[a-z][a-z0-9-]{0,39}$/;

const IMAP_PORTS = { tls: 993, starttls: 143, none: 143 } as const;
const SMTP_PORTS = { tls: 465, starttls: 587, none: 25 } as const;

type Fault = (path: readonly PropertyKey[], message: string) => void;

/** Site files → sites, each complete and checked; faults are collected, not thrown. */
export const parseSites: SitesParser<Site> = (sources, context) => {
  const issues: ConfigIssue[] = [];
  const owners = new Map<string, string>();
  const sites: Site[] = [];
  for (const source of sources) {
    const checked = checkSource(siteSchema, source);
    issues.push(...checked.issues);
    const fault: Fault = (at, message) => issues.push(issueAt(source, at, message));
    const id = siteIdOf(source, fault);
    if (!checked.value || id === undefined) continue;
    claimHosts(checked.value, source.file, owners, fault);
    sites.push(buildSite(id, checked.value, context, fault));
  }
  return { sites, issues };
};

function siteIdOf({ file }: ConfigSource, fault: Fault): SiteId | undefined {
  const id = path.basename(file, '.json');
  if (SITE_ID.test(id) && !RESERVED_IDS.has(id)) return id as SiteId;
  fault([], 'the file name is the id of the site: lower case letters, digits and "-"');
  return undefined;
}

// A host that two sites claim would show one ministry's agents the other's sign-in page.
function claimHosts(
  { hosts }: SiteFile,
  file: string,
  owners: Map<string, string>,
  fault: Fault,
): void {
  hosts.forEach((host, index) => {
    const owner = owners.get(host);
    if (owner !== undefined) fault(['hosts', index], `"${host}" already belongs to ${owner}`);
    owners.set(host, file);
  });
  if (hosts[0]?.startsWith('*')) fault(['hosts', 0], 'the first host makes links: no "*" there');
}

function buildSite(id: SiteId, file: SiteFile, context: SiteContext, fault: Fault): Site {
  const { auth, ...smtp } = file.smtp;
  return {
    id,
    hosts: file.hosts,
    ...(file.alsoHosts.length > 0 && { alsoHosts: file.alsoHosts }),
    ...alsoPeopleOf(file, fault),
    title: file.title,
    tagline: file.tagline,
    mailDomains: file.mailDomains,
    skin: skinOf(file.skin, context, fault),
    locale: file.locale,
    timeZone: file.timeZone,
    imap: serverOf(file.imap, IMAP_PORTS, ['imap'], context, fault),
    smtp: { ...serverOf(smtp, SMTP_PORTS, ['smtp'], context, fault), auth },
    signIn: signInOf(id, file, context, fault),
    ...(Object.keys(file.directories).length > 0 && {
      directories: directoriesOf(id, file, context, fault),
    }),
    mailAccess: mailAccessOf(id, file.mailAccess, context),
    support: file.support,
    session: file.session,
    protection: protectionOf(file.protection, context, fault),
    ...(file.notices && { notices: noticesOf(id, file.notices, context) }),
    reading: file.reading,
    help: { lost: withoutAbsent(file.help.lost) },
    limits: file.limits,
    sending: withoutAbsent(file.sending),
    offline: file.offline,
    push: file.push,
    audit: file.audit,
    plugins: pluginsOf(file, context),
    groups: file.groups,
    choices: file.choices,
    locked: file.locked,
    taskbar: file.taskbar,
    links: file.links,
  };
}

/** Of a site whose people sign in nowhere else it would move nobody, and look as if it did. */
function alsoPeopleOf({ alsoHosts, alsoPeople }: SiteFile, fault: Fault): Pick<Site, 'alsoPeople'> {
  if (!alsoPeople) return {};
  if (alsoHosts.length === 0) fault(['alsoPeople'], 'expected alsoHosts beside it, found none');
  return { alsoPeople };
}

function skinOf(skin: string, { root }: SiteContext, fault: Fault): string {
  const dir = path.join(root, 'skins');
  const isSkin = (name: string): boolean => existsSync(path.join(dir, name, 'skin.json'));
  // Without the folder this is no installation, which loading the skins tells.
  if (!existsSync(dir) || isSkin(skin)) return skin;
  const known = readdirSync(dir).filter(isSkin).sort();
  const list = known.map((name) => JSON.stringify(name)).join(', ') || 'none there';
  const hint = didYouMean(skin, known);
  fault(['skin'], `expected a folder of skins/ (${list}), found "${skin}"${hint}`);
  return skin;
}

function serverOf(
  { allowPlain, caFile, port, ...server }: SiteFile['imap'],
  ports: Readonly<Record<ServerAddress['security'], number>>,
  at: readonly PropertyKey[],
  context: SiteContext,
  fault: Fault,
): ServerAddress {
  if (server.security === 'none' && !isLoopback(server.host) && !allowPlain) {
    fault(
      [...at, 'security'],
      '"none" would send passwords in the clear to another machine; use "tls" or "starttls", or say "allowPlain": true',
    );
  }
  return {
    ...server,
    port: port ?? ports[server.security],
    ...readableFile(caFile, [...at, 'caFile'], context, fault),
  };
}

function signInOf(
  id: SiteId,
  { signIn, groups }: Pick<SiteFile, 'signIn' | 'groups'>,
  context: SiteContext,
  fault: Fault,
): SignInSource {
  const rules = signInRulesOf({ signIn, groups }, fault);
  if (signIn.kind === 'imap') {
    const { kind, loginDomain } = signIn;
    return { kind, ...(loginDomain !== undefined && { loginDomain }), ...rules };
  }
  const alsoAsk = [...askedBy(groups, signIn.ldap.attributes), ...askedForProfile(rules)];
  const place = {
    at: ['signIn', 'ldap'],
    variable: secretVariable(id, 'ldapBindPassword'),
    what: `signIn.ldap.bindDn of site ${id}`,
  };
  const ldap = ldapOf(place, signIn.ldap, context, fault);
  return { kind: 'ldap', ldap: { ...ldap, alsoAsk: [...new Set(alsoAsk)] }, ...rules };
}

const askedForProfile = ({ profile = {} }: SignInRules): readonly string[] =>
  Object.values(profile).filter((name) => name !== undefined);

function signInRulesOf(
  { signIn, groups }: Pick<SiteFile, 'signIn' | 'groups'>,
  fault: Fault,
): SignInRules {
  const { kind, order, form, eligible, profile } = signIn;
  const known = groups.map(({ id }) => id);
  eligible?.groups.forEach((group, index) => {
    if (known.includes(group)) return;
    const message = `expected a group of this site, found "${group}"${didYouMean(group, known)}`;
    fault(['signIn', 'eligible', 'groups', index], message);
  });
  // Without a directory nobody stands in a branch: the ministry would be closed.
  if (kind === 'imap' && eligible && eligible.branches.length > 0) {
    fault(['signIn', 'eligible', 'branches'], 'expected signIn.kind "ldap": branches are its own');
  }
  return {
    ...(order.length > 0 && { order }),
    ...(form !== 'shown' && { form }),
    ...(eligible && { eligible }),
    ...(Object.keys(profile).length > 0 && { profile }),
  };
}

// `*` stands for ordinary attributes (RFC 4511 4.5.1.8); OpenLDAP computes `memberOf`, and others
// are operational by the server's choice, so that what the file names is asked for by name.
function askedBy(
  groups: SiteFile['groups'],
  attributes: Readonly<Record<string, string>>,
): readonly string[] {
  const matched = groups.flatMap(({ match }) => Object.keys(match.attribute ?? {}));
  return [...new Set(['memberOf', ...matched, ...Object.values(attributes)])];
}

function directoriesOf(
  id: SiteId,
  { directories }: Pick<SiteFile, 'directories'>,
  context: SiteContext,
  fault: Fault,
): readonly SiteDirectory[] {
  return Object.entries(directories).map(([name, { title, ...ldap }]) => ({
    ...ldapOf(
      {
        at: ['directories', name],
        variable: secretVariable(id, 'directory', name, 'bindPassword'),
        what: `directories.${name}.bindDn of site ${id}`,
      },
      ldap,
      context,
      fault,
    ),
    id: name,
    title,
    alsoAsk: ['memberOf'],
  }));
}

interface LdapPlace {
  readonly at: readonly PropertyKey[];
  /** Environment variable of the service account's password. */
  readonly variable: string;
  readonly what: string;
}

function ldapOf<
  T extends {
    readonly urls: readonly string[];
    readonly startTls: boolean;
    readonly allowPlain: boolean;
    readonly caFile?: string | undefined;
    readonly bindDn?: string | undefined;
  },
>(
  { at, variable, what }: LdapPlace,
  { allowPlain, caFile, bindDn, ...ldap }: T,
  context: SiteContext,
  fault: Fault,
) {
  const isProtected = (url: string): boolean =>
    url.startsWith('ldaps:') || ldap.startTls || allowPlain || isLoopback(new URL(url).hostname);
  ldap.urls.forEach((url, index) => {
    if (!URL.canParse(url)) fault([...at, 'urls', index], 'expected ldap://host:389');
    else if (!isProtected(url)) {
      fault(
        [...at, 'urls', index],
        'passwords would travel in the clear: use ldaps://, or "startTls": true, or say "allowPlain": true',
      );
    }
  });
  const bindPassword = bindDn === undefined ? undefined : context.secrets.read(variable);
  if (bindDn !== undefined && bindPassword === undefined) {
    context.secrets.fault(variable, `the password of ${what} is missing`);
  }
  return {
    ...ldap,
    ...(bindDn !== undefined && { bindDn }),
    ...(bindPassword !== undefined && { bindPassword }),
    ...readableFile(caFile, [...at, 'caFile'], context, fault),
  };
}

function readableFile(
  file: string | undefined,
  at: readonly PropertyKey[],
  { root }: SiteContext,
  fault: Fault,
  kind = 'PEM file',
): { readonly caFile?: string } {
  if (file === undefined) return {};
  const caFile = path.resolve(root, file);
  try {
    accessSync(caFile, constants.R_OK);
  } catch {
    fault(at, `expected a readable ${kind}, found nothing readable at ${caFile}`);
  }
  return { caFile };
}

function protectionOf(
  { countries, networks, ...locks }: SiteFile['protection'],
  context: SiteContext,
  fault: Fault,
): SiteProtection {
  const { caFile: file } = readableFile(
    countries,
    ['protection', 'countries'],
    context,
    fault,
    'CSV file',
  );
  return {
    ...locks,
    ...(networks && { networks }),
    ...(file !== undefined && { countries: file }),
  };
}

function noticesOf(
  id: SiteId,
  notices: NonNullable<SiteFile['notices']>,
  context: SiteContext,
): SiteNotices {
  const { from, replyTo, username } = notices;
  const variable = secretVariable(id, 'noticesPassword');
  const password = username === undefined ? undefined : context.secrets.read(variable);
  if (username !== undefined && password === undefined) {
    context.secrets.fault(variable, `the password of notices.username of site ${id} is missing`);
  }
  return withoutAbsent({ from, replyTo, username, password });
}

/** The members that are there: an absent one is no `undefined` member. */
function withoutAbsent<T extends object>(
  value: T,
): { [K in keyof T]?: Exclude<T[K], undefined> } & {
  [K in keyof T as undefined extends T[K] ? never : K]: T[K];
} {
  return Object.fromEntries(
    Object.entries(value).filter(([, member]) => member !== undefined),
  ) as ReturnType<typeof withoutAbsent<T>>; // the same members, those that were undefined left out
}

// `true` means "on with the defaults"; what a site says lies over what plugins.json says.
function pluginsOf({ plugins }: SiteFile, { pluginDefaults }: SiteContext) {
  const enabled = Object.entries(plugins).filter(([, value]) => value !== false);
  return Object.fromEntries(
    enabled.map(([id, value]) => {
      const defaults = Object.hasOwn(pluginDefaults, id) ? pluginDefaults[id] : {};
      return [id, layer(defaults, value === true ? {} : value)];
    }),
  );
}
