import { cpus } from 'node:os';
import path from 'node:path';
import type { z } from 'zod';
import { isLoopback } from '../base/addresses';
import { type ConfigSource, checkSource, issueAt } from './config-check';
import { ConfigError, type ConfigIssue } from './config-errors';
import { type ConfigSources, readSources } from './config-files';
import { layer } from './config-layer';
import {
  type AppFile,
  type AuditStreamSettings,
  appSchema,
  type PackageEntry,
  type PluginsFile,
  pluginsSchema,
} from './config-schema';
import {
  developmentKey,
  type Environment,
  HOW_TO_MAKE_ONE,
  KEY_VARIABLE,
  readOldKeys,
  readSecretKey,
  SecretReader,
  secretVariable,
} from './config-secrets';
import { errorCode } from './error-code';
import { FOLDER_EXPECTED, fileInTheWay, folderFault } from './folders';
import { deepFreeze } from './freeze';

export { type ConfigSource, checkSource, issueAt } from './config-check';
export { ConfigError, type ConfigIssue, EX_CONFIG, formatIssue } from './config-errors';
export type { ConfigSources } from './config-files';
export { isPlain, layer } from './config-layer';
export { appSchema, pluginsSchema } from './config-schema';
export { type Environment, type SecretReader, secretVariable } from './config-secrets';

/** The whole configuration of a process, checked and frozen; `S` is a site. */
export interface PlatformConfig<S> {
  /** Folder of the installation: `skins/`, `plugins/`, `locales/`, `dist/` are below it. */
  readonly root: string;
  readonly mode: 'production' | 'development';
  readonly role: 'all' | 'web' | 'worker';
  readonly listen: { readonly host: string; readonly port: number };
  readonly metrics: { readonly host: string; readonly port: number } | undefined;
  /** How browsers reach us; the host comes from the site. */
  readonly publicUrl: { readonly scheme: 'https' | 'http'; readonly port: number | undefined };
  readonly cookies: { readonly secure: boolean };
  /** Addresses and ranges as Express's `trust proxy` takes them. */
  readonly trustedProxies: readonly string[];
  readonly database: { readonly client: 'sqlite'; readonly filename: string };
  /** Absolute. */
  readonly dataDir: string;
  readonly log: { readonly level: string };
  readonly limits: {
    readonly bodyBytes: number;
    readonly workers: number;
    readonly imapConnectionsPerAccount: number;
    readonly pluginBudgetMs: number;
    /** 0: no limit. */
    readonly memoryMb: number;
    /** 0: for ever. */
    readonly stuckSeconds: number;
    readonly auditDays: number;
  };
  readonly plugins: {
    /** Plugin id → defaults for every site, not yet parsed by the plugin's schema. */
    readonly defaults: Readonly<Record<string, unknown>>;
    /** Hook name → plugin ids. */
    readonly order: Readonly<Record<string, readonly string[]>>;
    readonly packages: readonly PackageEntry[];
    /** Plugin id → what its code may touch. */
    readonly grants: Readonly<Record<string, readonly string[]>>;
    /** Plugin id → servers that its code may reach. */
    readonly origins: Readonly<Record<string, readonly string[]>>;
    /** Plugin id → to how many people it may have a site write in an hour. */
    readonly posts: Readonly<Record<string, number>>;
  };
  readonly audit: {
    /** Absolute; none where the database keeps nothing. */
    readonly headFile: string | undefined;
    /** Paths absolute. */
    readonly stream: AuditStreamSettings | undefined;
  };
  readonly sites: readonly S[];
  /** At least 32 bytes. */
  readonly secretKey: Buffer;
  /** Server keys from before, with which old lines of the audit log are verified. */
  readonly oldSecretKeys: readonly Buffer[];
  /** `ESTAFETTE_<SITE>_<PLUGIN>_<KEY>`, else `ESTAFETTE_<PLUGIN>_<KEY>`, or their `_FILE`. */
  readonly pluginSecret: (plugin: string, key: string, site?: string) => string | undefined;
  /** The files as written, for `explain`. */
  readonly sources: ConfigSources;
}

export interface SiteContext {
  readonly root: string;
  readonly secrets: SecretReader;
  readonly pluginDefaults: Readonly<Record<string, unknown>>;
}
/** Turns site files into sites: what a floor above gives to this one. */
export type SitesParser<S> = (
  sources: readonly ConfigSource[],
  context: SiteContext,
) => { readonly sites: readonly S[]; readonly issues: readonly ConfigIssue[] };

