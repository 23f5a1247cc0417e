import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { detachedPool } from './app/detached-pool';
import { createHealth, type Dependencies } from './app/health';
import { closeServer, createHttpServer, createMetricsServer, listen } from './app/http';
import { migrateAll } from './app/migrations';
import { installedPlugins } from './app/plugins';
import { systemClock } from './base/clock';
import { createLog, type Log } from './base/log';
import type { App as CliApp, PluginValue } from './cli';
import { composeHooks, createCompose } from './compose';
import type { FoundPlugin } from './host/discover';
import { type Host, startHost } from './host/host';
import { createPluginSet } from './host/plugin-set';
import { createSlotSource } from './host/slot-source';
import { createImapPool } from './imap';
import { layer } from './kernel/config';
import { openDatabase } from './kernel/db';
import { createGuardedFetch } from './kernel/fetch';
import { watchFloatingErrors } from './kernel/floating';
import { createHooks } from './kernel/hooks';
import { createTexts } from './kernel/i18n';
import { createJobs } from './kernel/jobs';
import { createMeter, createMetrics } from './kernel/meter';
import { pending } from './kernel/migrate';
import { createServices } from './kernel/services';
import { createWorkerPool } from './kernel/worker';
import { createMail, mailHooks } from './mail';
import {
  createImapLogin,
  createKeyRing,
  createLdapLogin,
  createLoginCsrf,
  createSessions,
  createThrottle,
  createUserStore,
  sessionHooks,
} from './session';
import { CORE_SCOPE, createSettings } from './settings';
import { type AppConfig, createSiteResolver } from './sites';
import { createSmtpTransport } from './smtp';
import { createRenderer, loadAssets, loadSkins } from './view';
import { createWebMetrics } from './web/metrics';
import { createServer } from './web/server';
import { deriveSigningKey } from './web/signing';
import { createStreams } from './web/streams';

/** What SIGTERM leaves to requests under way (threats K2). */
const DRAIN_MS = 10_000;
const WORKER_HEAP_MB = 256;
const WORKER_QUEUE = 200;

export interface AppOptions {
  /** Applies missing migrations at start, under a lock; true unless told. */
  readonly migrate?: boolean;
  readonly log?: Log;
  /** For the demonstration and tests: `host:port` pairs that the image proxy may reach. */
  readonly allowPrivate?: readonly string[];
  /** For tests: plugins beside those of `plugins/`. */
  readonly extraPlugins?: readonly FoundPlugin[];
  /** Handles process-wide errors: only the program itself, never a test. */
  readonly ownsProcess?: boolean;
}

export type App = Awaited<ReturnType<typeof createApp>>;

