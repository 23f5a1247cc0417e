import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { createPushing } from './announce';
import { createAdmin } from './app/admin';
import { auditedAffairs } from './app/audit-affairs';
import { createAuditEvents } from './app/audit-events';
import { createAppAuditStream } from './app/audit-stream';
import { canAskProviders, checkWays, type WayCheck } from './app/check-ways';
import { tellConnected } from './app/connected';
import { detachedPool } from './app/detached-pool';
import { createAppEnabling } from './app/enabling';
import { watchErrors } from './app/error-watch';
import { createFactorsOf, createIsFactor } from './app/factors';
import { addGauges, countJobRuns } from './app/gauges';
import { createHealth, type Dependencies } from './app/health';
import { heardBy } from './app/heard';
import { closeServer, createHttpServer, listen } from './app/http';
import { type Isolation, type ProcessLink, timingViewers, watchProcess } from './app/isolation';
import { coreJobs } from './app/jobs';
import { knownGuards } from './app/known-guards';
import { migrateAll } from './app/migrations';
import { createOperationsServer } from './app/operations';
import { ofPerson } from './app/person-scope';
import { createPluginCore } from './app/plugin-core';
import { pluginViewFaults } from './app/plugin-views';
import { HOOK_TABLES, installedPlugins } from './app/plugins';
import { createSafety } from './app/safety';
import { dressTexts, skinFaults } from './app/skins';
import { wantedPackages } from './app/wanted-packages';
import { withDeadline } from './base/async';
import { type Clock, systemClock } from './base/clock';
import { createLog, type Log } from './base/log';
import { operatorLogin } from './base/operator';
import { OWN_ACCOUNT } from './base/types';
import { createCompose } from './compose';
import type { FoundPlugin } from './host/discover';
import { grantAll } from './host/grants';
import { type Host, startHost } from './host/host';
import { pluginCommands } from './host/plugin-commands';
import { createPluginDatabases, pluginPlace } from './host/plugin-databases';
import { erasingTables } from './host/plugin-db';
import { createPluginSet } from './host/plugin-set';
import { portTimeoutMs } from './host/ports';
import { createSignInHost } from './host/sign-in';
import { createSlotSource } from './host/slot-source';
import { createImapPool } from './imap';
import { formatIssue } from './kernel/config';
import { createGuardedFetch } from './kernel/fetch';
import { createHooks } from './kernel/hooks';
import { createTexts } from './kernel/i18n';
import { createJobRuns } from './kernel/job-runs';
import { createJobs } from './kernel/jobs';
import { createMeter, createMetrics } from './kernel/meter';
import { createPluginWorkers } from './kernel/plugin-worker';
import { createRequestTimings } from './kernel/request-timings';
import { createServices } from './kernel/services';
import { openStorage } from './kernel/storage';
import { createUsedOnce } from './kernel/used-once';
import { createWorkerPool } from './kernel/worker';
import { createMail } from './mail';
import {
  createAbsentees,
  createDeviceCookies,
  createImapLogin,
  createKeptStates,
  createKeyRing,
  createLdapLogin,
  createLoginCsrf,
  createSessions,
  createThrottle,
  createUserAffairs,
  createUserStore,
  type Sessions,
  type User,
} from './session';
import { CORE_SCOPE, createSettings } from './settings';
import { type AppConfig, createSiteResolver, locksOf, type Site } from './sites';
import { createSmtpTransport } from './smtp';
import { createSnoozing } from './snooze';
import { createImports } from './transfer';
import { createRenderer, loadAssets, loadSkins } from './view';
import { messageHref } from './web/links';
import { createWebMetrics } from './web/metrics';
import { createRateLimit } from './web/rate-limit';
import { createServer } from './web/server';
import { deriveSigningKey } from './web/signing';
import { createStreams } from './web/streams';

/** A stop ends within ten seconds, before who asked for it kills (threats K2). */
const STOP_MS = 9_500;
/** Of it, what is left to requests under way. */
const DRAIN_MS = 7_000;
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
  /** For tests: a time that moves on demand. */
  readonly clock?: Clock;
  /** Handles process-wide errors: only the program itself, never a test. */
  readonly ownsProcess?: boolean;
  /** Of a process that a supervisor started. */
  readonly supervisor?: ProcessLink;
}