export interface LoadOptions {
  readonly root: string;
  readonly env: Environment;
  /** `ESTAFETTE_CONFIG`, else `config/` under the root. */
  readonly configDir?: string;
}

/** Reads and checks every file; throws one {@link ConfigError} that names every fault. */
export function loadPlatformConfig<S>(
  { root, env, configDir }: LoadOptions,
  parseSites: SitesParser<S>,
): PlatformConfig<S> {
  const dir = path.resolve(root, configDir ?? (env['ESTAFETTE_CONFIG'] || 'config'));
  const { sources, issues } = readSources(dir, root);
  return assemble({ root: path.resolve(root), env, sources, readIssues: issues }, parseSites);
}

export interface RawConfig {
  readonly app: unknown;
  readonly plugins?: unknown;
  readonly sites: readonly { readonly file: string; readonly value: unknown }[];
  /** Folder of the installation; the working directory by default. */
  readonly root?: string;
  /** The server key, when it is not to come from the environment or the data folder. */
  readonly secretKey?: Buffer;
}

/** The same checks on values already in memory: for the demonstration and for tests. */
export function parsePlatformConfig<S>(
  raw: RawConfig,
  env: Environment,
  parseSites: SitesParser<S>,
): PlatformConfig<S> {
  const lines = new Map<string, number>();
  const sources: ConfigSources = {
    // Copies: the result is frozen all the way down, what the caller gave is not ours to freeze.
    app: { file: 'app.json', value: layer(raw.app), lines },
    plugins: { file: 'plugins.json', value: layer(raw.plugins ?? {}), lines },
    sites: raw.sites.map(({ file, value }) => ({ file, value: layer(value), lines })),
  };
  const root = path.resolve(raw.root ?? process.cwd());
  return assemble({ root, env, sources, readIssues: [], secretKey: raw.secretKey }, parseSites);
}

interface Parts {
  readonly root: string;
  readonly env: Environment;
  readonly sources: ConfigSources;
  readonly readIssues: readonly ConfigIssue[];
  readonly secretKey?: Buffer | undefined;
}

function assemble<S>(parts: Parts, parseSites: SitesParser<S>): PlatformConfig<S> {
  const { root, env, sources } = parts;
  const issues = [...parts.readIssues];
  const check = <T extends z.ZodType>(schema: T, source: ConfigSource) => {
    if (source.value === undefined) return undefined; // unread: already reported
    const result = checkSource(schema, source);
    issues.push(...result.issues);
    return result.value;
  };
  const app: AppFile | undefined = check(appSchema, withEnvironment(sources.app, env));
  const plugins: PluginsFile | undefined = check(pluginsSchema, sources.plugins);
  const pluginDefaults = plugins ? defaultsOf(plugins) : {};
  const secrets = new SecretReader(env);
  const siteSources = sources.sites.filter(({ value }) => value !== undefined);
  const parsed = parseSites(siteSources, { root, secrets, pluginDefaults });
  issues.push(...parsed.issues);
  const settings = app && platformSettings(app, sources.app, root, issues);
  const secretKey =
    settings && (parts.secretKey ?? serverKey(settings, secrets, { source: sources.app, issues }));
  const oldSecretKeys = readOldKeys(secrets);
  issues.push(...secrets.issues);
  if (!plugins || !settings || !secretKey || issues.length > 0) throw new ConfigError(issues);

  const { order, packages, grants, origins, posts } = plugins;
  return deepFreeze({
    ...settings,
    root,
    plugins: { defaults: pluginDefaults, order, packages, grants, origins, posts },
    sites: parsed.sites,
    secretKey,
    oldSecretKeys,
    pluginSecret: pluginSecretReader(env),
    sources,
  });
}

// The two that differ from one process or machine to the next with the same files.
function withEnvironment(source: ConfigSource, env: Environment): ConfigSource {
  const { ESTAFETTE_MODE: mode, ESTAFETTE_ROLE: role } = env;
  if ((!mode && !role) || typeof source.value !== 'object' || source.value === null) return source;
  return { ...source, value: { ...source.value, ...(mode && { mode }), ...(role && { role }) } };
}

const NOT_PLUGINS: ReadonlySet<string> = new Set([
  '$schema',
  'order',
  'packages',
  'grants',
  'origins',
  'posts',
]);

const defaultsOf = (plugins: PluginsFile): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(plugins).filter(([key]) => !NOT_PLUGINS.has(key)));

type Settings = Omit<
  PlatformConfig<unknown>,
  'root' | 'plugins' | 'sites' | 'secretKey' | 'oldSecretKeys' | 'pluginSecret' | 'sources'