/** Builds every floor from a configuration; the only place that knows them all. */
export async function createApp(config: AppConfig, options: AppOptions = {}) {
  const log = options.log ?? createLog(config.log);
  const clock = systemClock;
  const { sites } = config;
  const db = await openDatabase({ ...config.database, log });
  const installed = installedPlugins(config);
  const candidates = [...installed.found, ...(options.extraPlugins ?? [])];
  const { found, failed } =
    options.migrate === false
      ? { found: candidates, failed: [] }
      : await migrateAll(db, candidates);
  const broken = [...installed.broken, ...failed];

  // Set once the host stands: a failure before that is a boot failure, which it reports itself.
  let review: (plugin: string) => void = () => {};
  const metrics = createMetrics({ processMetrics: true });
  const meter = createMeter(metrics);
  const set = createPluginSet();
  const hooks = createHooks({
    log,
    clock,
    meter,
    isEnabled: set.isEnabled,
    rank: set.rank,
    order: config.plugins.order,
    mode: config.mode,
    onReported: ({ plugin }) => review(plugin),
  });
  for (const table of [sessionHooks, mailHooks, composeHooks]) hooks.define(table);
  const services = createServices({ isEnabled: set.isEnabled });
  const jobRuns = metrics.counter('job_runs_total', 'Runs of periodic work', ['job', 'outcome']);
  const jobs = createJobs({
    db,
    clock,
    log,
    instanceId: randomUUID(),
    onRun: ({ id, outcome }) => jobRuns.inc({ job: id, outcome }),
  });
  const texts = createTexts({
    coreDir: path.join(config.root, 'locales'),
    fallback: 'fr',
    log,
    development: config.mode === 'development',
  });
  const settings = createSettings({ db, clock });

  const workers = createWorkerPool({
    size: config.limits.workers,
    entry: path.join(__dirname, 'mime', `tasks-worker${path.extname(__filename)}`),
    log,
    maxQueue: WORKER_QUEUE,
    heapMb: WORKER_HEAP_MB,
  });
  const runTask = <T>(name: string, input: unknown, task: { readonly timeoutMs: number }) =>
    workers.run<T>(name, input, task);

  const pool = detachedPool(
    createImapPool({ clock, limits: { connections: config.limits.imapConnectionsPerAccount } }),
  );
  metrics.gauge('imap_connections', 'Open IMAP connections', [], () => pool.stats().connections);
  metrics.gauge(
    'imap_waiting',
    'Calls waiting for an IMAP connection',
    [],
    () => pool.stats().waiting,
  );
  metrics.gauge(
    'worker_queue',
    'Tasks waiting for a parsing thread',
    [],
    () => workers.stats().queued,
  );
  const mail = createMail({ pool, hooks, runTask, texts, clock, log });
  const transport = createSmtpTransport({ log });
  const compose = createCompose({
    db,
    mail,
    hooks,
    runTask,
    clock,
    log,
    uploadsDir: path.join(config.dataDir, 'uploads'),
    settings,
    transport,
    texts,
    metrics,
  });

  const keys = createKeyRing([{ id: 1, secret: config.secretKey }]);
  const throttle = createThrottle({ db, clock });
  const sessions = createSessions({
    db,
    log,
    clock,
    hooks,
    keys,
    throttle,
    users: createUserStore({
      db,
      clock,
      hooks,
      writeSettings: (user, values) => settings.write(user, CORE_SCOPE, values),
      erasers: [(user, trx) => settings.erase(user, trx)],
    }),
    ldapLogin: createLdapLogin({ clock, log }),
    imapLogin: createImapLogin({ verifyImap: (access) => pool.verify(access) }),
  });
  // A session that ends takes its watches with it, and the last one its connections.
  sessions.onClosed(({ sessionId, user }) =>
    mail.release({ site: { id: user.site }, user, session: { id: sessionId } }),
  );

  const createFetch = (limits: { readonly allowHosts?: readonly string[] }) =>
    createGuardedFetch({
      log,
      ...limits,
      ...(options.allowPrivate && { allowPrivate: options.allowPrivate }),
    });
  const host: Host = await startHost({
    log,
    clock,
    hooks,
    services,
    texts,
    db,
    settings,
    jobs,
    set,
    sites,
    found,
    broken,
    createFetch,
    secret: config.pluginSecret,
    defaults: config.plugins.defaults,
    layer,
    pending: async (plugin) =>
      (await pending(db, [{ owner: plugin.id, migrations: plugin.migrations }])).map(
        ({ name }) => name,
      ),
  });

  review = host.review;

  const skins = loadSkins(path.join(config.root, 'skins'));
  for (const site of sites) skins.chain(site.skin); // a wrong skin is a boot error, not a request's
  const assetsDir = path.join(config.root, 'dist', 'assets');
  const pluginDirs = new Map(
    host.all().map((plugin) => [plugin.id, path.join(plugin.dir, 'views')]),
  );
  const renderer = createRenderer({
    skins,
    assets: loadAssets(assetsDir),
    texts,
    slots: createSlotSource({ running: host.running, isolator: hooks.isolator, texts }),
    pluginViews: (plugin) => pluginDirs.get(plugin),
    now: clock.now,
  });
  const resolver = createSiteResolver(sites);
  const dependencies: Dependencies = { db, sites };
  const streams = createStreams();
  const web = createServer({
    log,
    clock,
    texts,
    hooks,
    host: () => host,
    renderer,
    skins,
    sessions,
    loginCsrf: createLoginCsrf(keys),
    settings,
    mail,
    compose,
    fetchImage: createFetch({}),
    metrics: createWebMetrics(metrics),
    streams,
    resolveSite: async (header) => resolver.byHost(header),
    signingKey: deriveSigningKey(config.secretKey),
    health: createHealth(dependencies),
    config: {
      isSecure: config.cookies.secure,
      trustedProxies: config.trustedProxies,
      assetsDir,
      bodyBytes: config.limits.bodyBytes,
      draftBytes: config.limits.bodyBytes * 8,
      pluginBudgetMs: config.limits.pluginBudgetMs,
      version: readVersion(config.root),
    },
  });

  jobs.add({
    id: 'core:sessions',
    every: '1m',
    timeoutS: 60,
    run: async () => void (await sessions.purgeExpired()),
  });
  jobs.add({
    id: 'core:outbox',
    every: '1m',
    timeoutS: 50,
    run: async () => void (await compose.recover()),
  });
  jobs.add({
    id: 'core:uploads',
    every: '1h',
    timeoutS: 600,
    run: async () => void (await compose.sweepUploads()),
  });

  const server = createHttpServer(web.app);
  const metricsServer = config.metrics && createMetricsServer(metrics);
  let unwatch: (() => void) | undefined;

  async function stop(): Promise<void> {
    unwatch?.();
    await jobs.stop();
    streams.closeAll();
    await closeServer(server, DRAIN_MS);
    if (metricsServer) await closeServer(metricsServer, 0);
    await host.stop();
    await pool.closeAll();
    await workers.close();
    await db.close();
  }

  async function start(): Promise<{ readonly url: string; readonly port: number }> {
    if (options.ownsProcess) {
      unwatch = watchFloatingErrors({
        log,
        clock,
        meter,
        onQuarantine: (plugin, error) => host.quarantine(plugin, error.message),
        onRestart: (reason) => {
          log.fatal({ reason }, 'process/restart');
          process.exitCode = 1;
          void stop().finally(() => process.exit(1));
        },
        onFatal: () => {
          process.exitCode = 1;
          void stop().finally(() => process.exit(1));
        },
      });
    }
    await compose.recover();
    if (config.role !== 'web') jobs.start();
    // A worker answers no request: jobs and the outbox only.
    const port =
      config.role === 'worker' ? 0 : await listen(server, config.listen.host, config.listen.port);
    if (metricsServer && config.metrics)
      await listen(metricsServer, config.metrics.host, config.metrics.port);
    workers.warm();
    const name =
      sites[0]?.hosts.find((candidate) => !candidate.includes('*')) ?? config.listen.host;
    const { scheme, port: publicPort } = config.publicUrl;
    const shownPort = publicPort ?? (scheme === 'http' ? port : undefined);
    return { url: `${scheme}://${name}${shownPort === undefined ? '' : `:${shownPort}`}`, port };
  }

  return {
    start,
    stop,
    report: host.report,
    plugins: host.state,
    /** Parsed configuration of a plugin on a site; `undefined` where it is off. */
    pluginConfig(plugin: string, site: string): unknown {
      const found = sites.find(({ id }) => id === site);
      const isOn = found && host.running(found.id).some(({ id }) => id === plugin);
      return isOn ? host.config(plugin, found.id) : undefined;
    },
    hooks,
    host,
    sites,
    db,
    jobs,
    mail,
    compose,
    sessions,
    settings,
    pool,
    metrics,
    routes: web.routes,
    handler: web.app,
  };
}

function readVersion(root: string): string {
  const parsed: unknown = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  return typeof parsed === 'object' && parsed !== null && 'version' in parsed
    ? String(parsed.version)
    : '';
}

/** Effective value of a plugin's key for a site, for `estafette explain`. */
export async function pluginValue(
  app: Pick<CliApp, 'pluginConfig'>,
  { site, path: key }: { readonly site: string; readonly path: string },
): Promise<PluginValue> {
  const [plugin = '', ...rest] = key.split('.');
  let value = app.pluginConfig(plugin, site);
  for (const step of rest) {
    const isObject = typeof value === 'object' && value !== null;
    value = isObject ? Object.getOwnPropertyDescriptor(value, step)?.value : undefined;
  }
  return { effective: value };
}

export { pings } from './app/health';

export { migrationSets } from './app/migrations';