export type App = Awaited<ReturnType<typeof createApp>>;

/** Builds every floor from a configuration; the only place that knows them all. */
export async function createApp(config: AppConfig, options: AppOptions = {}) {
  const log = options.log ?? createLog(config.log);
  const clock = options.clock ?? systemClock;
  const { sites } = config;
  const db = await openStorage(config, log);
  const databases = createPluginDatabases({
    place: pluginPlace(config),
    log,
    // A failure of the plugin, also when it keeps the error to itself.
    onOverdue: (plugin, error) =>
      void hooks.isolator.isolated({ plugin, hook: 'database', timeoutMs: 0 }, () => {
        throw error;
      }),
  });
  const metrics = createMetrics({ processMetrics: true });
  const meter = createMeter(metrics);
  const link = options.supervisor;
  // From before plugins are loaded: a timer of theirs may throw before the host stands.
  const errors = options.ownsProcess
    ? watchErrors({ config, log, clock, meter, link, stop })
    : undefined;
  const quarantined = errors?.keptOut ?? link?.start.quarantined ?? [];
  const extra = options.extraPlugins ?? [];
  const grants = { ...config.plugins.grants, ...grantAll(extra) };
  const isWanted = await wantedPackages(config, db, extra);
  const installed = installedPlugins(config, { quarantined, isWanted });
  const candidates = [...installed.found, ...extra];
  errors?.know(candidates);
  const { unloaded } = installed;
  const { found, failed } =
    options.migrate === false
      ? { found: candidates, failed: [] }
      : await migrateAll(db, databases, candidates, grants);
  const guards = knownGuards({ dataDir: config.dataDir, log }, { candidates, found, unloaded });
  const broken = [...installed.broken, ...failed];

  // Set once the host stands: a failure before that is a boot failure, which it reports itself.
  let review: (plugin: string) => void = () => {};
  const set = createPluginSet({ sites, enabling: () => enabling });
  const timings = createRequestTimings();
  const hooks = createHooks({
    log,
    clock,
    meter,
    timings,
    isEnabled: set.isEnabled,
    rank: set.rank,
    order: config.plugins.order,
    onReported: ({ plugin }) => review(plugin),
  });
  for (const table of HOOK_TABLES) hooks.define(table);
  // A port is the site's: it has one answer there, whoever asks.
  const services = createServices({
    isEnabled: set.isReached,
    isolator: hooks.isolator,
    timeoutMs: portTimeoutMs,
  });
  const jobRuns = createJobRuns({ db, clock, log });
  const countRun = countJobRuns(metrics);
  const jobs = createJobs({
    db,
    clock,
    log,
    instanceId: randomUUID(),
    onRun(run) {
      countRun(run);
      jobRuns.record(run);
    },
  });
  const texts = createTexts({
    coreDir: path.join(config.root, 'locales'),
    fallback: 'fr',
    log,
    development: config.mode === 'development',
  });
  const settings = createSettings({ db, clock, locked: locksOf(sites) });

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
    createImapPool({
      clock,
      limits: { connections: config.limits.imapConnectionsPerAccount },
      onConnected: (info) => tellConnected(hooks, info),
    }),
  );
  addGauges(metrics, { pool, workers });
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
    absentees: {
      keep: (actor, about) => absentees.keep(actor, about),
      actor: (owner, kept, about) => absentees.actor(owner, kept, about),
    },
  });

  const keys = createKeyRing([{ id: 1, secret: config.secretKey }]);
  const throttle = createThrottle({ db, clock });
  const personal = ofPerson(hooks, () => enabling);
  const users = createUserStore({
    db,
    clock,
    hooks: personal,
    writeSettings: (user, values) => settings.write(user, CORE_SCOPE, values),
    erasers: [(user, trx) => settings.erase(user, trx)],
    erasingTables: erasingTables(databases),
  });
  const absentees = createAbsentees({
    keys,
    users,
    sites,
    enabledFor: (subject) => enabling.enabledFor(subject),
  });
  const snoozing = createSnoozing({ db, mail, absentees, clock, log });
  const imports = createImports({
    db,
    mail,
    absentees,
    clock,
    log,
    dir: path.join(config.dataDir, 'imports'),
  });
  const pushing = createPushing({
    db,
    mail,
    settings,
    absentees,
    texts,
    sites,
    keys,
    clock,
    log,
    fetchFor: (services) =>
      createGuardedFetch({
        log,
        allowHosts: services,
        ...(options.allowPrivate && { allowPrivate: options.allowPrivate }),
      }),
    hrefOf: (mailbox, uid) => messageHref(OWN_ACCOUNT, mailbox, uid),
  });
  const safety = createSafety({
    db,
    clock,
    log,
    texts,
    settings,
    sites,
    transport,
    throttle,
    users,
    audit: () => auditEvents,
    tempDir: path.join(config.dataDir, 'tmp'),
    metrics,
    postsAnHour: config.plugins.posts,
  });
  const auditEvents = createAuditEvents({
    clock,
    log,
    sites,
    users,
    audit: () => audit,
  });
  const auditedHooks = auditEvents.hear(personal);
  const isFactor = createIsFactor(() => host);
  const sessions: Sessions = createSessions({
    db,
    log,
    clock,
    hooks: heardBy(auditedHooks, safety.listeners),
    countryOf: safety.countryOf,
    keys,
    throttle,
    users,
    closedBy: (site) => host.signInClosed(site),
    isFactor,
    refreshTokens: (site, request) => signIn.refresh(site, request),
    tellLink: auditEvents.noteLink,
    ldapLogin: createLdapLogin({ clock, log }),
    imapLogin: createImapLogin({
      clock,
      verifyImap: (access, timeoutMs) => pool.verify(access, timeoutMs),
      serverOf: (site, login) =>
        hooks.filter({ site: site.id }, 'imap:options', site.imap, { site: site.id, login }),
    }),
  });
  const usedOnce = createUsedOnce({ db, clock });
  const keptStates = createKeptStates({ usedOnce, clock, keys });
  const signIn = createSignInHost({
    running: (where) => host.running(where),
    isolator: hooks.isolator,
    log,
  });
  // A session that ends takes its watches with it, and the last one its connections.
  sessions.onClosed(({ sessionId, user }) =>
    mail.release({ site: { id: user.site }, user, session: { id: sessionId } }),
  );

  // Who signs out is told nothing there any more.
  sessions.onClosed((closed) => {
    pushing.sessionClosed(closed).catch((err: unknown) => log.error({ err }, 'push/not-ended'));
  });

  // The exception for the demonstration's pictures is the image proxy's alone: plugins never get it.
  const fetchImage = createGuardedFetch({
    log,
    ...(options.allowPrivate && { allowPrivate: options.allowPrivate }),
  });
  const { enabling, audit, findPerson } = createAppEnabling({
    config,
    db,
    clock,
    log,
    hooks,
    users,
    settings,
    found,
    unread: [...new Set([...unloaded.map(({ id }) => id), ...guards])],
    onChanged: () => hooks.invalidate(),
  });
  const instanceId = randomUUID();
  const auditStream = createAppAuditStream({ config, db, clock, log, holder: instanceId });
  if (auditStream) audit.onWritten(auditStream.wake);
  // Without the table (`migrate` is yet to run) nobody has changed anything.
  if (await db.knex.schema.hasTable('config_changes')) await enabling.start();
  const pluginWorkers = createPluginWorkers({ log });
  const core = createPluginCore({
    config,
    clock,
    log,
    sessions,
    appPasswords: safety.appPasswords,
    users,
    services,
    mail,
    compose,
    audit,
    usedOnce,
    notifier: safety.notifier,
    posts: safety.posts,
    keys,
    metrics,
    workers: pluginWorkers,
    renderer: () => renderer,
    streams: () => streams,
  });
  const host: Host = await startHost({
    log,
    clock,
    hooks,
    services,
    texts,
    databases,
    settings,
    jobs,
    set,
    enabling,
    sites,
    files: config.sources,
    order: config.plugins.order,
    found,
    broken,
    core,
    createFetch: (limits) => createGuardedFetch({ log, ...limits }),
    secret: config.pluginSecret,
    grants,
    origins: config.plugins.origins,
    quarantined,
    unloaded,
    guards,
    pending: async ({ id: owner, migrations }) =>
      // What was to be applied has been: whose migration failed is not started.
      options.migrate === false
        ? (await databases.pending({ owner, migrations })).map(({ name }) => name)
        : [],
  });

  review = host.review;
  errors?.attach(host);

  const skins = loadSkins(path.join(config.root, 'skins'));
  dressTexts(texts, skins, sites);
  const warnings = [
    ...skinFaults({ root: config.root, skins, sites }, { found, unloaded }),
    ...pluginViewFaults(config.root, found),
  ].map(formatIssue);
  const assetsDir = path.join(config.root, 'dist', 'assets');
  const pluginDirs = new Map(
    host.all().map((plugin) => [plugin.id, path.join(plugin.dir, 'views')]),
  );
  const renderer = createRenderer({
    skins,
    assets: loadAssets(assetsDir),
    texts,
    slots: createSlotSource({ running: host.running, hooks, texts, clock }),
    pluginViews: (plugin) => pluginDirs.get(plugin),
    now: clock.now,
  });
  const resolver = createSiteResolver(sites);
  const dependencies: Dependencies = {
    db,
    sites,
    hooks,
    notices: safety.notifier,
    audit,
    auditStream,
  };
  const health = createHealth(dependencies);
  const streams = createStreams();
  let isolation: Isolation | undefined;
  const web = createServer({
    log,
    clock,
    texts,
    hooks: auditedHooks,
    host: () => host,
    renderer,
    skins,
    sessions,
    loginCsrf: createLoginCsrf(keys),
    deviceCookies: createDeviceCookies(keys),
    signIn,
    keptStates,
    rateLimit: createRateLimit(clock),
    settings,
    mail,
    compose,
    snoozing,
    imports,
    pushing,
    fetchImage,
    people: core.people,
    metrics: createWebMetrics(metrics),
    streams,
    resolveSite: async (header) => resolver.byHost(header),
    alsoSites: resolver.alsoAt,
    signingKey: deriveSigningKey(config.secretKey),
    health,
    safety: {
      ...safety,
      users,
      audit: { list: audit.list, record: auditEvents.record },
      noteRefused: auditEvents.noteRefused,
    },
    isFactor,
    factorsOf: createFactorsOf(services, (site) => host.signInClosed(site)),
    serverTiming: { timings, isShown: timingViewers(config.mode, hooks) },
    enabling,
    admin: createAdmin({
      config,
      db,
      databases,
      clock,
      host,
      found,
      unloaded,
      grants,
      services,
      jobs,
      jobRuns,
      meter,
      enabling,
      audit,
      findPerson,
      assetsDir,
      warnings,
      isolation: () => isolation?.report(),
    }),
    config: {
      isSecure: config.cookies.secure,
      trustedProxies: config.trustedProxies,
      assetsDir,
      bodyBytes: config.limits.bodyBytes,
      draftBytes: config.limits.bodyBytes * 8,
      pluginBudgetMs: config.limits.pluginBudgetMs,
    },
  });

  const { auditDays } = config.limits;
  for (const job of coreJobs({
    audit,
    auditDays,
    sites,
    clock,
    sessions,
    compose,
    snoozing,
    imports,
    pushing,
    notices: safety.notifier,
    posts: safety.posts,
    usedOnce,
  }))
    jobs.add(job);

  const server = createHttpServer(web.app);
  const operations =
    config.metrics &&
    createOperationsServer({
      metrics,
      health,
      plugins: async () => {
        await host.recheck();
        return host.state();
      },
      isolation: () => isolation?.report(),
    });
  let operationsPort: number | undefined;

  let stopping: Promise<void> | undefined;
  /** Once: what fails while stopping asks for a stop as well. */
  function stop(): Promise<void> {
    stopping ??= withDeadline(
      stopAll(),
      STOP_MS,
      () => new Error(`not stopped after ${STOP_MS} ms`),
    );
    return stopping;
  }

  async function stopAll(): Promise<void> {
    try {
      await stopParts();
    } finally {
      // Last: what a plugin forgot to await must not end the process while requests are drained.
      await isolation?.stop();
      errors?.stop();
    }
  }

  async function stopParts(): Promise<void> {
    streams.closeAll();
    await Promise.all([jobs.stop(), closeServer(server, DRAIN_MS)]);
    if (operations) await closeServer(operations, 0);
    enabling.stop();
    await host.stop();
    await auditEvents.close();
    await auditStream?.stop();
    await audit.close();
    await pool.closeAll();
    await pluginWorkers.close();
    await workers.close();
    await databases.closeAll();
    await db.close();
  }

  async function start(): Promise<{ readonly url: string; readonly port: number }> {
    if (errors) isolation = watchProcess({ config, log, clock, meter, link, errors });
    await compose.recover();
    // What was due while nothing ran; nobody waits for it.
    void compose.sendDue();
    // The job does the same from then on: what is not reached yet is its matter.
    snoozing.wakeDue().catch((err: unknown) => log.warn({ err }, 'snooze/wake-failed'));
    imports.resumeIdle().catch((err: unknown) => log.warn({ err }, 'import/resume-failed'));
    if (config.role !== 'web') {
      jobs.start();
      auditStream?.start();
    }
    // A worker answers no request: jobs and the outbox only.
    const port =
      config.role === 'worker' ? 0 : await listen(server, config.listen.host, config.listen.port);
    if (operations && config.metrics) {
      operationsPort = await listen(operations, config.metrics.host, config.metrics.port);
    }
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
    /** What the law gives a person: to see what is kept, to be erased. */
    affairs: auditedAffairs(
      createUserAffairs({
        hooks: personal,
        users,
        sessions,
        recorders: [
          async (user) => [
            { file: 'settings.json', content: await settings.exportUser(user.id) },
            { file: 'sign-in-links.json', content: await sessions.linksOf(user.id) },
            ...(await compose.records(user.id)),
            { file: 'imports.json', content: await imports.records(user.id) },
            { file: 'push-devices.json', content: await pushing.records(user.id) },
            { file: 'snoozed.json', content: await snoozing.records(user.id) },
            { file: 'app-passwords.json', content: await safety.appPasswords.list(user.id) },
          ],
        ],
      }),
      audit,
    ),
    /** Port of the operations listener, once started; `undefined` without one. */
    operationsPort: () => operationsPort,
    report: { ...host.report, warnings: [...host.report.warnings, ...warnings] },
    plugins: host.state,
    commands: pluginCommands(host, set),
    checkWays: (asked: readonly Site[]) => checkWays(asked, signIn),
    enabling,
    hooks,
    /** What the process and its plugins went through; `undefined` in a process that is not our own. */
    isolation: () => isolation?.report(),
    /** What each plugin has cost. */
    pluginStats: meter.pluginStats,
    host,
    sites,
    db,
    jobs,
    mail,
    compose,
    sessions,
    safety,
    throttle,
    audit,
    /** Ends the lock of an account, which is written down; false when there was none. */
    async unlock(user: User): Promise<boolean> {
      const wasLocked = await sessions.unlock(user);
      const { site, login: target } = user;
      const entry = { site, actor: operatorLogin(), event: 'account:unlocked', target };
      if (wasLocked) await audit.record(entry);
      return wasLocked;
    },
    settings,
    pool,
    metrics,
    routes: web.routes,
    handler: web.app,
  };
}

/** Asks the providers of these sites; nothing is listened on, and the schema stays as it is. */
export async function askProviders(
  config: AppConfig,
  sites: readonly Site[],
): Promise<readonly WayCheck[]> {
  if (!canAskProviders(config, sites)) return [];
  const app = await createApp(config, { migrate: false });
  try {
    return await app.checkWays(sites);
  } finally {
    await app.stop();
  }
}

export { pings } from './app/health';
export { migrationSets } from './app/migrations';
export { openAudit } from './app/open-audit';
export { openEnabling } from './app/open-enabling';
export { installedPlugins, siteFaults } from './app/plugins';