>;

function platformSettings(
  app: AppFile,
  source: ConfigSource,
  root: string,
  issues: ConfigIssue[],
): Settings {
  const dataDir = path.resolve(root, app.dataDir);
  const inTheWay = fileInTheWay(dataDir);
  if (inTheWay !== undefined) {
    const found = inTheWay === dataDir ? 'a file at' : `the file ${inTheWay} above`;
    issues.push(issueAt(source, ['dataDir'], `${FOLDER_EXPECTED}, found ${found} ${dataDir}`));
  }
  const isLocal = isLoopback(app.listen.host);
  const scheme = app.publicUrl.scheme ?? (app.mode === 'development' && isLocal ? 'http' : 'https');
  if (scheme === 'http' && !isLocal) {
    const message = 'http would send passwords and cookies in the clear beyond this machine';
    issues.push(issueAt(source, ['publicUrl', 'scheme'], message));
  }
  return {
    mode: app.mode,
    role: app.role,
    listen: app.listen,
    metrics: app.metrics,
    publicUrl: { scheme, port: app.publicUrl.port },
    cookies: { secure: scheme === 'https' },
    trustedProxies: app.trustedProxies,
    database: databaseSettings(app, root, dataDir),
    dataDir,
    log: app.log,
    limits: { ...app.limits, workers: app.limits.workers ?? defaultWorkers() },
    audit: auditSettings(app, source, { root, dataDir, issues }),
  };
}

function auditSettings(
  app: AppFile,
  source: ConfigSource,
  { root, dataDir, issues }: { root: string; dataDir: string; issues: ConfigIssue[] },
): PlatformConfig<unknown>['audit'] {
  const { headFile = path.join(dataDir, 'audit-head.json'), stream } = app.audit;
  const keepsNothing = app.database.filename === ':memory:';
  if (stream?.kind === 'syslog' && stream.transport !== 'tls' && !isLoopback(stream.host)) {
    const isAccepted = stream.transport === 'tcp' && stream.allowPlain;
    if (!isAccepted) {
      const message = `logins and addresses would travel in the clear: use "tls"${stream.transport === 'tcp' ? ', or say "allowPlain": true' : ''}`;
      issues.push(issueAt(source, ['audit', 'stream', 'transport'], message));
    }
  }
  return {
    headFile: keepsNothing ? undefined : path.resolve(root, headFile),
    stream: stream && absolute(stream, root),
  };
}

function absolute(stream: AuditStreamSettings, root: string): AuditStreamSettings {
  if (stream.kind === 'file') return { ...stream, path: path.resolve(root, stream.path) };
  if (stream.caFile === undefined) return stream;
  return { ...stream, caFile: path.resolve(root, stream.caFile) };
}

const defaultWorkers = (): number => Math.max(1, Math.min(4, cpus().length - 1));

function databaseSettings({ database }: AppFile, root: string, dataDir: string) {
  const { client, filename = path.join(dataDir, 'estafette.db') } = database;
  const isMemory = filename === ':memory:';
  return { client, filename: isMemory ? filename : path.resolve(root, filename) };
}

interface Told {
  readonly source: ConfigSource;
  readonly issues: ConfigIssue[];
}

function serverKey(
  { mode, dataDir }: Settings,
  secrets: SecretReader,
  { source, issues }: Told,
): Buffer | undefined {
  const key = readSecretKey(secrets);
  if (key || secrets.issues.some(({ path: known }) => known.startsWith(KEY_VARIABLE))) return key;
  if (mode === 'production') {
    secrets.fault(KEY_VARIABLE, `the server key is missing; ${HOW_TO_MAKE_ONE}`);
    return undefined;
  }
  const isTold = issues.some(({ path: known }) => known === 'dataDir');
  try {
    return isTold ? undefined : developmentKey(dataDir);
  } catch (error) {
    if (errorCode(error) === undefined) secrets.fault(KEY_VARIABLE, String(error));
    else issues.push(issueAt(source, ['dataDir'], folderFault(dataDir, error)));
    return undefined;
  }
}

function pluginSecretReader(env: Environment): PlatformConfig<unknown>['pluginSecret'] {
  return (plugin, key, site) => {
    const names = [
      ...(site === undefined ? [] : [secretVariable(site, plugin, key)]),
      secretVariable(plugin, key),
    ];
    for (const name of names) {
      const secrets = new SecretReader(env);
      const value = secrets.read(name);
      if (secrets.issues.length > 0) throw new ConfigError(secrets.issues);
      if (value !== undefined) return value;
    }
    return undefined;
  };
}
